/**
 * Lines up cells in columns, two blanks apart, without borders.
 *
 * @param rows - Cells without colours; short rows are filled up.
 * @param alignment - One letter per column: `l` or `r`; missing ones are `l`.
 * @returns Lines without trailing blanks.
 */
export function textTable(rows: readonly (readonly string[])[], alignment: string): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, j) =>
    Math.max(...rows.map((row) => row[j]?.length ?? 0)),
  );
  return rows.map((row) =>
    widths
      .map((width, j) => {
        const cell = row[j] ?? '';
        return alignment[j] === 'r' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
