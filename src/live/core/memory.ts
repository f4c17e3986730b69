import {
  type Decimal,
  decimal,
  decimalFromNumber,
  type ExitReason,
  type Market,
  type Timeframe,
  trimDecimal,
} from '../../domain/index.js';
import type { SideSign } from '../../semantics/index.js';
import type { CandleChecksum } from './candle-checksums.js';
import { orderTag } from './client-order-id.js';
import type { Degradation } from './degradation.js';
import type { LiveTrade } from './live-trade.js';
import type { LiveOrder } from './order.js';
import type { Position } from './position.js';
import type { BotSettings } from './settings.js';

/** Layout of the memory; another number is another layout. */
export const MEMORY_VERSION = 4;
const READABLE_VERSIONS: readonly number[] = [2, 3, MEMORY_VERSION];
/** Before this version the name of the bot was its order tag, and no account was known. */
const FIRST_VERSION_WITH_TAGS = 4;

/**
 * `active`: trades. `reducing`: no entries, and halted as soon as the open position has left the market by its stop, its
 * exit signal or `flatten`. `halted`: flat, and stays so until a person says `resume`.
 */
export type TradingState = 'active' | 'reducing' | 'halted';

/** A trade whose row waits for the funding of its last hour. */
export interface UnreportedTrade {
  readonly trade: LiveTrade;
  /** Newest payment booked to it, ms UTC. */
  readonly fundingTime: number;
  /** The row goes out at the latest then, ms UTC. */
  readonly untilTime: number;
}

/** A finished trade whose row is not known to be in the trade log, and what else names that log. */
export interface UnloggedTrade {
  readonly trade: LiveTrade;
  readonly market: Market;
  readonly interval: Timeframe;
  /** Class name. */
  readonly strategy: string;
}

/** Entries that were wanted and not taken on candles in a row, for one and the same reason. */
export interface SkippedEntries {
  readonly side: SideSign;
  /** Open times of the first and the last signal candle, ms UTC. */
  readonly fromTime: number;
  readonly toTime: number;
  /** Why, for example `late` or `account-stale, clock-skew`. */
  readonly reason: string;
}

/** The coarsest rules of the instrument that the bot met: what rounding may explain is bounded by them. */
export interface CoarsestGrid {
  /** Quote per base. */
  readonly tickSize: Decimal;
  /** Base. */
  readonly stepSize: Decimal;
  readonly quantityMin: Decimal;
  /** Quote. */
  readonly notionalMin: Decimal;
}

/** Stretches of time in which a position had no stop at the exchange though one was wanted. */
export interface UnprotectedTimes {
  readonly count: number;
  readonly lastMs: number;
  readonly longestMs: number;
  readonly totalMs: number;
}

/** The world and the account that a state belongs to. */
export interface Home {
  /** `real`, `practice`, `local`, or `paper` for simulated fills; `null` before the first look. */
  readonly world: string | null;
  /** Id of the account as the exchange tells it; `null` until it did. It is never inferred. */
  readonly account: string | null;
}

