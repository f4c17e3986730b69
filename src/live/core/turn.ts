import type { Decimal, Timeframe } from '../../domain/index.js';
import { timeframeMs } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import type { SideSign, TradeRules } from '../../semantics/index.js';
import { type CandleWindow, emptyWindow } from './candle-window.js';
import type { AlertCode, AlertLevel, Effect } from './effects.js';
import type { HoldBack } from './hold-back.js';
import { type ExitLevels, exitLevels } from './levels.js';
import type { BotMemory } from './memory.js';
import type { Position } from './position.js';
import type { BotSettings, Program } from './settings.js';

/** What a bot sees and may forget: after a start it looks anew. */
export interface ObservedState {
  /** Time of the newest event, ms UTC; it never runs backwards. */
  readonly time: number;
  readonly bidPrice: Decimal | undefined;
  readonly askPrice: Decimal | undefined;
  readonly priceTime: number;
  readonly marketData: 'fresh' | 'stale';
  readonly accountData: 'fresh' | 'stale';
  /** When the newest account answer was asked for, ms UTC. */
  readonly accountTime: number | undefined;
  readonly accountAskedTime: number | undefined;
  /** When the newest account that was ever seen was asked for, or the bot began to look, ms UTC. */
  readonly seenTime: number;
  readonly unseenAlarm: boolean;
  /** Troubles that last and were said, by their topics: when, ms UTC. */
  readonly reminders: Readonly<Record<string, number>>;
  /** The entry or the exit that was said to be stuck. */
  readonly stuckReported: string | undefined;
  /** What was said about orders of its own name that its journal does not know. */
  readonly externalOrdersText: string | undefined;
  /** When it was asked what became of a position, ms UTC. */
  readonly fillsAskedTime: number | undefined;
  /** Since when a part of the position is missing and no fill is listed that tells where it went, ms UTC. */
  readonly unexplainedSince: number | undefined;
  /** The order given up that was looked for once more, and is absent from the fills as well. */
  readonly reconciledOrder: string | undefined;
  /** Until the exchange was asked for orders that left, before the start, while the state could not be saved. */
  readonly reconcilePending: ReconcilePending | undefined;
  /** What could be sold or, on USD-M, closed: never signed; base. */
  readonly baseTotal: Decimal;
  /** Position that the exchange shows, signed; 0 on spot. */
  readonly exchangePosition: Decimal;
  /** What entries may bind: free quote, on USD-M the margin available. */
  readonly quoteFree: Decimal;
  /** What fills freed, or bound when negative, that the newest look at the account was asked for before. */
  readonly freed: readonly { readonly time: number; readonly amount: Decimal }[];
  /** USD-M: what the position bound when the account was looked at: its margin less its unrealised profit; what exits left of it. */
  readonly bound: { readonly quantity: Decimal; readonly amount: Decimal } | undefined;
  /** USD-M: leverage in force for the symbol; 1 until it is known. */
  readonly leverage: number;
  readonly rules: InstrumentRules | undefined;
  /** Newest change of position or order: older account answers prove nothing. */
  readonly changeTime: number;
  /** When the quiet look was asked for that was the first not to agree with the bot, ms UTC; `undefined` after one that did. */
  readonly differenceTime: number | undefined;
  /** It did at one since the start, or since what differed was taken as it is. */
  readonly isAgreed: boolean;
  readonly clockOffsetMs: number | undefined;
  readonly disk: 'working' | 'failing';
  readonly backfillAskedTime: number | undefined;
  readonly strategyError: string | undefined;
  /** A stop that cannot rest on the exchange is watched by the bot alone. */
  readonly stopRests: boolean;
  /** A take-profit that cannot rest on the exchange is watched by the bot. */
  readonly profitRests: boolean;
  /** The exchange refused the pair under these rules: under others it is tried again. */
  readonly pairRefusedUnder: InstrumentRules | undefined;
  /** The exchange said that the market is closed, and the account was not looked at since, ms UTC. */
  readonly closedSince: number | undefined;
  /** What was said about that. */
  readonly profitWatchText: string | undefined;
  readonly unprotectedAlarm: boolean;
  /** Since when the price is beyond a stop that rests, ms UTC. */
  readonly beyondStopSince: number | undefined;
  readonly fundingAskedTime: number | undefined;
  readonly fundingPaid: boolean;
  /** Signal of the newest close. */
  readonly lastSignal: { readonly openTime: number; readonly signal: number } | undefined;
  /** An entry that was decided and waits: one of a reversal for its exit, another one for the account. */
  readonly waitingEntry: EntryRequest | undefined;
  /** Why the strategy decides on nothing, in words. */
  readonly inputsText: string | undefined;
  /** USD-M: the account is in hedge mode. */
  readonly isHedged: boolean;
  /** The process is about to end. */
  readonly isEnding: boolean;
  /** Why whoever runs the bot wants no entries; not remembered. */
  readonly heldBack: readonly HoldBack[];
  /** When the bot wanted to be woken, ms UTC. */
  readonly wakeTime: number | undefined;
}

