/**
 * Writes a count with its noun: `1 candle`, `1,051,120 candles`.
 *
 * @param count - A whole number.
 * @param one - Noun in the singular.
 * @param many - In the plural. Default: with an s.
 */
export function countText(count: number | bigint, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${Number(count) === 1 ? one : many}`;
}
