import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { csvFieldText, csvRecords, UserError } from '../domain/index.js';
import { fileError } from '../files/index.js';
import { findMetric } from '../metrics/index.js';

/** A parameter of all rows: codes into its levels. */
export interface ParameterColumn {
  readonly name: string;
  /** Texts in ascending order (numbers as numbers, the empty one first); empty is "not set". */
  readonly levels: readonly string[];
  /** Shape `[rows]`. */
  readonly codes: Uint16Array;
}

/** The rows of an optimization's details, in columns. */
export interface DetailsTable {
  readonly path: string;
  readonly rows: number;
  readonly parameters: readonly ParameterColumn[];
  /** By name; shape `[rows]` each, `NaN` where undefined. */
  readonly metrics: ReadonlyMap<string, Float64Array>;
  /** What a reader should know about the file. */
  readonly notes: readonly string[];
}

/** Metrics that are kept in memory and can be looked at. */
export const DETAIL_METRICS = [
  'cumulative_profit',
  'sharpe_ratio',
  'sortino_ratio',
  'calmar_ratio',
  'profit_factor',
  'max_drawdown',
  'win_rate',
  'sqn',
  'total_trades',
] as const;

export type DetailMetric = (typeof DETAIL_METRICS)[number];

const BLOCK_BYTES = 1 << 22;
const CELL_BYTES_MAX = 256;
const LEVELS_MAX = 65_535;
const [NEWLINE, RETURN, COMMA, QUOTE, POINT, MINUS, ZERO, NINE] = [10, 13, 44, 34, 46, 45, 48, 57];
/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, k) => 10 ** k);

/**
 * Reads optimization details, one block in memory at a time; parameters become codes, metrics numbers.
 *
 * @param path - CSV as `wus optimize --save-details` writes it, or any with such columns.
 * @param onProgress - Told in bytes.
 * @throws {UserError} If the file cannot be read, lacks columns or holds a damaged row; says where.
 */
export function readDetailsTable(
  path: string,
  onProgress?: (done: number, total: number) => void,
): DetailsTable {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw fileError('read', path, error);
  }
  try {
    return readOpenFile(path, file, onProgress);
  } catch (error) {
    throw error instanceof UserError ? error : fileError('read', path, error);
  } finally {
    closeSync(file);
  }
}

