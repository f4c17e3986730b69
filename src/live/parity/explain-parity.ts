import { candleOpenTime, decimalToNumber, type Trade, timeframeMs } from '../../domain/index.js';
import { type BotMemory, tradeOrderIds } from '../core/index.js';
import { explainOnlyBacktest, explainOnlyLive } from './explain-one-sided.js';
import { explainPair } from './explain-pair.js';
import { Findings, PARITY_CAUSES, type ParityCause, type ParityRow } from './findings.js';
import {
  type ParityContext,
  type ParityInput,
  type ParitySession,
  parityContext,
} from './parity-context.js';
import type { RecordedTrade } from './recorded-trade.js';

/** Sums of decimals and of doubles differ by no more per trade; quote. */
const SUM_ERROR = 1e-8;

/** A session beside its backtest: what differs, with cause and amount. */
export interface ParityReport {
  /** In the order of their entries. */
  readonly rows: readonly ParityRow[];
  readonly liveTrades: number;
  readonly backtestTrades: number;
  readonly matched: number;
  /** As the bot booked it. */
  readonly liveNetPnl: number;
  readonly backtestNetPnl: number;
  /** Sums over all rows: together they are the whole difference. */
  readonly totals: Readonly<Record<ParityCause, number>>;
  /** Rows with something that no evidence accounts for: 0 when every difference is explained. */
  readonly unexplainedRows: number;
}

/**
 * Returns the session that a memory is evidence for: from the first candle that was decided by the settings in force to the
 * newest that was handled.
 *
 * @param memory - Of the bot.
 */
export function recordedSession(memory: BotMemory): ParitySession {
  const { interval } = memory.settings.run;
  const { firstDecidedTime, firstBootTime, settingsSince, lastOpenTime } = memory;
  const first = firstDecidedTime ?? candleOpenTime(firstBootTime ?? 0, interval);
  const startTime = Math.max(first, candleOpenTime(settingsSince.time, interval));
  return { startTime, endTime: (lastOpenTime ?? startTime) + timeframeMs(interval) };
}

/**
 * Returns the trades of a log together with those that the bot has finished and not yet written there.
 *
 * @param logged - Rows of the log.
 * @param memory - Of the bot.
 */
export function finishedTrades(
  logged: readonly RecordedTrade[],
  { unlogged, unreported, settings, settingsSince }: BotMemory,
): readonly RecordedTrade[] {
  const ids = new Set(logged.map(tradeOrderIds));
  const { interval } = settings.run;
  const waiting = [
    ...unlogged.filter((entry) => entry.interval === interval),
    ...unreported,
  ].filter(
    ({ trade }) => trade.exitFillTime > settingsSince.time && !ids.has(tradeOrderIds(trade)),
  );
  return [...logged, ...waiting.map(({ trade }) => trade)].sort(
    (a, b) => a.entryFillTime - b.entryFillTime,
  );
}

/**
 * Replays a session through the backtest and says, trade by trade and in money, where the bot did otherwise and what shows why.
 *
 * @param input - What the session left behind, and its candles.
 * @throws {UsageError} If the settings do not fit the candles.
 */
export function explainParity(input: ParityInput): ParityReport {
  const context = parityContext(input);
  const { session, result } = context;
  const live = context.trades.filter((trade) => isInSession(trade, session));
  const { trades } = result.run;
  // What is open at the end of the session is open in the bot as well.
  const past = trades.filter(({ exitReason }) => exitReason !== 'end-of-data');
  const pairs = pairUp(live, trades, context.lengthMs);
  const rows = live.map((trade) => {
    const match = pairs.get(trade);
    return match === undefined || match.exitReason === 'end-of-data'
      ? explainOnlyLive(context, trade, match)
      : explainPair(context, trade, match);
  });
  const paired = new Set(pairs.values());
  for (const trade of past) if (!paired.has(trade)) rows.push(explainOnlyBacktest(context, trade));
  const books = bookRow(context);
  if (books !== undefined) rows.push(books);
  rows.sort((a, b) => entryOf(a) - entryOf(b));
  const known = rows.map(({ difference }) => difference);
  const backtestNetPnl = sum(past.map(({ netPnl }) => netPnl));
  return {
    rows,
    liveTrades: live.length,
    backtestTrades: past.length,
    matched: rows.filter((row) => row.live !== undefined && row.backtest !== undefined).length,
    liveNetPnl: sum(known) + backtestNetPnl,
    backtestNetPnl,
    totals: Object.fromEntries(
      PARITY_CAUSES.map((cause) => [cause, sum(rows.map(({ amounts }) => amounts[cause] ?? 0))]),
    ) as Record<ParityCause, number>,
    unexplainedRows: rows.filter(({ unexplained }) => unexplained.length > 0).length,
  };
}

/** Decided and finished within it. */
function isInSession(trade: RecordedTrade, { startTime, endTime }: ParitySession): boolean {
  return trade.signalTime >= startTime && trade.exitFillTime < endTime;
}

/** The same side in the same candle, else one candle off: the same decision, carried out late. */
function pairUp(
  trades: readonly RecordedTrade[],
  past: readonly Trade[],
  lengthMs: number,
): ReadonlyMap<RecordedTrade, Trade> {
  const pairs = new Map<RecordedTrade, Trade>();
  const left = new Set(past);
  for (const distanceMs of [0, lengthMs]) {
    for (const live of trades) {
      if (pairs.has(live)) continue;
      const match = [...left].find(
        ({ side, entryTime }) =>
          side === live.side && Math.abs(entryTime - live.entryTime) <= distanceMs,
      );
      if (match === undefined) continue;
      pairs.set(live, match);
      left.delete(match);
    }
  }
  return pairs;
}

/** What the bot booked under these settings and its log does not have, or the other way round. */
function bookRow({ memory, trades }: ParityContext): ParityRow | undefined {
  const { settingsSince, netPnl } = memory;
  const logged = trades.filter(({ exitFillTime }) => exitFillTime > settingsSince.time);
  const booked = decimalToNumber(netPnl - settingsSince.netPnl);
  const difference = booked - sum(logged.map((trade) => trade.netPnl));
  if (Math.abs(difference) <= SUM_ERROR * (1 + logged.length)) return undefined;
  const findings = new Findings();
  const text = `the bot booked ${booked}, the rows of its log add up to ${booked - difference}`;
  findings.leave(difference, text);
  return findings.row(undefined, undefined, difference);
}

/** A row without trades is about all of them. */
function entryOf({ live, backtest }: ParityRow): number {
  return live?.entryTime ?? backtest?.entryTime ?? Number.POSITIVE_INFINITY;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
