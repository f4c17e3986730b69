/**
 * Asserts that a period is usable.
 *
 * @param indicator - Name for the message.
 * @param period - Candles.
 * @param smallest - Least period that the indicator is defined for.
 * @throws {RangeError} If the period is not an integer >= `smallest`.
 */
export function requirePeriod(indicator: string, period: number, smallest = 1): void {
  if (Number.isSafeInteger(period) && period >= smallest) return;
  throw new RangeError(
    `Cannot compute ${indicator} as period must be an integer >= ${smallest}: current value is ${period}`,
  );
}

/**
 * Allocates an undefined column.
 *
 * @param length - Candles.
 * @returns Shape `[length]`, all `NaN`.
 */
export function undefinedColumn(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}