/** What a bot does not know when it is started: what became of the position that it had, or was about to have. */
export interface ReconcilePending {
  /** Of the position, ms UTC. */
  readonly signalTime: number;
  /** Orders ever made, as far as the journal knows. */
  readonly orderCounter: number;
}

/** An entry that was decided at the close of a candle. */
export interface EntryRequest {
  readonly side: SideSign;
  readonly signalTime: number;
  readonly decisionPrice: number;
  /** Too late afterwards, ms UTC. */
  readonly untilTime: number;
}

/** The whole of a bot; a value. */
export interface BotState {
  readonly memory: BotMemory;
  readonly observed: ObservedState;
  readonly candles: CandleWindow;
}

/** What a step may ask beyond its state: both are pure. */
export interface ResolvedContext {
  /** Finds the strategy, filters and rules of settings; throws where they are wrong. */
  readonly resolve: (settings: BotSettings) => Program;
  readonly limits: LiveLimits;
}

/** How old and how wrong things may be. */
export interface LiveLimits {
  /** Age of a candle's close at which no entry is decided on it any more. */
  readonly decisionAgeMsMax: number;
  /** Age of the best prices at which nothing is entered. */
  readonly priceAgeMsMax: number;
  /** Age of the last look at the account at which nothing is entered. */
  readonly accountAgeMsMax: number;
  /** How often the account is looked at, whatever the streams say. */
  readonly accountPollMs: number;
  /** The same while a position waits for the market to open, or for the rules to permit its exit. */
  readonly closedPollMs: number;
  readonly clockOffsetMsMax: number;
  /** How long after its close a candle is waited for before it is fetched. */
  readonly candleGraceMs: number;
  /** Time without a resting stop that raises an alarm; also the time that one may stay unreleased beyond its price. */
  readonly unprotectedMsMax: number;
  /** Stops refused in a row after which the position is closed at market. */
  readonly stopRefusalsMax: number;
  /** A timer that is later than this shows that the machine slept or was busy: everything is looked at anew. */
  readonly oversleptMsMax: number;
  /** An order that the exchange still does not know after this cannot appear any more: requests are not valid for as long. */
  readonly absentAfterMs: number;
  /** A request that writes leaves within this after it was decided, or not at all. */
  readonly sendMsMax: number;
}

export const DEFAULT_LIVE_LIMITS: LiveLimits = {
  decisionAgeMsMax: 60_000,
  priceAgeMsMax: 30_000,
  accountAgeMsMax: 120_000,
  accountPollMs: 45_000,
  closedPollMs: 5_000,
  clockOffsetMsMax: 500,
  candleGraceMs: 3_000,
  unprotectedMsMax: 10_000,
  stopRefusalsMax: 2,
  oversleptMsMax: 5_000,
  absentAfterMs: 20_000,
  sendMsMax: 3_000,
};

