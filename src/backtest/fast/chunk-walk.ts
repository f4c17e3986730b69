import type { Metrics } from '../../metrics/index.js';
import type { EngineRules } from '../../semantics/index.js';
import { bookEquity, bookTrades } from './book-trades.js';
import { type Combination, chainStart, followChain, type SignalSource } from './combination.js';
import {
  type DrawdownState,
  endDrawdown,
  followFlat,
  followTrades,
  skipBelowPeak,
  startDrawdown,
} from './drawdown.js';
import { TilePlan } from './entry-planner.js';
import { fillTrades, type PriceWindow } from './fill-trades.js';
import {
  allocateTradeParts,
  fillLaterTrades,
  type LaterRun,
  type TradeParts,
} from './later-trades.js';
import { allocateLedger, type Ledger, openLedgerRow } from './ledger.js';
import type { PreparedCandles } from './prepared-candles.js';
import { type ReturnsSink, rowMetrics } from './row-metrics.js';
import { settleTrades } from './settle-trades.js';
import { allocateTradeBuffer, type TradeBuffer } from './trade-buffer.js';
import { tileWarmer } from './warm-tile.js';

/** Combinations that walk through the tiles together. */
const CHUNK_SIZE = 256;
/** Memory that one chunk may take for day ends and checkpoints, bytes; fewer combinations go together beyond it. */
const CHUNK_BYTES_MAX = 64 * 2 ** 20;
const CHECKPOINT_BYTES = 40;
/** Where a chain stands that goes nowhere any more. */
const CHAIN_END = 0x7fffffff;
/** What is skipped as "no new drawdown" must be so beyond rounding. */
const DRAWDOWN_ROOM = 1e-12;

/** One row of a chunk: rules on a signal column. */
export interface ChunkRow {
  readonly source: SignalSource;
  readonly combination: Combination;
}

/**
 * Walks combinations through the tiles side by side, so that the candles and tables of a tile come from the cache for all but the
 * first. One object belongs to one thread; its memory serves one chunk after the other.
 */
export class ChunkWalk {
  /** Rows that a chunk can have. */
  readonly size: number;
  readonly #prepared: PreparedCandles;
  readonly #plan: TilePlan;
  readonly #trades: TradeBuffer;
  /** Of rows that scale out. */
  readonly #parts: TradeParts;
  readonly #ledger: Ledger;
  readonly #checkpoints: Checkpoints;
  readonly #onReturns: ReturnsSink | undefined;

  /**
   * @param prepared - Candles.
   * @param onReturns - Takes the returns of each row of a chunk that has metrics.
   */
  constructor(prepared: PreparedCandles, onReturns?: ReturnsSink) {
    this.#prepared = prepared;
    this.#onReturns = onReturns;
    this.#plan = new TilePlan(2 ** prepared.tileShift);
    this.#trades = allocateTradeBuffer(2 ** prepared.tileShift + 1);
    this.#parts = allocateTradeParts(2 ** prepared.tileShift + 1);
    const days = prepared.dayEnds.length;
    const bytes = 8 * days + CHECKPOINT_BYTES * prepared.tiles;
    this.size = Math.max(1, Math.min(CHUNK_SIZE, Math.floor(CHUNK_BYTES_MAX / bytes)));
    this.#ledger = allocateLedger(this.size, days);
    this.#checkpoints = allocateCheckpoints(this.size * prepared.tiles);
  }

