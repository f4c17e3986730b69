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

/** Signals as maximal runs of equal values. */
export interface SignalRuns {
  count: number;
  /** First candle of each run, and `length` after the last. */
  starts: Int32Array;
  values: Int8Array;
}

/**
 * When one signal column enters and exits, whatever the stops do. Entries are codes: 2 × entry candle + (0 long | 1 short);
 * `2 × length` means never.
 */
export interface EntryPlan {
  readonly length: number;
  /** Entry of the first decision at or after this close. Shape `[n]`. */
  readonly next: Int32Array;
  /** The same for a search that starts after an exit inside candle `i` (S-26), by `2 × i + side`. Shape `[2n]` or, without `new_signal`, empty. */
  readonly nextAfterStop: Int32Array;
  /** Candle at whose open a position with that entry code exits by signal, `length` when none. Shape `[2n]`. */
  readonly signalExit: Int32Array;
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

/** Arrays of a plan, reused from signal column to signal column. */
export interface PlanScratch {
  readonly next: Int32Array;
  readonly nextAfterStop: Int32Array;
  readonly signalExit: Int32Array;
}

/**
 * Allocates a plan's arrays.
 *
 * @param length - Candles.
 * @param newSignal - Whether any run waits for a new signal after a stop.
 */
export function allocatePlan(length: number, newSignal: boolean): PlanScratch {
  return {
    next: new Int32Array(length),
    nextAfterStop: new Int32Array(newSignal ? 2 * length : 0),
    signalExit: new Int32Array(2 * length),
  };
}

/**
 * Computes the plan of a signal column, right to left.
 *
 * @param signals - Of the period. Shape `[n]`.
 * @param decidable - `decidableEntries`.
 * @param kind - Of the rules.
 * @param scratch - Filled and returned.
 */
export function planEntries(
  signals: Int8Array,
  decidable: Uint8Array,
  kind: PlanKind,
  scratch: PlanScratch,
): EntryPlan {
  const { length } = signals;
  const { next, nextAfterStop, signalExit } = scratch;
  const { directions, exitOnNeutral, newSignal } = kind;
  const never = 2 * length;
  let entry = never;
  let exitLong = length;
  let exitShort = length;
  // First entry that is decided after the run of equal signals around this candle.
  let entryAfterRun = never;
  let before = 2;
  for (let i = length - 1; i >= 0; i--) {
    const signal = signals[i]!;
    if (signal !== before) {
      entryAfterRun = entry;
      before = signal;
    }
    if (signal !== 0) {
      const bit = signal > 0 ? LONG_ALLOWED : SHORT_ALLOWED;
      if ((decidable[i]! & directions & bit) !== 0) entry = 2 * (i + 1) + (signal > 0 ? 0 : 1);
      if (signal < 0) exitLong = i + 1;
      else exitShort = i + 1;
    } else if (exitOnNeutral) {
      exitLong = i + 1;
      exitShort = i + 1;
    }
    next[i] = entry;
    // Candle `length` does not exist: a decision on the last candle does not fill.
    signalExit[2 * i] = exitLong;
    signalExit[2 * i + 1] = exitShort;
    if (newSignal) {
      nextAfterStop[2 * i] = signal > 0 ? entryAfterRun : entry;
      nextAfterStop[2 * i + 1] = signal < 0 ? entryAfterRun : entry;
    }
  }
  return { length, next, nextAfterStop, signalExit };
}

/**
 * Finds the runs of a signal column, four candles at a time.
 *
 * @param signals - Of the period. Shape `[n]`.
 * @param runs - Filled; grows as needed.
 */
export function findSignalRuns(signals: Int8Array, runs: SignalRuns): void {
  const { length } = signals;
  let { starts, values } = runs;
  let count = 0;
  let value = 2;
  // A view on whole words needs their alignment.
  const aligned = signals.byteOffset % 4 === 0 ? signals : signals.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, length >> 2);
  let word = 0;
  for (let i = 0; i < length; ) {
    if ((i & 3) === 0 && value !== 2) {
      let at = i >> 2;
      while (at < words.length && words[at] === word) at++;
      i = at << 2;
      if (i >= length) break;
    }
    const signal = aligned[i]!;
    if (signal !== value) {
      if (count + 2 > starts.length) {
        const larger = new Int32Array(starts.length * 2 + 64);
        larger.set(starts);
        starts = larger;
        const largerValues = new Int8Array(starts.length);
        largerValues.set(values);
        values = largerValues;
      }
      starts[count] = i;
      values[count] = signal;
      count++;
      value = signal;
      word = (signal & 255) * 0x01010101;
      word |= 0;
    }
    i++;
  }
  if (starts.length === 0) {
    starts = new Int32Array(1);
    values = new Int8Array(1);
  }
  starts[count] = length;
  runs.count = count;
  runs.starts = starts;
  runs.values = values;
}
