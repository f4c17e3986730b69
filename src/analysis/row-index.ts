/** Finds rows by the codes of several columns: an open-addressing table of row numbers. */
export interface RowIndex {
  /**
   * Returns the first added row whose codes equal these, or -1.
   *
   * @param row - Row of the columns given to `lookUp`.
   */
  lookUp(columns: readonly Uint16Array[], row: number): number;
}

/**
 * Indexes rows by the codes of columns.
 *
 * @param columns - Shape `[rows]` each.
 * @param rows - Numbers of the rows to index.
 */
export function indexRows(columns: readonly Uint16Array[], rows: Uint32Array): RowIndex {
  const size = 2 ** Math.ceil(Math.log2(Math.max(4, rows.length * 2)));
  const slots = new Int32Array(size).fill(-1);
  const equal = (others: readonly Uint16Array[], row: number, known: number): boolean => {
    for (let k = 0; k < columns.length; k++)
      if (others[k]![row] !== columns[k]![known]) return false;
    return true;
  };
  const find = (others: readonly Uint16Array[], row: number): number => {
    let hash = 0x811c9dc5;
    for (let k = 0; k < others.length; k++) hash = Math.imul(hash ^ others[k]![row]!, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & (size - 1);
    while (slots[slot] !== -1 && !equal(others, row, slots[slot]!)) slot = (slot + 1) & (size - 1);
    return slot;
  };
  for (const row of rows) {
    const slot = find(columns, row);
    if (slots[slot] === -1) slots[slot] = row;
  }
  return { lookUp: (others, row) => slots[find(others, row)]! };
}
