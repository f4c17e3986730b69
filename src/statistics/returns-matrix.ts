/** Returns of several trials over the same periods, one column per trial. */
export interface ReturnsMatrix {
  /** Number of periods T. */
  readonly rows: number;
  /** Number of trials N. */
  readonly columns: number;
  /** Column after column. Shape `[columns * rows]`. */
  readonly values: Float64Array;
}

/**
 * Builds a matrix from rows.
 *
 * @param rows - One array per period, one value per trial.
 * @throws {RangeError} If the rows differ in length.
 */
export function returnsMatrixFromRows(rows: readonly (readonly number[])[]): ReturnsMatrix {
  const columns = rows[0]?.length ?? 0;
  const values = new Float64Array(columns * rows.length);
  rows.forEach((row, t) => {
    if (row.length !== columns) {
      throw new RangeError(
        `Cannot build a matrix as row ${t} has ${row.length} of ${columns} values`,
      );
    }
    row.forEach((value, k) => {
      values[k * rows.length + t] = value;
    });
  });
  return { rows: rows.length, columns, values };
}