/** What a bot must not forget: plain data, written to the journal whenever it changes. */
export interface BotMemory {
  readonly version: typeof MEMORY_VERSION;
  readonly settings: BotSettings;
  /** Waits until the bot is flat. */
  readonly pendingSettings: BotSettings | null;
  readonly trading: TradingState;
  /** First letters of its order ids; see `orderTag`. */
  readonly tag: string;
  /** Takes the place of `tag` as soon as the bot is flat: what is open keeps its name. */
  readonly nextTag: string | null;
  /** Tags of before: orders that bear them are the bot's. */
  readonly formerTags: readonly string[];
  /** What the state belongs to, as seen at the first successful look; `null` before. */
  readonly home: Home;
  /** Whatever is open, or still opens, leaves the market for this reason; `null`: nothing was said. */
  readonly closeAll: Extract<ExitReason, 'manual' | 'risk'> | null;
  /** Starts, and orders ever made: parts of the order ids. */
  readonly epoch: number;
  readonly orderCounter: number;
  /** Open time of the newest candle whose close was handled; `null` before the first. */
  readonly lastOpenTime: number | null;
  /** Side that waits for a new signal (S-26): +1, -1, 0 for none. */
  readonly blockedSide: number;
  /** Signal candle of the newest entry sent: no second entry on the same one. */
  readonly enteredSignalTime: number | null;
  /** The order that was made last: an entry, an exit, or the stop that rests. */
  readonly order: LiveOrder | null;
  /** What rests besides it: the take-profit, and a stop until its successor is in its place. */
  readonly others: readonly LiveOrder[];
  readonly position: Position | null;
  readonly unprotected: UnprotectedTimes;
  /** Initial balance and the cash of all closed trades, quote. */
  readonly balance: Decimal;
  /** Net profit of closed trades, in all and in one UTC day; quote. */
  readonly netPnl: Decimal;
  readonly day: number;
  readonly dayPnl: Decimal;
  /** Newest look at the funding payments, ms UTC. */
  readonly fundingLookTime: number;
  readonly unreported: readonly UnreportedTrade[];
  /** Reported, oldest first: after a crash the trade log may lack them. */
  readonly unlogged: readonly UnloggedTrade[];
  /** UTC day of the last alert about the daily loss. */
  readonly dailyLossDay: number | null;
  /** Commissions of all fills that were taken neither in quote nor from coins of the bot, valued; quote. */
  readonly otherFees: Decimal;
  /** Last known prices of assets in which commission may be taken, quote per unit: right after a start they are not known yet. */
  readonly feePrices: Readonly<Record<string, Decimal>>;
  /** Left over from trades, base; negative is short. */
  readonly dust: Decimal;
  /**
   * What that was worth when it was left over, of all trades and of those of one UTC day; quote. It is not in the profit
   * before it is sold, and no loss that a limit counts.
   */
  readonly dustWorth: Decimal;
  readonly dayDustWorth: Decimal;
  /** Coins on the account that are not the bot's, base; `null` before the first look. */
  readonly foreignBase: Decimal | null;
  /** Times of the entries of the last hour, ms UTC. */
  readonly entryTimes: readonly number[];
  /** Orders refused or lost in a row, and when to try again, ms UTC. */
  readonly failures: number;
  readonly retryTime: number;
  /** The exchange wants no request before this, ms UTC. */
  readonly quietUntil: number;
  /** When the bot was first started, ms UTC; `null` before. */
  readonly firstBootTime: number | null;
  /** Newest sign of life: when the memory last changed, ms UTC; 0 before. */
  readonly aliveTime: number;
  /** Open time of the first candle at whose close it decided; `null` before. */
  readonly firstDecidedTime: number | null;
  /** Since when the settings are in force, ms UTC, and the net profit booked before; quote. */
  readonly settingsSince: { readonly time: number; readonly netPnl: Decimal };
  /** Closed candles that strategy and filters see at least; 0 before the first start. */
  readonly candlesKept: number;
  /** How late a decision may be carried out, ms: longer on a clock that goes faster. 0 before the first start. */
  readonly lateMsMax: number;
  readonly coarsestGrid: CoarsestGrid | null;
  /** Of the present day, and of the newest days before. */
  readonly candleChecksum: CandleChecksum | null;
  readonly candleChecksums: readonly CandleChecksum[];
  /** Newest entries that were wanted and not taken. */
  readonly skipped: readonly SkippedEntries[];
  /** Newest stretches of time in which it could not act as usual. */
  readonly degradations: readonly Degradation[];
  /** Ids of orders given up as never received: should one appear, that is a mismatch. */
  readonly absentOrders: readonly string[];
  /** Ids of the newest orders that ended: only these are withdrawn should the exchange still have them. */
  readonly endedOrders: readonly string[];
  /** What does not agree with the exchange; a person must `resume`. */
  readonly mismatch: string | null;
}

/**
 * Returns a saved memory in the layout of now, or as it is where that layout is unknown. A layout before it lacked only
 * parts that a bot can do without.
 *
 * @param memory - As saved, and changed since by whatever version wrote on.
 * @param instance - Of the state, where it has none yet.
 */
export function upgradedMemory(memory: BotMemory, instance = ''): BotMemory {
  const { order, position, settings } = memory;
  const version: number = memory.version;
  if (!READABLE_VERSIONS.includes(version)) return memory;
  const initial = initialMemory(settings, instance);
  const isUntagged = version < FIRST_VERSION_WITH_TAGS;
  return {
    ...initial,
    ...memory,
    version: MEMORY_VERSION,
    order: order === null ? null : { ...{ list: null }, ...order },
    // Orders that are open keep the name that they have: the other tag waits until the bot is flat.
    ...(isUntagged && { tag: settings.bot, nextTag: initial.tag, formerTags: [] }),
    position: position === null ? null : { ...{ otherCost: 0n }, ...position },
  };
}

