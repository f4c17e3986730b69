import type { SignalRuns } from '../../indicators/index.js';
import { longPermitted, shortPermitted, type TradeRules } from '../../semantics/index.js';
import { LONG_ALLOWED, SHORT_ALLOWED } from '../engine.js';
import type { PreparedCandles } from './prepared-candles.js';

/** What of the rules decides when signals enter and exit; runs that agree in it share a plan. */
export interface PlanKind {
  /** Bits `LONG_ALLOWED`, `SHORT_ALLOWED`: direction and market (S-25). */
  readonly directions: number;
  readonly exitOnNeutral: boolean;
  readonly newSignal: boolean;
}

/**
 * When one signal column enters and exits in a tile, whatever the stops do. Entries are codes: 2 × entry candle + (0 long | 1 short);
 * `2 × length` means never. Columns start at candle `from`.
 */
export interface EntryPlan {
  /** Candles of the period. */
  readonly length: number;
  /** First candle of the tile, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** Whether a search after a stop waits for a new signal (S-26). */
  readonly waits: boolean;
  /** Entry of the first decision at or after this close. */
  readonly next: Int32Array;
  /** The same for a search that starts after an exit inside a candle (S-26), by 2 × candle + side; only where the plan waits. */
  readonly nextAfterStop: Int32Array;
  /** By entry code: candle at whose open the position exits by signal, `length` when none. */
  readonly signalExit: Int32Array;
}

/**
 * Where a chain goes on in later tiles: an entry code, or, below zero, the search for one, which the plan of the search's tile answers.
 */
export type ChainPosition = number;

/**
 * Returns the position of a search.
 *
 * @param candle - From whose close on entries are decided.
 * @param stopped - 0 any entry; 1 after a long, 2 after a short was stopped and a new signal is needed.
 */
export function searchFrom(candle: number, stopped: number): ChainPosition {
  return ~(4 * candle + stopped);
}

/**
 * Returns the first candle that matters for a position: of the entry, or of the search.
 *
 * @param position - Of a chain.
 */
export function candleOf(position: ChainPosition): number {
  return position < 0 ? ~position >> 2 : position >> 1;
}

/**
 * Returns the entry code of a position.
 *
 * @param plan - Of the tile in which it lies.
 * @param position - Of a chain.
 */
export function entryAt(plan: EntryPlan, position: ChainPosition): number {
  if (position >= 0) return position;
  const at = (~position >> 2) - plan.from;
  const stopped = ~position & 3;
  return stopped === 0 ? plan.next[at]! : plan.nextAfterStop[2 * at + stopped - 1]!;
}

/**
 * Returns what of a set of rules belongs to the plan.
 *
 * @param rules - One run.
 */
export function planKindOf(rules: TradeRules): PlanKind {
  return {
    directions:
      (longPermitted(rules) ? LONG_ALLOWED : 0) | (shortPermitted(rules) ? SHORT_ALLOWED : 0),
    exitOnNeutral: rules.exitOnNeutral,
    newSignal: rules.reEntry === 'new-signal',
  };
}

/**
 * Returns a text that is equal for equal kinds.
 *
 * @param kind - Of a plan.
 */
export function planKindName(kind: PlanKind): string {
  return `${kind.directions} ${kind.exitOnNeutral} ${kind.newSignal}`;
}

/**
 * Returns where entries may be decided: the filters, without the candles before a time gap and the last one (S-20), whose
 * decisions do not fill. The mask itself is returned, as a view, when nothing has to be cleared.
 *
 * @param prepared - Candles.
 * @param entryMask - Of the period. Shape `[n]`.
 * @param scratch - Shape `[n]`; becomes the result when something is cleared.
 */
export function decidableEntries(
  prepared: PreparedCandles,
  entryMask: Uint8Array,
  scratch: Uint8Array,
): Uint8Array {
  scratch.set(entryMask);
  for (let k = 0; k < prepared.gaps.length; k++) scratch[prepared.gaps[k]!] = 0;
  if (prepared.length > 0) scratch[prepared.length - 1] = 0;
  return scratch;
}

/** Plans one signal column tile by tile; cheap to make. Searches beyond the tile are remembered, so tiles are best asked for in order. */
export class EntryPlanner {
  readonly #runs: SignalRuns;
  readonly #decidable: Uint8Array;
  readonly #kind: PlanKind;
  readonly #afterTile: EntryFound = { from: 0, decision: -1, entry: 0 };
  readonly #afterRun: EntryFound = { from: 0, decision: -1, entry: 0 };
  readonly #longExit: ExitFound = { from: 0, run: -1 };
  readonly #shortExit: ExitFound = { from: 0, run: -1 };

  /**
   * @param runs - Of the column.
   * @param decidable - `decidableEntries`.
   * @param kind - Of the rules.
   */
  constructor(runs: SignalRuns, decidable: Uint8Array, kind: PlanKind) {
    this.#runs = runs;
    this.#decidable = decidable;
    this.#kind = kind;
  }

