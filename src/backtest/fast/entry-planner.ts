import type { SignalRuns } from '../../indicators/index.js';
import { LONG_ALLOWED, SHORT_ALLOWED } from '../engine.js';
import type { EntryPlan, PlanKind } from './entry-plan.js';

/** Plans one signal column tile by tile; cheap to make. Searches beyond the tile are remembered, so tiles are best asked for in order. */
export class EntryPlanner {
  readonly #runs: SignalRuns;
  readonly #decidable: Uint8Array;
  readonly #kind: PlanKind;
  readonly #afterTile: EntryFound = { from: 0, decision: -1, entry: 0 };
  readonly #afterRun: EntryFound = { from: 0, decision: -1, entry: 0 };
  readonly #longExit: ExitFound = { from: 0, run: -1 };
  readonly #shortExit: ExitFound = { from: 0, run: -1 };
  #runAsked = 0;
  readonly #longExitFrom: ExitFound = { from: 0, run: -1 };
  readonly #shortExitFrom: ExitFound = { from: 0, run: -1 };

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

  /**
   * Returns the candle at whose open a position exits by the first signal from a close on; `length` when there is none.
   *
   * @param candle - Of the close.
   * @param s - 0 long, 1 short.
   */
  exitFrom(candle: number, s: number): number {
    const side = s === 0 ? 1 : -1;
    const { starts } = this.#runs;
    // Closes are asked for one after the other.
    let run = this.#runAsked;
    if (candle < starts[run]! || candle >= starts[run + 1]!) run = this.#runAt(candle);
    this.#runAsked = run;
    if (this.#leaves(this.#runs.values[run]!, side)) return candle + 1;
    return this.#exitAfter(run, side, s === 0 ? this.#longExitFrom : this.#shortExitFrom);
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
