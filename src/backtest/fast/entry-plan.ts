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
 * Computes the plan of a signal column, run by run from right to left.
 *
 * @param runs - Of the column.
 * @param decidable - `decidableEntries`.
 * @param kind - Of the rules.
 * @param scratch - Filled and returned.
 */
export function planEntries(
  runs: SignalRuns,
  decidable: Uint8Array,
  kind: PlanKind,
  scratch: PlanScratch,
): EntryPlan {
  const { length, count, starts, values } = runs;
  const { next, nextAfterStop, signalExit } = scratch;
  const { directions, exitOnNeutral, newSignal } = kind;
  let entry = 2 * length;
  let exitLong = length;
  let exitShort = length;
  for (let run = count - 1; run >= 0; run--) {
    const signal = values[run]!;
    const start = starts[run]!;
    const end = starts[run + 1]!;
    // First entry that is decided after this run of equal signals.
    const entryAfterRun = entry;
    const bit = directions & (signal > 0 ? LONG_ALLOWED : signal < 0 ? SHORT_ALLOWED : 0);
    if (bit === 0) {
      next.fill(entry, start, end);
    } else {
      const side = signal > 0 ? 0 : 1;
      for (let i = end - 1; i >= start; i--) {
        // Candle `length` does not exist: a decision on the last candle does not fill.
        if ((decidable[i]! & bit) !== 0) entry = 2 * (i + 1) + side;
        next[i] = entry;
      }
    }
    // A position opposed to the signal leaves at the next open, so within its run the exit moves along.
    const leavesLong = signal < 0 || (signal === 0 && exitOnNeutral);
    const leavesShort = signal > 0 || (signal === 0 && exitOnNeutral);
    for (let i = start; i < end; i++) {
      signalExit[2 * i] = leavesLong ? i + 1 : exitLong;
      signalExit[2 * i + 1] = leavesShort ? i + 1 : exitShort;
    }
    if (leavesLong) exitLong = start + 1;
    if (leavesShort) exitShort = start + 1;
    if (newSignal) {
      for (let i = start; i < end; i++) {
        nextAfterStop[2 * i] = signal > 0 ? entryAfterRun : next[i]!;
        nextAfterStop[2 * i + 1] = signal < 0 ? entryAfterRun : next[i]!;
      }
    }
  }
  return { length, next, nextAfterStop, signalExit };
}
