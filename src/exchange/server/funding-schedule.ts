import { type Decimal, decimal } from '../../domain/index.js';

/** A payment as recorded. */
export interface FundingRow {
  /** A few ms after its hour at times, ms UTC. */
  readonly time: number;
  /** Fraction of the notional. */
  readonly rate: Decimal;
}

/** Recorded instants lie this close to the hour that they stand for. */
const TOLERANCE_MS = 60_000;

/**
 * Returns the funding rate of an instant from recorded payments, and the interest rate where none was recorded.
 *
 * @param rowsBySymbol - Payments of each symbol, oldest first.
 */
export function fundingSchedule(
  rowsBySymbol: Readonly<Record<string, readonly FundingRow[]>>,
): (symbol: string, time: number) => Decimal {
  const usual = decimal('0.0001');
  const byMinute = new Map(
    Object.entries(rowsBySymbol).map(([symbol, rows]) => [
      symbol,
      new Map(rows.map(({ time, rate }) => [Math.round(time / TOLERANCE_MS), rate])),
    ]),
  );
  return (symbol, time) => byMinute.get(symbol)?.get(Math.round(time / TOLERANCE_MS)) ?? usual;
}

/** Returns the instants of payment from `startTime` to `endTime`, both included. */
export function fundingTimes(intervalMs: number, startTime: number, endTime: number): number[] {
  const first = Math.ceil(startTime / intervalMs) * intervalMs;
  const count = Math.max(0, Math.floor((endTime - first) / intervalMs) + 1);
  return Array.from({ length: count }, (_, i) => first + i * intervalMs);
}
