/** Columns by name, as indicators with several lines return them. */
type Lines = Readonly<Record<string, Float64Array>>;

/** An indicator of whatever arguments: it returns one column, or several by name. */
export type AnyIndicator = (...parameters: never[]) => object;

/** Where columns are kept. */
export interface ResultMemory {
  /**
   * Returns a column.
   *
   * @param name - Says everything about it.
   * @param compute - Called when it is not known.
   */
  readonly column: (name: string, compute: () => Float64Array) => Float64Array;
  /** Returns a number that stands for a column of candles or of another indicator. */
  readonly numberOf: (source: object) => number;
}

/**
 * Returns an indicator with a memory: for the same columns and the same parameters its result is computed once.
 *
 * @param name - Of the indicator.
 * @param compute - The indicator.
 * @param memory - Where its columns are kept, each line by itself.
 */
export function rememberResults<Compute extends AnyIndicator>(
  name: string,
  compute: Compute,
  { column, numberOf }: ResultMemory,
): Compute {
  const run = compute as unknown as (...parameters: unknown[]) => Float64Array | Lines;
  const keyOf = (parameter: unknown): string => {
    if (parameter instanceof Float64Array) return `#${numberOf(parameter)}`;
    if (typeof parameter !== 'object' || parameter === null) return String(parameter);
    const entries = Object.entries(parameter).map(([key, value]) => `${key}:${keyOf(value)}`);
    return `{${entries.join(' ')}}`;
  };
  /** Of a result with several lines; known after the first one. */
  let lineNames: readonly string[] | undefined;
  let isSingle = false;
  const remembering = (...parameters: unknown[]): Float64Array | Lines => {
    let result: Float64Array | Lines | undefined;
    const compute = (): Float64Array | Lines => (result ??= run(...parameters));
    if (!isSingle && lineNames === undefined) {
      const first = compute();
      isSingle = first instanceof Float64Array;
      if (!isSingle) lineNames = Object.keys(first);
    }
    const key = `${name} ${parameters.map(keyOf).join(' ')}`;
    if (lineNames === undefined) return column(key, () => compute() as Float64Array);
    const lines = lineNames.map((line) => [
      line,
      column(`${key} ${line}`, () => (compute() as Lines)[line]!),
    ]);
    return Object.fromEntries(lines) as Lines;
  };
  return remembering as unknown as Compute;
}
