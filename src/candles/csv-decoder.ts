import { UserError } from '../domain/index.js';
import {
  ALL_FIELDS,
  BASIC_FIELDS,
  CANDLE_FIELDS,
  CLOSE_TIME,
  type FieldLayout,
  layoutFromCells,
  layoutFromNames,
  layoutFromNumbers,
  OPEN_TIME,
} from './candle-fields.js';
import { countsSeconds, isoTime, millisecondsFrom } from './candle-time.js';
import { decimalNumber } from './decimal-number.js';
import { CandleRows, type DecodedCandles, type RowOptions } from './decoded-candles.js';

/** How a file is decoded. */
export interface DecodeOptions extends RowOptions {
  /** Name of the file for messages. */
  readonly source: string;
  /** Gets every line that is no candle; such lines are left out. Default: the first one is thrown. */
  readonly onBrokenLine?: ((message: string, why: BrokenLine) => void) | undefined;
  /** The instrument as the file's name says it: tells two volumes that are named after assets apart. */
  readonly symbol?: string | undefined;
}

/** Why a line is no candle: a header again, a field without a number, or anything else. */
export type BrokenLine = 'header' | 'not-a-number' | 'other';

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;
const DOT = 46;
const ZERO = 48;
const SKIP = -1;
/** No candle line is longer; a longer one is no text file. */
const LINE_BYTES_MAX = 65_536;
const DECIMALS_MAX = 22;
/** 10^0 to 10^22: the powers of ten that are exact doubles. */
const POWERS_OF_TEN = Float64Array.from({ length: DECIMALS_MAX + 1 }, (_, i) => Number(`1e${i}`));
/** What to do about a line that is no candle. */
export const MEND = 'fix or remove it, or download the file again';
const DROP_NAN = `${MEND}; wus data convert --drop-nan drops such lines`;
const DROP_HEADERS = 'wus data convert --drop-repeated-headers drops such lines';

/**
 * Decodes candle CSV piece by piece, so that a file never is in memory as a whole.
 *
 * A field of digits is read as mantissa / 10^decimals, which is the exactly rounded value while both
 * are exact doubles; every other field goes through `Number(text)`, so that both agree to the last bit.
 *
 * @see W. D. Clinger, How to read floating point numbers accurately, 1990.
 */
export class CsvCandleDecoder {
  readonly #source: string;
  readonly #rows: CandleRows;
  readonly #keepExtras: boolean;
  readonly #onBrokenLine: DecodeOptions['onBrokenLine'];
  readonly #row = new Float64Array(ALL_FIELDS).fill(Number.NaN);
  #carry: Uint8Array = new Uint8Array(0);
  #layout: FieldLayout | undefined;
  /** Like the layout's fields, without the extras when they are not kept. */
  #targets: Int8Array = new Int8Array(0);
  #delimiter = 44;
  #line = 0;
  #hasBrokenLines = false;
  #brokenBy: BrokenLine = 'other';
  /** Cells of a header whose two volumes wait for the first line to say which is which. */
  #assetVolumes: readonly string[] | undefined;
  readonly #symbolHint: string | undefined;
  #secondsScale = 1;
  #symbol: string | undefined;
  /** Pairs (row, line): from that row on, line = row + (line - row). Blank lines and headers make new pairs. */
  readonly #lineMarks: { row: number; line: number }[] = [];

  constructor(options: DecodeOptions) {
    this.#source = options.source;
    this.#keepExtras = options.keepExtras ?? false;
    this.#onBrokenLine = options.onBrokenLine;
    this.#symbolHint = options.symbol;
    this.#rows = new CandleRows(options);
  }

