import { UsageError } from '../domain/index.js';
import type { EntrySize } from './trade-rules.js';

/** The three ways to size an entry; at most one is given. */
export interface GivenSizes {
  readonly units?: number | undefined;
  readonly equityFraction?: number | undefined;
  readonly riskFraction?: number | undefined;
}

/**
 * Returns the size of entries: the one that is given, or the whole balance (S-28, S-29, S-78).
 *
 * @param given - Checked one by one.
 * @throws {UsageError} If more than one is given.
 */
export function entrySizeOf({ units, equityFraction, riskFraction }: GivenSizes): EntrySize {
  const named: [string, number | undefined][] = [
    ['units', units],
    ['equity_fraction', equityFraction],
    ['risk_fraction', riskFraction],
  ];
  const [first, second] = named.filter(([, value]) => value !== undefined);
  if (first !== undefined && second !== undefined) {
    throw new UsageError(`${second[0]} is ${second[1]} and ${first[0]} is ${first[1]}: keep one`);
  }
  if (units !== undefined) return { units };
  return riskFraction === undefined ? { equityFraction: equityFraction ?? 1 } : { riskFraction };
}
