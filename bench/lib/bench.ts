import { appendFileSync } from 'node:fs';

/** One measured thing. */
export interface BenchRow {
  readonly what: string;
  readonly median: number;
  readonly unit: string;
  /** How often it ran. */
  readonly runs: number;
}

/** A ratio or size that has a bound. */
export interface BenchLimit {
  readonly what: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly unit: string;
}

/** What one benchmark file reports. */
export interface BenchReport {
  readonly title: string;
  /** What was measured on what data, in a sentence or two. */
  readonly about: string;
  readonly rows: readonly BenchRow[];
  readonly limits: readonly BenchLimit[];
  /** What was compared and found equal; a benchmark throws when it is not. */
  readonly equal: readonly string[];
}

/**
 * Prints a report and hands it to `make bench`, which writes them all to `bench/RESULTS.md`.
 *
 * @param report - What was measured.
 */
export function reportBench(report: BenchReport): void {
  console.log(`\n${report.title}\n${report.about}`);
  for (const { what, median, unit, runs } of report.rows)
    console.log(`  ${what}: ${significant(median)} ${unit} (median of ${runs})`);
  for (const limit of report.limits) console.log(`  ${limitLine(limit)}`);
  for (const line of report.equal) console.log(`  equal: ${line}`);
  const out = process.env.WUS_BENCH_OUT;
  if (out !== undefined) appendFileSync(out, `${JSON.stringify(report)}\n`);
}

/** Returns the middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Whether a limit is kept. */
export function isKept({ value, atMost, atLeast }: BenchLimit): boolean {
  return (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
}

/** Returns a limit as a sentence. */
export function limitLine(limit: BenchLimit): string {
  const { what, value, atMost, atLeast, unit } = limit;
  const goal = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  return `${what}: ${significant(value)} ${unit} (goal: ${goal}: ${isKept(limit) ? 'reached' : 'MISSED'})`;
}

/** Returns a number with three significant digits. */
export function significant(value: number): string {
  return value === 0 || (Math.abs(value) >= 0.001 && Math.abs(value) < 1e6)
    ? String(Number(value.toPrecision(3)))
    : value.toExponential(2);
}
