import { type EngineRules, longPermitted, shortPermitted } from '../../semantics/index.js';
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
export function planKindOf(rules: EngineRules): PlanKind {
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
 * decisions do not fill.
 *
 * @param prepared - Candles.
 * @param entryMask - Of the period. Shape `[n]`.
 * @param scratch - Shape `[n]`; becomes the result.
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