const NOTHING_OBSERVED: ObservedState = {
  time: 0,
  bidPrice: undefined,
  askPrice: undefined,
  priceTime: 0,
  marketData: 'stale',
  accountData: 'stale',
  accountTime: undefined,
  accountAskedTime: undefined,
  seenTime: 0,
  unseenAlarm: false,
  reminders: {},
  stuckReported: undefined,
  externalOrdersText: undefined,
  fillsAskedTime: undefined,
  unexplainedSince: undefined,
  reconciledOrder: undefined,
  reconcilePending: undefined,
  baseTotal: 0n,
  exchangePosition: 0n,
  quoteFree: 0n,
  freed: [],
  bound: undefined,
  leverage: 1,
  rules: undefined,
  changeTime: 0,
  differenceTime: undefined,
  isAgreed: false,
  clockOffsetMs: undefined,
  disk: 'working',
  backfillAskedTime: undefined,
  strategyError: undefined,
  stopRests: true,
  profitRests: true,
  profitWatchText: undefined,
  pairRefusedUnder: undefined,
  closedSince: undefined,
  unprotectedAlarm: false,
  beyondStopSince: undefined,
  fundingAskedTime: undefined,
  fundingPaid: false,
  lastSignal: undefined,
  waitingEntry: undefined,
  inputsText: undefined,
  isHedged: false,
  isEnding: false,
  heldBack: [],
  wakeTime: undefined,
};

/**
 * Returns a bot that has just been started and has seen nothing yet.
 *
 * @param memory - New, or as the journal kept it.
 * @param candlesKept - Candles that strategy and filters get to see.
 */
export function startState(memory: BotMemory, candlesKept: number): BotState {
  const { symbol, interval, market } = memory.settings.run;
  return {
    memory,
    observed: { ...NOTHING_OBSERVED },
    candles: emptyWindow({ symbol, market, timeframe: interval }, candlesKept),
  };
}

/** A step in the making: parts are replaced, never changed in place. */
export interface Turn {
  readonly time: number;
  readonly context: ResolvedContext;
  memory: BotMemory;
  /** A copy that belongs to this step alone: nobody else sees it before the step is done. */
  readonly observed: ObservedState;
  candles: CandleWindow;
  readonly effects: Effect[];
}

/** Replaces parts of the memory. */
export function persist(turn: Turn, changes: Partial<BotMemory>): void {
  turn.memory = { ...turn.memory, ...changes };
}

/** Replaces parts of the observed. */
export function patchObserved(turn: Turn, changes: Partial<ObservedState>): void {
  Object.assign(turn.observed, changes);
}

/** Tells a person. */
export function alert(turn: Turn, level: AlertLevel, code: AlertCode, text: string): void {
  turn.effects.push({ type: 'alert', level, code, text });
}

const programs = new WeakMap<object, Program>();

/** Strategy, filters and rules of the settings in force. */
export function programOf(turn: Pick<Turn, 'memory' | 'context'>): Program {
  const { settings } = turn.memory;
  const known = programs.get(settings);
  if (known !== undefined) return known;
  const program = turn.context.resolve(settings);
  programs.set(settings, program);
  return program;
}

interface KnownLevels {
  readonly rules: TradeRules;
  readonly tickSize: Decimal;
  readonly balance: Decimal;
  readonly levels: ExitLevels;
}
const knownLevels = new WeakMap<Position, KnownLevels>();

/** Exit levels of the position, worked out once for as long as nothing that they depend on changes. */
export function levelsOf(
  turn: Pick<Turn, 'memory' | 'context'>,
  position: Position,
  tickSize: Decimal,
): ExitLevels {
  const { rules } = programOf(turn);
  const { balance } = turn.memory;
  const known = knownLevels.get(position);
  if (known?.rules === rules && known.tickSize === tickSize && known.balance === balance) {
    return known.levels;
  }
  const levels = exitLevels(position, rules, tickSize, balance);
  knownLevels.set(position, { rules, tickSize, balance, levels });
  return levels;
}

/** The price at which a position of this side would leave the market now; quote per base. */
export function exitPriceOf(turn: Pick<Turn, 'observed'>, side: SideSign): Decimal | undefined {
  return side > 0 ? turn.observed.bidPrice : turn.observed.askPrice;
}

/** Timeframe of the bot and its length in ms. */
export function timeframeOf(turn: Turn): {
  readonly timeframe: Timeframe;
  readonly lengthMs: number;
} {
  const timeframe = turn.memory.settings.run.interval;
  return { timeframe, lengthMs: timeframeMs(timeframe) };
}

/**
 * How long after its close a candle may still be acted on, ms: not longer than half of the next one.
 *
 * @param turn - The step in the making.
 */
export function decisionAgeMsMax(turn: Turn): number {
  return Math.min(turn.context.limits.decisionAgeMsMax, timeframeOf(turn).lengthMs / 2);
}
