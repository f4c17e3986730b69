import { findCandleProblems, findOtherTimeframe, inferTimeframe } from '../candles/index.js';
import { type Timeframe, UserError } from '../domain/index.js';
import type { CandleFile } from './read-candle-file.js';

/** A sentence for files without volume column. */
export function volumeNotes(file: string, hasVolume: boolean): string[] {
  return hasVolume ? [] : [`${file}: no volume column; the volume of every candle is unknown`];
}

/**
 * Returns the timeframe of a file's candles: the expected one if they have it, otherwise the one they show.
 *
 * @throws {UserError} If they have another one than expected, or none can be told.
 */
export function requireTimeframe(
  file: string,
  decoded: CandleFile,
  expected: Timeframe | undefined,
): Timeframe {
  const { columns } = decoded;
  const timeframe = expected ?? inferTimeframe(columns.openTime);
  if (timeframe === undefined) {
    throw new UserError(`${file}: cannot determine the interval of the candles; add --interval`);
  }
  const other = findOtherTimeframe(columns.openTime, timeframe);
  if (other !== undefined) {
    throw new UserError(
      `${file}: the candles are ${other} apart, not ${timeframe}; use --interval ${other} or another file`,
    );
  }
  return timeframe;
}

/**
 * Validates a file's candles.
 *
 * @returns Their timeframe.
 * @throws {UserError} Naming file, line and value of the first problem.
 */
export function requireSound(
  file: string,
  decoded: CandleFile,
  expected: Timeframe | undefined,
): Timeframe {
  const { columns, hasVolume } = decoded;
  const timeframe = requireTimeframe(file, decoded, expected);
  const { first, count } = findCandleProblems(columns, timeframe, { hasVolume });
  const problem = first[0];
  if (problem === undefined) return timeframe;
  const more = count > 1 ? ` (and ${count - 1} more; wus data check lists them)` : '';
  const isTwice = problem.message.endsWith('appears twice');
  const advice = isTwice
    ? 'wus data convert --drop-duplicates keeps the later line'
    : 'fix or remove the line, or download the file again';
  throw new UserError(
    `${file}${decoded.placeOf(problem.row)}: ${problem.message}${more}; ${advice}`,
  );
}