  /**
   * Takes the next bytes of the file.
   *
   * @throws {UserError} Naming file, line and value, if a line is no candle and there is no `onBrokenLine`.
   */
  push(piece: Uint8Array): void {
    let start = 0;
    if (this.#carry.length > 0) {
      const lineEnd = piece.indexOf(NEWLINE) + 1;
      const line = joined(this.#carry, piece.subarray(0, lineEnd > 0 ? lineEnd : piece.length));
      if (lineEnd === 0) {
        this.#keep(line);
        return;
      }
      this.#decodeLines(line, 0, line.length);
      start = lineEnd;
    }
    const end = piece.lastIndexOf(NEWLINE) + 1;
    this.#decodeLines(piece, start, end);
    this.#keep(piece.slice(Math.max(start, end)));
  }

  /**
   * Ends the file.
   *
   * @throws {UserError} If the last line is cut off, or if there is no candle.
   */
  finish(): DecodedCandles {
    const notes: string[] = [];
    if (this.#carry.length > 0) {
      const last = joined(this.#carry, Uint8Array.of(NEWLINE));
      const rowsBefore = this.#rows.length;
      try {
        this.#decode(last, 0, last.length);
      } catch (error) {
        if (!this.#isBrokenLine(error)) throw error;
        const message = `${plainMessage(error)}; the last line is truncated: download the file again, or remove the line`;
        this.#leaveOut(message);
      }
      if (this.#rows.length > rowsBefore) {
        notes.push(
          `${this.#source}:${this.#line}: the last line has no line end; if the file is truncated there, its last number is wrong`,
        );
      }
    }
    if (this.#rows.length === 0) throw new UserError(`${this.#source}: ${this.#emptyReason()}`);
    const present = new Set(this.#targets);
    const { columns, extras, isReversed } = this.#rows.finish(present);
    if (isReversed) notes.push(`${this.#source}: newest candle first; the order was reversed`);
    const count = columns.length;
    return {
      columns,
      extras,
      hasVolume: present.has(5),
      symbol: this.#symbol,
      notes,
      placeOf: (row) => `:${this.#lineOf(isReversed ? count - 1 - row : row)}`,
    };
  }

  #decodeLines(bytes: Uint8Array, start: number, end: number): void {
    if (this.#onBrokenLine === undefined) this.#decode(bytes, start, end);
    else this.#decodeSoundLines(bytes, start, end);
  }

  /** Goes on behind every line that is no candle. */
  #decodeSoundLines(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      const lineBefore = this.#line;
      try {
        this.#decode(bytes, at, end);
        return;
      } catch (error) {
        if (!this.#isBrokenLine(error)) throw error;
        this.#leaveOut(plainMessage(error));
      }
      for (let line = lineBefore; line < this.#line; line++) at = bytes.indexOf(NEWLINE, at) + 1;
    }
  }

  #leaveOut(message: string): void {
    if (this.#onBrokenLine === undefined) throw new UserError(message);
    this.#hasBrokenLines = true;
    this.#onBrokenLine(message, this.#brokenBy);
  }

  /** Without a layout nothing after the line could be understood either. */
  #isBrokenLine(error: unknown): error is UserError {
    return error instanceof UserError && this.#layout !== undefined;
  }

  /** Keeps the beginning of a line whose end has not come yet. */
  #keep(rest: Uint8Array): void {
    if (rest.length > LINE_BYTES_MAX) {
      throw this.#error(this.#line + 1, `longer than ${LINE_BYTES_MAX} bytes: not a candle CSV`);
    }
    this.#carry = rest;
  }

  #emptyReason(): string {
    const advice = 'check the download or give another file';
    if (this.#line === 0) return `the file is empty; ${advice}`;
    if (this.#layout === undefined) return `only blank lines; ${advice}`;
    return `${this.#hasBrokenLines ? 'no line is a candle' : 'only a header, no candles'}; ${advice}`;
  }

  #lineOf(row: number): number {
    let low = 0;
    let high = this.#lineMarks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineMarks[middle]!.row <= row) low = middle;
      else high = middle - 1;
    }
    const mark = this.#lineMarks[low];
    return mark === undefined ? row + 1 : mark.line + (row - mark.row);
  }

  /**
   * Long because splitting the field loop into functions costs a third of the speed. Two digits at a time
   * halve the chain of dependent multiplications.
   */
  #decode(bytes: Uint8Array, start: number, end: number): void {
    const row = this.#row;
    const rows = this.#rows;
    let at = this.#line === 0 && start === 0 && hasByteOrderMark(bytes) ? 3 : start;
    while (at < end && this.#layout === undefined) at = this.#readHead(bytes, at);
    if (this.#assetVolumes !== undefined && at < end) this.#settleVolumes(bytes, at);
    const targets = this.#targets;
    const delimiter = this.#delimiter;
    const lastColumn = targets.length - 1;
    let expectsLine = this.#nextLineOf(rows.length);
    while (at < end) {
      this.#line++;
      if (bytes[at] === NEWLINE || (bytes[at] === RETURN && bytes[at + 1] === NEWLINE)) {
        at += bytes[at] === NEWLINE ? 1 : 2;
        continue;
      }
      if (this.#line !== expectsLine) {
        this.#lineMarks.push({ row: rows.length, line: this.#line });
        expectsLine = this.#line;
      }
      expectsLine++;
      const lineStart = at;
      for (let column = 0; column <= lastColumn; column++) {
        const target = targets[column]!;
        const fieldStart = at;
        if (target === SKIP) {
          at = endOfField(bytes, at, delimiter);
        } else {
          let mantissa = 0;
          let digit = bytes[at]! - ZERO;
          while (digit >>> 0 <= 9) {
            const second = bytes[at + 1]! - ZERO;
            if (second >>> 0 > 9) {
              mantissa = mantissa * 10 + digit;
              at++;
              digit = second;
              break;
            }
            mantissa = mantissa * 100 + (digit * 10 + second);
            at += 2;
            digit = bytes[at]! - ZERO;
          }
          let decimals = 0;
          if (digit === DOT - ZERO && at > fieldStart) {
            const dot = at;
            digit = bytes[++at]! - ZERO;
            while (digit >>> 0 <= 9) {
              const second = bytes[at + 1]! - ZERO;
              if (second >>> 0 > 9) {
                mantissa = mantissa * 10 + digit;
                at++;
                digit = second;
                break;
              }
              mantissa = mantissa * 100 + (digit * 10 + second);
              at += 2;
              digit = bytes[at]! - ZERO;
            }
            decimals = at - dot - 1;
          }
          if (digit === RETURN - ZERO && bytes[at + 1] === NEWLINE && column === lastColumn) {
            digit = NEWLINE - ZERO;
            at++;
          }
          const stop = digit + ZERO;
          if (
            at > fieldStart &&
            (stop === delimiter || stop === NEWLINE) &&
            mantissa <= Number.MAX_SAFE_INTEGER &&
            decimals <= DECIMALS_MAX
          ) {
            row[target] = decimals === 0 ? mantissa : mantissa / POWERS_OF_TEN[decimals]!;
          } else {
            at = endOfField(bytes, fieldStart, delimiter);
            row[target] = this.#slowField(bytes, fieldStart, at, target, lineStart);
          }
        }
        if (column < lastColumn) {
          if (bytes[at] === NEWLINE) throw this.#countError(bytes, lineStart);
          at++;
        }
      }
      if (bytes[at] !== NEWLINE) throw this.#countError(bytes, lineStart);
      at++;
      if (rows.length === 0) this.#readFirstRow(bytes, lineStart);
      row[OPEN_TIME] = millisecondsFrom(row[OPEN_TIME]! * this.#secondsScale);
      if (this.#keepExtras) {
        row[CLOSE_TIME] = Math.floor(millisecondsFrom(row[CLOSE_TIME]! * this.#secondsScale));
      }
      rows.push(row);
    }
  }

  #nextLineOf(row: number): number {
    const mark = this.#lineMarks[this.#lineMarks.length - 1];
    return mark === undefined ? -1 : mark.line + (row - mark.row);
  }

  /** Reads lines until the columns are known; returns where the first line of candles starts. */
  #readHead(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(NEWLINE, start);
    const line = text(bytes, start, end).trim();
    this.#line++;
    // CryptoDataDownload begins its files with its address.
    const isComment = line === '' || line.startsWith('#') || /^"?https?:\/\/\S+$/.test(line);
    if (isComment) return end + 1;
    this.#delimiter = delimiterOf(line);
    const cells = cellsOf(line, this.#delimiter);
    const numbered = layoutFromNumbers(cells);
    const isHeader = numbered !== undefined || !/^[+-]?[\d.]/.test(cells[0]!);
    this.#layout = numbered ?? (isHeader ? this.#layoutFromHeader(cells) : layoutFromCells(cells));
    if (this.#layout === undefined) {
      throw this.#error(
        this.#line,
        `${cells.length} columns and no header: expected 6, 7 (Kraken), 11 or 12 columns in Binance's order, or a header such as ${CANDLE_FIELDS.slice(0, BASIC_FIELDS).join(',')}`,
      );
    }
    if (this.#layout.hasAssetVolumes) this.#assetVolumes = cells;
    this.#setTargets(this.#layout);
    if (isHeader) return end + 1;
    this.#line--;
    return start;
  }

  #setTargets({ fields }: FieldLayout): void {
    const limit = this.#keepExtras ? ALL_FIELDS : BASIC_FIELDS;
    this.#targets = Int8Array.from(fields, (field) => (field < limit ? field : SKIP));
  }

  /** The instrument in the first line, or in the file's name, says which volume is in the base asset. */
  #settleVolumes(bytes: Uint8Array, start: number): void {
    let at = start;
    while (bytes[at] === NEWLINE || bytes[at] === RETURN) at++;
    if (at >= bytes.length) return;
    const names = this.#assetVolumes!;
    this.#assetVolumes = undefined;
    const cells = cellsOf(text(bytes, at, bytes.indexOf(NEWLINE, at)), this.#delimiter);
    const layout = layoutFromNames(names, cells[this.#layout!.symbolColumn] ?? this.#symbolHint);
    if (!('fields' in layout)) return;
    this.#layout = layout;
    this.#setTargets(layout);
  }

  #layoutFromHeader(names: readonly string[]): FieldLayout {
    const layout = layoutFromNames(names);
    if ('fields' in layout) return layout;
    if (layout.twice.length > 0) {
      throw this.#error(this.#line, `the header has "${layout.twice.join('", "')}" twice`);
    }
    const shown = names.slice(0, 12).map((name) => name.slice(0, 40));
    throw this.#error(
      this.#line,
      `no candles: column ${layout.missing.join(', ')} is missing; the header is "${shown.join(',')}"`,
    );
  }

  #readFirstRow(bytes: Uint8Array, lineStart: number): void {
    if (countsSeconds(this.#row[OPEN_TIME]!)) this.#secondsScale = 1000;
    const column = this.#layout!.symbolColumn;
    if (column < 0) return;
    const line = text(bytes, lineStart, bytes.indexOf(NEWLINE, lineStart));
    const cell = cellsOf(line, this.#delimiter)[column] ?? '';
    const symbol = cell.replace(/[/_-]/g, '').toUpperCase();
    if (/^[A-Z0-9]{2,30}$/.test(symbol)) this.#symbol = symbol;
  }

  #slowField(
    bytes: Uint8Array,
    start: number,
    end: number,
    target: number,
    lineStart: number,
  ): number {
    const cell = withoutQuotes(text(bytes, start, end));
    const number = decimalNumber(cell);
    if (!Number.isNaN(number)) return number;
    const isTime = target === OPEN_TIME || target === CLOSE_TIME;
    if (target >= BASIC_FIELDS && NO_NUMBER.test(cell)) return Number.NaN;
    const time = isTime ? isoTime(cell) : Number.NaN;
    if (!Number.isNaN(time)) return time;
    const line = text(bytes, lineStart, bytes.indexOf(NEWLINE, lineStart));
    if (this.#isHeader(line)) throw this.#headerError();
    const isAbsent = NO_NUMBER.test(cell);
    this.#brokenBy = isAbsent ? 'not-a-number' : 'other';
    const problem = isTime ? timeProblem(cell) : numberProblem(cell);
    const advice = isAbsent ? DROP_NAN : MEND;
    throw this.#error(this.#line, `${CANDLE_FIELDS[target]} ${problem}; ${advice}`);
  }

  #isHeader(line: string): boolean {
    const cells = cellsOf(line, this.#delimiter);
    return layoutFromNumbers(cells) !== undefined || 'fields' in layoutFromNames(cells);
  }

  #headerError(): UserError {
    this.#brokenBy = 'header';
    return this.#error(
      this.#line,
      `a repeated header, as in files joined with cat; ${DROP_HEADERS}`,
    );
  }

  #countError(bytes: Uint8Array, lineStart: number): UserError {
    const line = text(bytes, lineStart, bytes.indexOf(NEWLINE, lineStart));
    if (this.#isHeader(line)) return this.#headerError();
    this.#brokenBy = 'other';
    const found = cellsOf(line, this.#delimiter).length;
    return this.#error(
      this.#line,
      `${found} columns instead of ${this.#targets.length} in "${line.trim().slice(0, 60)}"; ${MEND}`,
    );
  }

  #error(line: number, what: string): UserError {
    return new UserError(`${this.#source}:${line}: ${what.replace(/[^\P{C}]/gu, '?')}`);
  }
}

/**
 * Decodes a whole candle CSV that is already in memory.
 *
 * @param bytes - UTF-8 text, with or without header, LF or CRLF.
 * @throws {UserError} Naming file, line and value.
 */
export function decodeCsvCandles(bytes: Uint8Array, options: DecodeOptions): DecodedCandles {
  const decoder = new CsvCandleDecoder(options);
  decoder.push(bytes);
  return decoder.finish();
}

/** Ways to write that there is no number. */
const NO_NUMBER = /^(nan|null|none|na|n\/a|-)?$/i;

function timeProblem(cell: string): string {
  if (cell === '') return 'is empty';
  const shown = `"${cell.slice(0, 40)}"`;
  return /^\d{1,2}[/-]\d{1,2}[/-]\d{4}/.test(cell)
    ? `${shown} may be day/month or month/day: write it as 2024-12-31`
    : `${shown} is not a time in ms, µs or ISO 8601`;
}

function numberProblem(cell: string): string {
  if (cell === '') return 'is empty';
  const shown = `"${cell.slice(0, 40)}"`;
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(cell)) {
    return `${shown} has commas between thousands: write the number without them`;
  }
  return /^[+-]?\d+,\d+$/.test(cell)
    ? `${shown} has a decimal comma: use a decimal point`
    : `${shown} is not a number`;
}

/** For a list of lines, which does not say of each what to do. */
function plainMessage(error: UserError): string {
  return [DROP_NAN, DROP_HEADERS, MEND].reduce(
    (text, advice) => text.replace(`; ${advice}`, ''),
    error.message,
  );
}

function delimiterOf(line: string): number {
  const candidates = [',', ';', '\t', '|'];
  const counts = candidates.map((candidate) => cellsOf(line, candidate.charCodeAt(0)).length);
  return candidates[counts.indexOf(Math.max(...counts))]!.charCodeAt(0);
}

/** Splits a line; a delimiter inside quotes belongs to the cell. */
function cellsOf(line: string, delimiter: number): string[] {
  const sign = String.fromCharCode(delimiter);
  if (!line.includes('"')) return line.split(sign).map((cell) => cell.trim());
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const rest = line.slice(at);
    const quoted = /^\s*"(?:[^"]|"")*"/.exec(rest)?.[0].length ?? 0;
    const found = rest.indexOf(sign, quoted);
    const length = found < 0 ? rest.length : found;
    cells.push(withoutQuotes(rest.slice(0, length)));
    at += length + 1;
  }
  return cells;
}

/** Where the field ends that begins at `start`; a delimiter inside quotes belongs to it. */
function endOfField(bytes: Uint8Array, start: number, delimiter: number): number {
  let at = start;
  if (bytes[at] === QUOTE) {
    at++;
    while (bytes[at] !== QUOTE && bytes[at] !== NEWLINE) at++;
  }
  while (bytes[at] !== delimiter && bytes[at] !== NEWLINE) at++;
  return at;
}

function withoutQuotes(cell: string): string {
  const trimmed = cell.trim();
  return /^".*"$/.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function text(bytes: Uint8Array, start: number, end: number): string {
  let result = '';
  const stop = Math.min(end, start + LINE_BYTES_MAX);
  for (let i = start; i < stop; i++) result += String.fromCharCode(bytes[i]!);
  return result;
}
