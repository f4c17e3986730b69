import type { Random } from '../../util/index.js';

export const NETWORK_FAULTS = [
  'request-lost',
  'reply-lost',
  'unknown-executed',
  'unknown-not-executed',
  'busy',
  'late-reply',
] as const;
export const STATE_FAULTS = [
  'replica-lag',
  'reports-doubled',
  'reports-reordered',
  'user-stream-dead',
  'user-stream-silent',
  'market-stream-dead',
  'market-stream-silent',
  'candle-lost',
  'candle-doubled',
  'candle-bad',
  'rest-down',
  'rate-limit',
  'ban',
  'clock-skew',
  'clock-ahead',
  'clock-behind',
  'disk-full',
  'maintenance',
  'key-refused',
  'asleep',
  'blocked',
  'cancel-races-fill',
  'cancel-races-profit',
  'replace-declined',
  'pair-refused',
  'stop-refused',
  'stop-declined',
  'order-denied',
  'fills-late',
  'odd-payloads',
  'send-held-up',
  'hedge-mode',
  'liquidation-near',
  'leverage-lowered',
  'market-closed',
  'market-cancel-only',
  'lot-max-down',
  'notional-up',
] as const;
export const EVENT_FAULTS = [
  'foreign-order',
  'deposit',
  'hand-sale',
  'hand-buy',
  'withdrawal',
  'foreign-fees',
  'stop-expired',
  'orders-forgotten',
  'hand-cancel',
  'other-state',
  'step-size-up',
  'fee-change',
  'bnb-runs-out',
  'crash',
  'power-lost',
  'power-torn',
  'power-nul',
] as const;
/** Rules of the instrument that are others for a while. */
export const RULE_FAULTS = [
  'market-closed',
  'market-cancel-only',
  'lot-max-down',
  'notional-up',
] as const;
export type RuleFault = (typeof RULE_FAULTS)[number];
export type FaultKind =
  | (typeof NETWORK_FAULTS)[number]
  | (typeof STATE_FAULTS)[number]
  | (typeof EVENT_FAULTS)[number];

/** What keeps the bot from learning what became of an order. */
const IN_THE_WAY: readonly FaultKind[] = [
  ...NETWORK_FAULTS,
  'replica-lag',
  'rest-down',
  'rate-limit',
  'ban',
  'maintenance',
  'key-refused',
  'asleep',
  'blocked',
  'order-denied',
  'odd-payloads',
  'send-held-up',
];

/** Something that goes wrong from one moment to another. */
export interface Fault {
  readonly kind: FaultKind;
  /** ms after the start. */
  readonly from: number;
  readonly to: number;
  /** Of network faults: share of the requests that suffer; default 1. */
  readonly chance?: number;
}

/** The faults of one world, and whether they are over. */
export class FaultSchedule {
  readonly all: readonly Fault[];
  readonly #byKind = new Map<FaultKind, readonly Fault[]>();
  readonly #random: Random;
  isHealed = false;
  /** When they were ended, ms after the start. */
  healedMs = Number.POSITIVE_INFINITY;

  /**
   * @param faults - All of them.
   * @param random - Decides which requests suffer.
   */
  constructor(faults: readonly Fault[], random: Random) {
    this.all = faults;
    this.#random = random;
    for (const fault of faults) {
      this.#byKind.set(fault.kind, [...(this.#byKind.get(fault.kind) ?? []), fault]);
    }
  }

  /**
   * How long faults of a kind were at work, ms.
   *
   * @param kind - What goes wrong.
   * @param atMs - Time since the start of the world.
   */
  lasted(kind: FaultKind, atMs: number): number {
    const faults = [...(this.#byKind.get(kind) ?? [])].sort((a, b) => a.from - b.from);
    let lastedMs = 0;
    let countedTo = 0;
    for (const { from, to } of faults) {
      const end = Math.min(to, atMs, this.healedMs);
      lastedMs += Math.max(0, end - Math.max(from, countedTo));
      countedTo = Math.max(countedTo, end);
    }
    return lastedMs;
  }

  /**
   * Since when nothing stands between the bot and the outcome of its orders; `undefined` while something does.
   *
   * @param atMs - Time since the start of the world.
   */
  calmSince(atMs: number): number | undefined {
    if (this.isHealed) return 0;
    let since = 0;
    for (const { kind, from, to } of this.all) {
      if (!IN_THE_WAY.includes(kind) || from > atMs) continue;
      if (to > atMs) return undefined;
      since = Math.max(since, to);
    }
    return since;
  }

  /**
   * Whether a fault of this kind is at work.
   *
   * @param kind - What goes wrong.
   * @param atMs - Time since the start of the world.
   */
  isActive(kind: FaultKind, atMs: number): boolean {
    const faults = this.isHealed ? undefined : this.#byKind.get(kind);
    return (
      faults?.some(
        ({ from, to, chance }) =>
          atMs >= from && atMs < to && (chance === undefined || this.#random() < chance),
      ) ?? false
    );
  }
}
