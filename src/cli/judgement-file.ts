import { existsSync, readFileSync } from 'node:fs';
import { JUDGED_BY_OLDER, type JudgementBlock, judgementSchema } from '../config/index.js';
import { systemErrorCode, writeFileAtomic } from '../files/index.js';

function judgementPath(detailsFile: string): string {
  return `${detailsFile}.judgement.json`;
}

/** What is known about the winner of details: a judgement, or that only an older version judged. */
export interface KeptJudgement {
  readonly sentence: string;
  /** `undefined` where an older version judged. */
  readonly block: JudgementBlock | undefined;
}

/**
 * Keeps beside details what is known about the reliability of their winner.
 *
 * @param detailsFile - Of the optimization.
 * @param block - Of its winner.
 */
export async function writeJudgement(detailsFile: string, block: JudgementBlock): Promise<void> {
  await writeFileAtomic(judgementPath(detailsFile), `${JSON.stringify(block, null, 2)}\n`);
}

/**
 * Reads what is kept beside details.
 *
 * @param detailsFile - Of the optimization.
 * @returns `undefined` when nothing readable is there: details can be looked at without it.
 */
export function readJudgement(detailsFile: string): KeptJudgement | undefined {
  try {
    const data: unknown = JSON.parse(readFileSync(judgementPath(detailsFile), 'utf8'));
    const block = judgementSchema.safeParse(data).data;
    if (block !== undefined) return { sentence: block.sentence, block };
  } catch (error) {
    if (!(error instanceof SyntaxError) && systemErrorCode(error) === undefined) throw error;
  }
  const isOlder = existsSync(`${detailsFile}.robustness.json`);
  return isOlder ? { sentence: JUDGED_BY_OLDER, block: undefined } : undefined;
}
