/** A text that a spreadsheet would run, behind any number of the apostrophes that disarm one. */
const FORMULA = /^'*[=+\-@\t\r]/;

/**
 * Writes a CSV cell. A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers keep their minus.
 *
 * @param value - Anything that has a text.
 */
export function csvField(value: unknown): string {
  const isFormula = typeof value === 'string' && FORMULA.test(value);
  const text = isFormula ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Returns the text that `csvField()` was given, from a cell whose quotes are already gone.
 *
 * @param cell - Of a CSV file.
 */
export function csvFieldText(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** One record of a CSV file. */
export interface CsvRecord {
  /** Without quotes, formulas still disarmed. */
  readonly cells: readonly string[];
  /** Line on which it starts, from 1. */
  readonly line: number;
  /** Whether a line end follows: a record without one may be torn. */
  readonly isTerminated: boolean;
}

/**
 * Reads CSV records: quoted cells may hold commas, doubled quotes and line ends; empty lines are skipped.
 *
 * @param text - File content, with or without a byte order mark, any line ends.
 */
export function* csvRecords(text: string): Generator<CsvRecord> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const start = line;
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const plain = text.slice(at, end);
    if (!plain.includes('"')) {
      at = end + 1;
      line++;
      const cells = (plain.endsWith('\r') ? plain.slice(0, -1) : plain).split(',');
      if (cells.length > 1 || cells[0] !== '')
        yield { cells, line: start, isTerminated: lineEnd !== -1 };
      continue;
    }
    const record = quotedRecord(text, at);
    line += record.lines;
    at = record.end;
    yield { cells: record.cells, line: start, isTerminated: record.isTerminated };
  }
}

function quotedRecord(
  text: string,
  from: number,
): { cells: string[]; end: number; lines: number; isTerminated: boolean } {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  let lines = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\n') lines++;
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at]!;
      else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === ',') {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') {
      cells.push(cell.endsWith('\r') ? cell.slice(0, -1) : cell);
      return { cells, end: at + 1, lines, isTerminated: true };
    } else cell += character;
  }
  return { cells: [...cells, cell], end: text.length, lines, isTerminated: false };
}