/**
 * Returns the memory of a bot that never ran.
 *
 * @param settings - What it trades and how.
 * @param instance - Of its state; see `orderTag`.
 */
export function initialMemory(settings: BotSettings, instance = ''): BotMemory {
  const { bot, run } = settings;
  return {
    version: MEMORY_VERSION,
    settings,
    tag: orderTag({ market: run.market, symbol: run.symbol, bot, instance }),
    nextTag: null,
    formerTags: [],
    home: { world: null, account: null },
    pendingSettings: null,
    trading: 'active',
    closeAll: null,
    epoch: 0,
    orderCounter: 0,
    lastOpenTime: null,
    blockedSide: 0,
    enteredSignalTime: null,
    order: null,
    others: [],
    position: null,
    unprotected: { count: 0, lastMs: 0, longestMs: 0, totalMs: 0 },
    balance: decimalFromNumber(settings.run.initial_balance),
    netPnl: 0n,
    day: 0,
    dayPnl: 0n,
    fundingLookTime: 0,
    unreported: [],
    unlogged: [],
    dailyLossDay: null,
    otherFees: 0n,
    feePrices: {},
    dust: 0n,
    dustWorth: 0n,
    dayDustWorth: 0n,
    foreignBase: null,
    entryTimes: [],
    failures: 0,
    retryTime: 0,
    quietUntil: 0,
    firstBootTime: null,
    aliveTime: 0,
    firstDecidedTime: null,
    settingsSince: { time: 0, netPnl: 0n },
    candlesKept: 0,
    lateMsMax: 0,
    coarsestGrid: null,
    candleChecksum: null,
    candleChecksums: [],
    skipped: [],
    degradations: [],
    absentOrders: [],
    endedOrders: [],
    mismatch: null,
  };
}

/** Returns the parts of a memory that differ from the one before: equal parts are the same object. */
export function memoryPatch(before: BotMemory, after: BotMemory): Partial<BotMemory> {
  const changed = Object.entries(after).filter(
    ([key, value]) => before[key as keyof BotMemory] !== value,
  );
  return Object.fromEntries(changed);
}

/**
 * Returns whether a change of the memory must be written at once. When an order is asked for next need not be:
 * after a start it is asked for at once. It goes out with the next change.
 *
 * @param before - Before a step.
 * @param after - As it is now.
 */
export function mustBeWritten(before: BotMemory, after: BotMemory): boolean {
  return (
    differs(before, after, ['order', 'others', 'aliveTime']) ||
    differs(before.order, after.order, WHEN_POLLED) ||
    before.others.length !== after.others.length ||
    after.others.some((order, i) => differs(before.others[i]!, order, WHEN_POLLED))
  );
}

const WHEN_POLLED = ['pollTime', 'polls'] as const;

/** Whether two values have different parts, apart from some. */
function differs<T extends object>(a: T | null, b: T | null, but: readonly (keyof T)[]): boolean {
  if (a === b) return false;
  if (a === null || b === null) return true;
  const keys = Object.keys(a) as (keyof T)[];
  return keys.some((key) => a[key] !== b[key] && !but.includes(key));
}

/** Writes plain data with decimals as JSON on one line. */
export function toJournalText(value: unknown): string {
  // By hand, because it is written at every step: a function given to `JSON.stringify` makes it several times slower.
  if (typeof value === 'number') {
    return Number.isFinite(value)
      ? String(value)
      : Number.isNaN(value)
        ? '{"$number":"NaN"}'
        : 'null';
  }
  if (typeof value === 'bigint') return `{"$decimal":"${trimDecimal(value)}"}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return value.every((part) => typeof part === 'string')
      ? JSON.stringify(value)
      : `[${value.map((part) => toJournalText(part ?? null)).join(',')}]`;
  }
  let text = '';
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key];
    if (part === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${toJournalText(part)}`;
  }
  return `{${text}}`;
}

/**
 * Reads what `toJournalText` wrote.
 *
 * @throws {SyntaxError} If it is no JSON.
 */
export function fromJournalText(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null) return part;
    if ('$decimal' in part) return decimal(String(part.$decimal));
    return '$number' in part ? Number(part.$number) : part;
  });
}