  /**
   * Plans a tile, run by run from right to left.
   *
   * @param from - First candle.
   * @param to - Candle after the last.
   * @param scratch - Filled.
   */
  plan(from: number, to: number, { next, nextAfterStop, signalExit }: PlanScratch): EntryPlan {
    const { length, starts, values } = this.#runs;
    const decidable = this.#decidable;
    const waits = this.#kind.newSignal;
    let run = this.#runAt(to - 1);
    /** First entry that is decided after this run of equal signals. */
    let entryAfterRun = this.#entryFrom(starts[run + 1]!, this.#afterRun);
    let entry = this.#entryFrom(to, this.#afterTile);
    let exitLong = this.#exitAfter(run, 1, this.#longExit);
    let exitShort = this.#exitAfter(run, -1, this.#shortExit);
    for (; run >= 0 && starts[run + 1]! > from; run--) {
      const signal = values[run]!;
      const start = Math.max(from, starts[run]!) - from;
      const end = Math.min(to, starts[run + 1]!) - from;
      const bit = this.#bitOf(signal);
      if (bit === 0) {
        next.fill(entry, start, end);
      } else {
        const side = signal > 0 ? 0 : 1;
        for (let i = end - 1; i >= start; i--) {
          // Candle `length` does not exist: a decision on the last candle does not fill.
          if ((decidable[from + i]! & bit) !== 0) entry = 2 * (from + i + 1) + side;
          next[i] = entry;
        }
      }
      // A position opposed to the signal leaves at the next open, so within its run the exit moves along.
      const leavesLong = this.#leaves(signal, 1);
      const leavesShort = this.#leaves(signal, -1);
      for (let i = start; i < end; i++) {
        signalExit[2 * i] = leavesLong ? from + i + 1 : exitLong;
        signalExit[2 * i + 1] = leavesShort ? from + i + 1 : exitShort;
      }
      if (leavesLong) exitLong = starts[run]! + 1;
      if (leavesShort) exitShort = starts[run]! + 1;
      if (waits) {
        for (let i = start; i < end; i++) {
          nextAfterStop[2 * i] = signal > 0 ? entryAfterRun : next[i]!;
          nextAfterStop[2 * i + 1] = signal < 0 ? entryAfterRun : next[i]!;
        }
      }
      entryAfterRun = entry;
    }
    return { length, from, to, waits, next, nextAfterStop, signalExit };
  }

  /** Number of the run that a candle belongs to. */
  #runAt(candle: number): number {
    const { starts, count } = this.#runs;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= candle) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #bitOf(signal: number): number {
    return this.#kind.directions & (signal > 0 ? LONG_ALLOWED : signal < 0 ? SHORT_ALLOWED : 0);
  }

  /** Whether a signal closes a position of that side. */
  #leaves(signal: number, side: 1 | -1): boolean {
    return signal === -side || (signal === 0 && this.#kind.exitOnNeutral);
  }

  /** The entry of the first decision at or after the close of a candle, which may be `length`. */
  #entryFrom(candle: number, found: EntryFound): number {
    if (candle >= found.from && candle <= found.decision) return found.entry;
    const { length, count, starts, values } = this.#runs;
    const decidable = this.#decidable;
    found.from = candle;
    found.decision = length;
    found.entry = 2 * length;
    if (candle === length) return found.entry;
    for (let run = this.#runAt(candle); run < count; run++) {
      const signal = values[run]!;
      const bit = this.#bitOf(signal);
      if (bit === 0) continue;
      const end = starts[run + 1]!;
      for (let i = Math.max(candle, starts[run]!); i < end; i++) {
        if ((decidable[i]! & bit) === 0) continue;
        found.decision = i;
        found.entry = 2 * (i + 1) + (signal > 0 ? 0 : 1);
        return found.entry;
      }
    }
    return found.entry;
  }

  /** The candle at whose open a position that outlives a run exits by signal; `length` when none. */
  #exitAfter(run: number, side: 1 | -1, found: ExitFound): number {
    const { length, count, starts, values } = this.#runs;
    const first = run + 1;
    if (first < found.from || first > found.run) {
      found.from = first;
      found.run = first;
      while (found.run < count && !this.#leaves(values[found.run]!, side)) found.run++;
    }
    return found.run < count ? starts[found.run]! + 1 : length;
  }
}

/** The answer to every search for an entry that starts from candle `from` to the candle of the decision. */
interface EntryFound {
  from: number;
  decision: number;
  entry: number;
}

/** The answer to every search for a run that closes a position, from run `from` to that run. */
interface ExitFound {
  from: number;
  run: number;
}

/** Arrays of a plan, reused from plan to plan. */
interface PlanScratch {
  readonly next: Int32Array;
  readonly nextAfterStop: Int32Array;
  readonly signalExit: Int32Array;
}

/** The plan that was asked for last; the plans of a thread share its arrays. */
export class TilePlan {
  readonly #scratch: PlanScratch;
  #planner: EntryPlanner | undefined;
  #plan: EntryPlan | undefined;

  /** @param tileSize - Candles of a tile. */
  constructor(tileSize: number) {
    this.#scratch = {
      next: new Int32Array(tileSize),
      nextAfterStop: new Int32Array(2 * tileSize),
      signalExit: new Int32Array(2 * tileSize),
    };
  }

  /**
   * Returns the plan of a tile, valid until another one is asked for.
   *
   * @param planner - Of the signals.
   * @param from - First candle.
   * @param to - Candle after the last.
   */
  of(planner: EntryPlanner, from: number, to: number): EntryPlan {
    if (this.#plan === undefined || this.#planner !== planner || this.#plan.from !== from) {
      this.#plan = planner.plan(from, to, this.#scratch);
      this.#planner = planner;
    }
    return this.#plan;
  }
}