function readOpenFile(
  path: string,
  file: number,
  onProgress?: (done: number, total: number) => void,
): DetailsTable {
  const size = fstatSync(file).size;
  let builder: TableBuilder | undefined;
  let buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  let kept = 0;
  let done = 0;
  for (;;) {
    if (kept === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    const read = readSync(file, buffer, kept, buffer.length - kept, null);
    if (read === 0) break;
    const end = kept + read;
    let start = 0;
    for (let at = buffer.indexOf(NEWLINE); at !== -1 && at < end; ) {
      if (builder === undefined) {
        builder = new TableBuilder(path, buffer.toString('utf8', start, at), (at + 1) * 2, size);
      } else if (at > start) builder.add(buffer, start, at);
      start = at + 1;
      at = buffer.indexOf(NEWLINE, start);
    }
    buffer.copy(buffer, 0, start, end);
    kept = end - start;
    done += read;
    onProgress?.(done, size);
  }
  if (builder === undefined) {
    throw new UserError(
      `${path} is not a details file: it must start with a header of parameters, then metrics (${DETAIL_METRICS.join(', ')})`,
    );
  }
  return builder.finish(kept > 0);
}

/** A metric column being filled. */
interface MetricCells {
  readonly name: string;
  values: Float64Array;
}

/** A parameter column being filled; most cells repeat the one above. */
interface ParameterCells {
  readonly name: string;
  readonly codeOf: Map<string, number>;
  codes: Uint16Array;
  readonly last: Uint8Array;
  lastLength: number;
  lastCode: number;
}

class TableBuilder {
  private readonly path: string;
  private readonly columns: readonly (MetricCells | ParameterCells | undefined)[];
  private readonly names: readonly string[];
  private capacity: number;
  private rows = 0;

  constructor(path: string, header: string, rowBytes: number, fileBytes: number) {
    this.path = path;
    const [record] = csvRecords(header);
    this.names = (record?.cells ?? []).map((cell) => csvFieldText(cell.trim()));
    this.capacity = Math.max(16, Math.ceil(fileBytes / rowBytes));
    this.columns = this.names.map((name) => this.column(name));
    this.requireColumns();
  }

  /** Adds the row `[start, end)` of a buffer. */
  add(buffer: Buffer, start: number, end: number): void {
    if (this.rows === this.capacity) this.grow();
    const stop = buffer[end - 1] === RETURN ? end - 1 : end;
    let at = start;
    const count = this.columns.length;
    for (let k = 0; k < count; k++) {
      if (at > stop) throw this.refusal(`${k} cells, the header has ${count}`);
      let from = at;
      let to = at;
      const isQuoted = buffer[at] === QUOTE;
      if (isQuoted) {
        from = at + 1;
        to = closingQuote(buffer, from, stop);
        at = to + 2;
      } else {
        while (to < stop && buffer[to] !== COMMA) to++;
        at = to + 1;
      }
      const column = this.columns[k];
      if (column === undefined) continue;
      if ('values' in column) column.values[this.rows] = this.metric(buffer, from, to, column.name);
      else column.codes[this.rows] = this.code(column, buffer, from, to, isQuoted);
    }
    if (at <= stop) throw this.refusal(`more cells than the header, which has ${count}`);
    this.rows++;
  }

  finish(hasTornLine: boolean): DetailsTable {
    const { rows } = this;
    const notes: string[] = [];
    if (hasTornLine) notes.push('the last line is incomplete (no line end) and was dropped');
    if (rows === 0) notes.push('the file has no rows');
    const metrics = new Map<string, Float64Array>();
    const parameters: ParameterColumn[] = [];
    for (const column of this.columns) {
      if (column === undefined) continue;
      if ('values' in column) metrics.set(column.name, column.values.subarray(0, rows));
      else parameters.push(sortedLevels(column, rows));
    }
    return { path: this.path, rows, parameters, metrics, notes };
  }

  private column(name: string): MetricCells | ParameterCells | undefined {
    if (findMetric(name) === undefined) {
      return {
        name,
        codeOf: new Map(),
        codes: new Uint16Array(this.capacity),
        last: new Uint8Array(CELL_BYTES_MAX),
        lastLength: -1,
        lastCode: 0,
      };
    }
    const isKept = (DETAIL_METRICS as readonly string[]).includes(name);
    return isKept ? { name, values: new Float64Array(this.capacity) } : undefined;
  }

  private requireColumns(): void {
    const missing = DETAIL_METRICS.filter((name) => !this.names.includes(name));
    if (missing.length > 0) {
      throw new UserError(
        `${this.path} lacks the ${missing.length === 1 ? 'column' : 'columns'} ${missing.join(', ')}; a details file has one column per parameter, then the metrics`,
      );
    }
    if (this.columns.every((column) => column === undefined || 'values' in column))
      throw new UserError(`${this.path} has no parameter columns to compare`);
  }

  private grow(): void {
    this.capacity *= 2;
    for (const column of this.columns) {
      if (column === undefined) continue;
      if ('values' in column) {
        const values = new Float64Array(this.capacity);
        values.set(column.values);
        column.values = values;
      } else {
        const codes = new Uint16Array(this.capacity);
        codes.set(column.codes);
        column.codes = codes;
      }
    }
  }

  private metric(buffer: Buffer, from: number, to: number, name: string): number {
    const value = plainNumber(buffer, from, to);
    if (value !== undefined) return value;
    const text = buffer.toString('latin1', from, to).trim();
    const number = text === '' ? Number.NaN : Number(text);
    if (!Number.isNaN(number) || text === '' || text === 'NaN') return number;
    throw this.refusal(`${name} is "${text}", it must be a number`);
  }

  private code(
    column: ParameterCells,
    buffer: Buffer,
    from: number,
    to: number,
    isQuoted: boolean,
  ): number {
    const length = to - from;
    const { last } = column;
    let same = length === column.lastLength;
    for (let i = 0; same && i < length; i++) same = last[i] === buffer[from + i];
    if (same) return column.lastCode;
    const cell = buffer.toString('utf8', from, to);
    const text = csvFieldText(isQuoted ? cell.replaceAll('""', '"') : cell);
    let code = column.codeOf.get(text);
    if (code === undefined) {
      code = column.codeOf.size;
      if (code > LEVELS_MAX)
        throw this.refusal(`${column.name} has more than ${LEVELS_MAX} different values`);
      column.codeOf.set(text, code);
    }
    column.lastLength = length <= CELL_BYTES_MAX ? length : -1;
    if (length <= CELL_BYTES_MAX) last.set(buffer.subarray(from, to));
    column.lastCode = code;
    return code;
  }

  private refusal(what: string): UserError {
    return new UserError(`${this.path}, row ${this.rows + 1}: ${what}`);
  }
}

function closingQuote(buffer: Buffer, from: number, stop: number): number {
  let at = from;
  while (at < stop) {
    if (buffer[at] !== QUOTE) at++;
    else if (buffer[at + 1] === QUOTE && at + 1 < stop) at += 2;
    else break;
  }
  return at;
}

/** Reads what is exact with one multiplication or division (Clinger 1990); `undefined` for everything else. */
function plainNumber(buffer: Buffer, start: number, to: number): number | undefined {
  const isNegative = buffer[start] === MINUS;
  const from = isNegative ? start + 1 : start;
  // Fifteen digits and a point fit a double; an empty cell is no number.
  if (to === from || to - from > 16) return undefined;
  let mantissa = 0;
  let point = -1;
  let digits = 0;
  for (let at = from; at < to; at++) {
    const byte = buffer[at]!;
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + byte - ZERO;
      digits++;
    } else if (byte === POINT && point === -1) point = at;
    else return undefined;
  }
  if (digits === 0 || digits > 15) return undefined;
  const value = point === -1 ? mantissa : mantissa / POWERS[to - point - 1]!;
  return isNegative ? -value : value;
}

function sortedLevels(column: ParameterCells, rows: number): ParameterColumn {
  const texts = [...column.codeOf.keys()];
  const isNumeric = texts.every((text) => text === '' || Number.isFinite(Number(text)));
  const order = texts
    .map((_, k) => k)
    .sort((a, b) => {
      const [left, right] = [texts[a]!, texts[b]!];
      if (left === '' || right === '') return left === '' ? -1 : 1;
      if (isNumeric) return Number(left) - Number(right);
      return left < right ? -1 : 1;
    });
  const place = new Uint16Array(texts.length);
  order.forEach((code, k) => {
    place[code] = k;
  });
  const codes = column.codes.subarray(0, rows);
  for (let i = 0; i < rows; i++) codes[i] = place[codes[i]!]!;
  return { name: column.name, levels: order.map((code) => texts[code]!), codes };
}
