import type { Decimal, Timeframe } from '../../domain/index.js';
import { timeframeMs } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/index.js';
import type { Strategy } from '../../strategies/index.js';
import { type CandleWindow, emptyWindow } from './candle-window.js';
import type { AlertLevel, Effect } from './effects.js';
import type { BotMemory } from './memory.js';
import { type Program, resolveProgram } from './settings.js';

/** What a bot sees and may forget: after a start it looks anew. */
export interface Senses {
  /** Newest time heard, ms UTC; it never runs backwards. */
  readonly time: number;
  readonly bidPrice: Decimal | undefined;
  readonly askPrice: Decimal | undefined;
  readonly priceTime: number;
  readonly marketData: 'fresh' | 'stale';
  readonly accountData: 'fresh' | 'stale';
  /** When the newest account answer was asked for, ms UTC. */
  readonly accountTime: number | undefined;
  readonly accountAskedTime: number | undefined;
  readonly baseFree: Decimal;
  readonly baseTotal: Decimal;
  readonly quoteFree: Decimal;
  readonly rules: InstrumentRules | undefined;
  /** Newest change of position or order: older account answers prove nothing. */
  readonly changeTime: number;
  readonly shortfallSeen: boolean;
  readonly clockOffsetMs: number | undefined;
  readonly disk: 'working' | 'failing';
  readonly backfillAskedTime: number | undefined;
  readonly strategyError: string | undefined;
  /** A stop that cannot rest on the exchange is watched by the bot alone. */
  readonly stopRests: boolean;
  readonly unprotectedAlarm: boolean;
  readonly entryWanted: { readonly signalTime: number; readonly decisionPrice: number } | undefined;
}

/** The whole of a bot; a value. */
export interface BotState {
  readonly memory: BotMemory;
  readonly senses: Senses;
  readonly candles: CandleWindow;
}

/** What a step may ask beyond its state: both are pure. */
export interface StepContext {
  readonly strategyOf: (name: string) => Strategy;
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
  readonly clockOffsetMsMax: number;
  /** How long after its close a candle is waited for before it is fetched. */
  readonly candleGraceMs: number;
  /** Time without a resting stop that raises an alarm. */
  readonly unprotectedMsMax: number;
}

export const DEFAULT_LIVE_LIMITS: LiveLimits = {
  decisionAgeMsMax: 60_000,
  priceAgeMsMax: 30_000,
  accountAgeMsMax: 120_000,
  accountPollMs: 45_000,
  clockOffsetMsMax: 500,
  candleGraceMs: 3_000,
  unprotectedMsMax: 10_000,
};

const NEW_SENSES: Senses = {
  time: 0,
  bidPrice: undefined,
  askPrice: undefined,
  priceTime: 0,
  marketData: 'stale',
  accountData: 'stale',
  accountTime: undefined,
  accountAskedTime: undefined,
  baseFree: 0n,
  baseTotal: 0n,
  quoteFree: 0n,
  rules: undefined,
  changeTime: 0,
  shortfallSeen: false,
  clockOffsetMs: undefined,
  disk: 'working',
  backfillAskedTime: undefined,
  strategyError: undefined,
  stopRests: true,
  unprotectedAlarm: false,
  entryWanted: undefined,
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
    senses: NEW_SENSES,
    candles: emptyWindow({ symbol, market, timeframe: interval }, candlesKept),
  };
}

/** A step in the making: parts are replaced, never changed in place. */
export interface Turn {
  readonly time: number;
  readonly context: StepContext;
  memory: BotMemory;
  /** A copy that belongs to this step alone: nobody else sees it before the step is done. */
  readonly senses: Senses;
  candles: CandleWindow;
  readonly effects: Effect[];
}

/** Replaces parts of the memory. */
export function remember(turn: Turn, changes: Partial<BotMemory>): void {
  turn.memory = { ...turn.memory, ...changes };
}

/** Replaces parts of the senses. */
export function notice(turn: Turn, changes: Partial<Senses>): void {
  Object.assign(turn.senses, changes);
}

/** Tells a person. */
export function alert(turn: Turn, level: AlertLevel, code: string, text: string): void {
  turn.effects.push({ type: 'alert', level, code, text });
}

const programs = new WeakMap<object, Program>();

/** Strategy, filters and rules of the settings in force. */
export function programOf(turn: Turn): Program {
  const { settings } = turn.memory;
  const known = programs.get(settings);
  if (known !== undefined) return known;
  const program = resolveProgram(settings, turn.context.strategyOf);
  programs.set(settings, program);
  return program;
}

/** Timeframe of the bot and its length in ms. */
export function timeframeOf(turn: Turn): {
  readonly timeframe: Timeframe;
  readonly lengthMs: number;
} {
  const timeframe = turn.memory.settings.run.interval;
  return { timeframe, lengthMs: timeframeMs(timeframe) };
}
