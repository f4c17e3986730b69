import { readFileSync } from 'node:fs';
import { type RobustnessBlock, robustnessSchema } from '../config/index.js';
import { systemErrorCode, writeFileAtomic } from '../files/index.js';

function robustnessPath(detailsFile: string): string {
  return `${detailsFile}.robustness.json`;
}

/**
 * Keeps beside details what is known about the reliability of their winner.
 *
 * @param detailsFile - Of the optimization.
 * @param block - Of its winner.
 */
export async function writeRobustness(detailsFile: string, block: RobustnessBlock): Promise<void> {
  await writeFileAtomic(robustnessPath(detailsFile), `${JSON.stringify(block, null, 2)}\n`);
}

/**
 * Reads what is kept beside details.
 *
 * @param detailsFile - Of the optimization.
 * @returns `undefined` when nothing readable is there: details can be looked at without it.
 */
export function readRobustness(detailsFile: string): RobustnessBlock | undefined {
  try {
    const data: unknown = JSON.parse(readFileSync(robustnessPath(detailsFile), 'utf8'));
    return robustnessSchema.safeParse(data).data;
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}