  /**
   * Returns the metrics of a chunk.
   *
   * @param rows - At most `size`.
   * @returns Row by row; `undefined` where a combination does not follow its chain, or where rounding needs the trades themselves.
   */
  metrics(rows: readonly ChunkRow[]): (Metrics | undefined)[] {
    const isOutside = this.#settle(rows);
    return this.#findDrawdowns(rows, isOutside).map((drawdown, row) => {
      const { rules } = rows[row]!.combination;
      return (
        drawdown && rowMetrics(this.#prepared, rules, this.#ledger, row, drawdown, this.#onReturns)
      );
    });
  }

  /** First walk: everything but drawdowns; returns which rows do not follow their chains. */
  #settle(rows: readonly ChunkRow[]): boolean[] {
    const prepared = this.#prepared;
    const { tiles } = prepared;
    const ledger = this.#ledger;
    const trades = this.#trades;
    const checkpoints = this.#checkpoints;
    const isOutside = rows.map(() => false);
    const position = Int32Array.from(rows, (one) => chainStart(one.combination));
    rows.forEach(({ combination }, row) => {
      openLedgerRow(ledger, row, combination.rules.initialBalance);
    });
    const warm = tileWarmer(
      prepared,
      rows.map(({ combination }) => combination),
    );
    for (let tile = 0; tile < tiles; tile++) {
      warm?.(tile);
      const window = tileWindow(prepared, tile);
      for (let row = 0; row < rows.length; row++) {
        const at = row * tiles + tile;
        checkpoints.firstEntry[at] = -1;
        if (isOutside[row]) continue;
        const { source, combination } = rows[row]!;
        const from = position[row]!;
        position[row] = followChain(source, combination, from, tile, this.#plan, trades);
        if (trades.count === 0) continue;
        const balance = ledger.balance[row]!;
        const { factors, later } = combination;
        const isSettled =
          later === undefined
            ? settleTrades(prepared, factors, tile, trades, ledger, row, checkpoints, at)
            : this.#settleLater(later, window, tile, row, at);
        if (!isSettled) {
          isOutside[row] = true;
          continue;
        }
        checkpoints.position[at] = from;
        checkpoints.balance[at] = balance;
        checkpoints.firstEntry[at] = trades.code[0]! >> 1;
        checkpoints.lastExit[at] = trades.exit[trades.count - 1]!;
        checkpoints.trades[at] = trades.count;
        // The balance is gone (S-31).
        if (!factors.allowOverdraft && ledger.balance[row]! <= factors.ruinBalance) {
          position[row] = CHAIN_END;
        }
      }
    }
    return isOutside;
  }

  /** Does for a row with later rules what `settleTrades()` does. */
  #settleLater(run: LaterRun, window: PriceWindow, tile: number, row: number, at: number): boolean {
    const prepared = this.#prepared;
    const ledger = this.#ledger;
    const trades = this.#trades;
    const parts = this.#parts;
    const balance = ledger.balance[row]!;
    const netPnl = ledger.netPnl[row]!;
    if (!fillLaterTrades(prepared, run, window, balance, netPnl, trades, parts)) return false;
    bookTrades(ledger, row, trades);
    const stretches = stretchesOf(run, trades, parts);
    bookEquity(prepared, tile, stretches, ledger, row, this.#checkpoints, at);
    return true;
  }

  /** Second walk: only through tiles whose bounds can touch the peak or deepen the drawdown. */
  #findDrawdowns(
    rows: readonly ChunkRow[],
    isOutside: readonly boolean[],
  ): (DrawdownState | undefined)[] {
    const prepared = this.#prepared;
    const { tiles } = prepared;
    const trades = this.#trades;
    const checkpoints = this.#checkpoints;
    const states = rows.map(({ combination }, row) => {
      if (isOutside[row]) return undefined;
      const { rules } = combination;
      return startDrawdown(prepared, rules.initialBalance, this.#closeDays(rules, row));
    });
    for (let tile = 0; tile < tiles; tile++) {
      const window = tileWindow(prepared, tile);
      for (let row = 0; row < rows.length; row++) {
        const state = states[row];
        const at = row * tiles + tile;
        const entry = checkpoints.firstEntry[at]!;
        if (state === undefined || entry < 0) continue;
        const balance = checkpoints.balance[at]!;
        followFlat(state, prepared, entry, balance);
        const drawdown = (state.peak - checkpoints.lowest[at]!) / state.peak;
        if (
          checkpoints.highest[at]! < state.peak &&
          drawdown <= state.largest * (1 - DRAWDOWN_ROOM)
        ) {
          skipBelowPeak(state, checkpoints.lastExit[at]!);
          continue;
        }
        const { source, combination } = rows[row]!;
        followChain(source, combination, checkpoints.position[at]!, tile, this.#plan, trades);
        trades.count = checkpoints.trades[at]!;
        const { factors, later } = combination;
        // The loss limit was checked in the first walk.
        const netPnl = Number.POSITIVE_INFINITY;
        if (later === undefined) {
          fillTrades(prepared, factors, window, balance, netPnl, trades);
          followTrades(state, prepared, trades);
        } else {
          fillLaterTrades(prepared, later, window, balance, netPnl, trades, this.#parts);
          followTrades(state, prepared, stretchesOf(later, trades, this.#parts));
        }
      }
    }
    states.forEach((state, row) => {
      if (state !== undefined) endDrawdown(state, prepared, this.#ledger.balance[row]!);
    });
    return states;
  }

  /** Completes the equity at day ends and returns a drawdown that it proves. */
  #closeDays(rules: EngineRules, row: number): number {
    const { days, dayEquity, day, balance } = this.#ledger;
    const first = row * days;
    dayEquity.fill(balance[row]!, first + day[row]!, first + days);
    let peak = rules.initialBalance;
    let largest = 0;
    for (let k = first; k < first + days; k++) {
      const value = dayEquity[k]!;
      // Below zero a higher peak makes the fraction smaller, so days alone prove nothing.
      if (value <= 0) return 0;
      if (value > peak) peak = value;
      const drawdown = (peak - value) / peak;
      if (drawdown > largest) largest = drawdown;
    }
    return largest;
  }
}

/** For each combination and tile, what a second walk needs. Shape `[combinations × tiles]`. */
interface Checkpoints {
  readonly position: Int32Array;
  /** -1 when the tile has no entry. */
  readonly firstEntry: Int32Array;
  readonly lastExit: Int32Array;
  readonly trades: Int32Array;
  readonly balance: Float64Array;
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
}

function allocateCheckpoints(count: number): Checkpoints {
  return {
    position: new Int32Array(count),
    firstEntry: new Int32Array(count),
    lastExit: new Int32Array(count),
    trades: new Int32Array(count),
    balance: new Float64Array(count),
    lowest: new Float64Array(count),
    highest: new Float64Array(count),
  };
}

/** What the equity of filled trades is made of. */
function stretchesOf({ later }: LaterRun, trades: TradeBuffer, parts: TradeParts): TradeBuffer {
  return later.shares.length === 0 ? trades : parts.stretches;
}

function tileWindow(prepared: PreparedCandles, tile: number): PriceWindow {
  return {
    to: Math.min(prepared.length, (tile + 1) << prepared.tileShift),
    lowest: prepared.lows.tileMin[tile]!,
    highest: prepared.highs.tileMax[tile]!,
  };
}
