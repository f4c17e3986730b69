/**
 * Asserts that a period is usable.
 *
 * @param indicator - Name for the message.
 * @param period - Candles.
 * @param smallest - Least period that the indicator is defined for.
 * @param what - Name of the period where the indicator has several.
 * @throws {RangeError} If the period is not an integer >= `smallest`.
 */
export function requirePeriod(
  indicator: string,
  period: number,
  smallest = 1,
  what = 'period',
): void {
  if (Number.isSafeInteger(period) && period >= smallest) return;
  throw new RangeError(
    `Cannot compute ${indicator} as ${what} must be an integer >= ${smallest}: current value is ${period}`,
  );
}

/**
 * Asserts that a factor is usable.
 *
 * @param indicator - Name for the message.
 * @param what - Name of the factor.
 * @param factor - Its value.
 * @throws {RangeError} If the factor is not a finite number > 0.
 */
export function requirePositive(indicator: string, what: string, factor: number): void {
  if (factor > 0 && factor < Number.POSITIVE_INFINITY) return;
  throw new RangeError(
    `Cannot compute ${indicator} as ${what} must be a number > 0: current value is ${factor}`,
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
