const BLOCKS = '▁▂▃▄▅▆▇█';

/**
 * Draws a series as one line of blocks: the last value of each of `width` equal stretches.
 *
 * @param values - Shape `[n]`.
 * @param width - Characters; fewer when there are fewer values.
 * @returns Empty without values; a flat series is drawn at the bottom.
 */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const count = Math.min(width, values.length);
  const points = Array.from(
    { length: count },
    (_, k) => values[Math.floor(((k + 1) * values.length) / count) - 1]!,
  );
  const lowest = Math.min(...points);
  const range = Math.max(...points) - lowest;
  return points
    .map((value) => {
      const share = range > 0 ? (value - lowest) / range : 0;
      return BLOCKS[Math.min(BLOCKS.length - 1, Math.floor(share * BLOCKS.length))];
    })
    .join('');
}
