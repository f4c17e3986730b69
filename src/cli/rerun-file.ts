import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { systemErrorCode, writeFileAtomic } from '../files/index.js';

const SCHEMA = z.object({
  words: z.array(z.string()).min(2),
  parameters: z.record(
    z.string(),
    z.object({
      default: z.union([z.string(), z.number(), z.boolean(), z.null()]),
      depends_on: z.string().nullable(),
    }),
  ),
});

/** What a trial's command line is made of, besides its own values. */
export interface RerunRecord {
  /** Words of the command line without anything that a trial sets itself. */
  readonly words: readonly string[];
  /** The strategy's parameters: what is not given, and what has an effect only with another. */
  readonly parameters: Readonly<
    Record<
      string,
      { readonly default: string | number | boolean | null; readonly depends_on: string | null }
    >
  >;
}

function rerunPath(detailsFile: string): string {
  return `${detailsFile}.rerun.json`;
}

/**
 * Keeps beside details how a trial is run again.
 *
 * @param detailsFile - Of the optimization.
 * @param record - Words and parameters.
 */
export async function writeRerun(detailsFile: string, record: RerunRecord): Promise<void> {
  await writeFileAtomic(rerunPath(detailsFile), `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Reads how a trial is run again.
 *
 * @param detailsFile - Of the optimization.
 * @returns `undefined` when nothing readable is there: the trials can be looked at without it.
 */
export function readRerun(detailsFile: string): RerunRecord | undefined {
  try {
    const data: unknown = JSON.parse(readFileSync(rerunPath(detailsFile), 'utf8'));
    return SCHEMA.safeParse(data).data;
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}
