import {
  ALL_FIELDS,
  BASIC_FIELDS,
  CANDLE_FIELDS,
  type ExtraColumns,
  type ExtraField,
  VOLUME,
} from './candle-fields.js';
import {
  allocateCandleColumns,
  allocatePassingColumns,
  type CandleColumns,
} from './candle-series.js';

/** What a codec read from one file; not yet validated. */
export interface DecodedCandles {
  readonly columns: CandleColumns;
  /** Empty unless the extras were asked for. */
  readonly extras: ExtraColumns;
  /** `false` when the file has no volume column: the volume is then `NaN` everywhere. */
  readonly hasVolume: boolean;
  /** The instrument named in the file's own symbol column, for example `ADAUSDT`. */
  readonly symbol?: string | undefined;
  /** Sentences for the user, for example that the file was descending. */
  readonly notes: readonly string[];
  /** Says where a candle stands in the file: `:17` for a line of text, ` row 17` for JSON. */
  placeOf(row: number): string;
}

const BLOCK_ROWS = 32_768;

/** What becomes of the rows. */
export interface RowOptions {
  /** Keep `close_time`, `quote_volume` and so on. Default false. */
  readonly keepExtras?: boolean | undefined;
  /** The columns are going to be joined with others into one block, and need not be shared between threads. Default false. */
  readonly isPart?: boolean | undefined;
}

/** Columns of unknown length: collects rows in blocks and joins them once at the end. */
export class CandleRows {
  length = 0;
  readonly #blocks: Float64Array[] = [];
  readonly #width: number;
  readonly #isPart: boolean;

  constructor({ keepExtras = false, isPart = false }: RowOptions) {
    this.#width = keepExtras ? ALL_FIELDS : BASIC_FIELDS;
    this.#isPart = isPart;
  }

  /** Appends one row: the values in the order of `CANDLE_FIELDS`. */
  push(row: Float64Array): void {
    const at = this.length % BLOCK_ROWS;
    if (at === 0) this.#blocks.push(new Float64Array(BLOCK_ROWS * this.#width));
    const block = this.#blocks[this.#blocks.length - 1]!;
    for (let field = 0, to = at; field < this.#width; field++, to += BLOCK_ROWS) {
      block[to] = row[field]!;
    }
    this.length++;
  }

  /**
   * Joins the rows into columns and turns them round when the whole file is descending.
   *
   * @param present - Which fields the file has, by index in `CANDLE_FIELDS`.
   */
  finish(present: ReadonlySet<number>): {
    columns: CandleColumns;
    extras: ExtraColumns;
    isReversed: boolean;
  } {
    const allocate = this.#isPart ? allocatePassingColumns : allocateCandleColumns;
    const columns = allocate(this.length);
    const basic = [
      columns.openTime,
      columns.open,
      columns.high,
      columns.low,
      columns.close,
      columns.volume,
    ];
    const extras: Partial<Record<ExtraField, Float64Array>> = {};
    const targets: (Float64Array | undefined)[] = [...basic];
    for (let field = BASIC_FIELDS; field < this.#width; field++) {
      if (!present.has(field)) continue;
      targets[field] = new Float64Array(this.length);
      extras[CANDLE_FIELDS[field] as ExtraField] = targets[field]!;
    }
    for (let number = this.#blocks.length - 1; number >= 0; number--) {
      const block = this.#blocks.pop()!; // freed one by one, so that both copies never exist whole
      const from = number * BLOCK_ROWS;
      const rows = Math.min(BLOCK_ROWS, this.length - from);
      targets.forEach((target, field) => {
        target?.set(block.subarray(field * BLOCK_ROWS, field * BLOCK_ROWS + rows), from);
      });
    }
    if (!present.has(VOLUME)) columns.volume.fill(Number.NaN);
    const isReversed = isDescending(columns.openTime);
    if (isReversed) for (const target of targets) target?.reverse();
    return { columns, extras, isReversed };
  }
}

function isDescending(openTime: Float64Array): boolean {
  if (openTime.length < 2) return false;
  for (let i = 1; i < openTime.length; i++) {
    if (!(openTime[i]! <= openTime[i - 1]!)) return false;
  }
  return openTime[0]! > openTime[openTime.length - 1]!;
}
