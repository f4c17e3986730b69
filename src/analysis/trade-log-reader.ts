import {
  csvFieldText,
  csvRecords,
  type PositionSide,
  parseUtcTime,
  TRADE_LOG_COLUMNS,
  UserError,
} from '../domain/index.js';
import { type TradeWorld, worldOfTrade } from './trade-world.js';

/** A trade as a log tells it: what every log has, and the rest as far as it is there (`NaN` otherwise). */
export interface LoggedTrade {
  readonly symbol: string;
  readonly strategy: string;
  /** `fast_period=9 slow_period=21`, or what the log calls it; `not recorded` when nothing tells. */
  readonly parameterSet: string;
  readonly side: PositionSide;
  /** ms UTC. */
  readonly entryTime: number;
  readonly exitTime: number;
  /** Quote, after costs. */
  readonly netPnl: number;
  /** Percent of the entry value. */
  readonly returnPct: number;
  readonly exitReason: string;
  /** Quote per base. */
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Base. */
  readonly units: number;
  /** Quote. */
  readonly commission: number;
  readonly candlesHeld: number;
  /** Quote, after the exit. */
  readonly balance: number;
  readonly ambiguous: boolean;
  readonly world: TradeWorld;
}

/** The trades of one file. */
export interface LoggedTrades {
  readonly trades: readonly LoggedTrade[];
  /** What a reader should know about the file. */
  readonly notes: readonly string[];
}

/** Columns without which a trade cannot be analyzed; any others may be there, in any order. */
export const REQUIRED_COLUMNS = [
  'symbol',
  'strategy',
  'side',
  'entry_time',
  'exit_time',
  'net_pnl',
  'return_pct',
  'exit_reason',
] as const;

/** Columns that may name the parameters of a row's run. */
const PARAMETER_COLUMNS = ['parameter_set', 'parameters', 'params'] as const;

export const NOT_RECORDED = 'not recorded';

/**
 * Reads a trade log. A last line that was cut off is left out and noted; anything else that is wrong refuses the file.
 *
 * @param text - CSV with a header.
 * @param name - File, for messages.
 * @param parameterSet - Of the whole log, used where no column tells.
 * @param world - Where the log's trades happened.
 * @throws {UserError} If the file is empty, lacks columns or holds what is no trade; says where.
 */
export function readTradeLog(
  text: string,
  name: string,
  parameterSet: string = NOT_RECORDED,
  world: TradeWorld = 'other',
): LoggedTrades {
  const records = csvRecords(text);
  const first = records.next();
  if (first.done === true) {
    throw new UserError(
      `${name} is empty: a trade log starts with the line ${TRADE_LOG_COLUMNS.join(',')}`,
    );
  }
  const columns = first.value.cells.map((cell) => csvFieldText(cell.trim()));
  requireColumns(columns, name);
  const place = new Map(columns.map((column, k) => [column, k]));
  const trades: LoggedTrade[] = [];
  const notes: string[] = [];
  for (const { cells, line, isTerminated } of records) {
    if (!isTerminated && cells.length < columns.length) {
      notes.push(
        `the last line is incomplete (${cells.length} of ${columns.length} cells) and was dropped`,
      );
      break;
    }
    if (cells.length !== columns.length) {
      throw new UserError(
        `${name}, line ${line}: ${cells.length} cells, but the header has ${columns.length}; fix or delete the line`,
      );
    }
    if (!isTerminated) {
      notes.push('the last line has no line end: if the file is truncated, so is its last cell');
    }
    const row = new Row(cells, place, `${name}, line ${line}`);
    trades.push(readTrade(row, parameterSet, world));
  }
  if (trades.length === 0) notes.push('the log has no trades');
  return { trades, notes };
}

function requireColumns(columns: readonly string[], name: string): void {
  const missing = REQUIRED_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length === 0) return;
  throw new UserError(
    `${name} lacks the ${missing.length === 1 ? 'column' : 'columns'} ${missing.join(', ')}; a trade log needs ${REQUIRED_COLUMNS.join(', ')}`,
  );
}

function readTrade(row: Row, parameterSet: string, world: TradeWorld): LoggedTrade {
  const own = PARAMETER_COLUMNS.map((column) => row.text(column)).find((text) => text !== '');
  return {
    symbol: row.text('symbol'),
    strategy: row.text('strategy'),
    parameterSet: own ?? parameterSet,
    side: row.side(),
    entryTime: row.time('entry_time'),
    exitTime: row.time('exit_time'),
    netPnl: row.number('net_pnl'),
    returnPct: row.number('return_pct'),
    exitReason: row.text('exit_reason') || 'none given',
    entryPrice: row.optional('entry_price'),
    exitPrice: row.optional('exit_price'),
    units: row.optional('units'),
    commission: row.optional('commission'),
    candlesHeld: row.optional('candles_held'),
    balance: row.optional('balance'),
    ambiguous: row.text('ambiguous').toLowerCase() === 'true',
    world: worldOfTrade(row.text('symbol'), world),
  };
}

/** The cells of one record by the names of their columns. */
class Row {
  private readonly cells: readonly string[];
  private readonly place: ReadonlyMap<string, number>;
  private readonly where: string;

  constructor(cells: readonly string[], place: ReadonlyMap<string, number>, where: string) {
    this.cells = cells;
    this.place = place;
    this.where = where;
  }

  text(column: string): string {
    const k = this.place.get(column);
    return k === undefined ? '' : csvFieldText(this.cells[k]!.trim());
  }

  number(column: string): number {
    const value = this.optional(column);
    if (Number.isFinite(value)) return value;
    throw this.refusal(column, 'a number');
  }

  optional(column: string): number {
    const text = this.text(column);
    return text === '' ? Number.NaN : Number(text);
  }

  time(column: string): number {
    const text = this.text(column);
    const time = /^\d{9,}$/.test(text) ? Number(text) : parseUtcTime(text);
    if (time !== undefined) return time;
    throw this.refusal(column, 'a time in UTC, for example 2024-01-31T08:00:00.000Z');
  }

  side(): PositionSide {
    const side = this.text('side').toLowerCase();
    if (side === 'long' || side === 'short') return side;
    throw this.refusal('side', 'long or short');
  }

  private refusal(column: string, wish: string): UserError {
    return new UserError(`${this.where}: ${column} is "${this.text(column)}", it must be ${wish}`);
  }
}
