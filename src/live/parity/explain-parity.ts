import { runBacktest } from '../../backtest/index.js';
import type { CandleSeries } from '../../candles/index.js';
import type { BacktestRunConfig } from '../../config/index.js';
import { type ExitReason, type PositionSide, type Trade, timeframeMs } from '../../domain/index.js';
import type { Strategy } from '../../strategies/index.js';
import type { SkippedEntries } from '../core/index.js';

/** A trade of a bot as its log tells it; fields as in `LiveTrade`. */
export interface RecordedTrade {
  readonly side: PositionSide;
  /** Open time of the candle whose close decided the entry, ms UTC. */
  readonly signalTime: number;
  readonly entryTime: number;
  readonly exitTime: number;
  readonly entryPrice: number;
  /** `NaN` if nothing could be sold. */
  readonly exitPrice: number;
  readonly units: number;
  readonly commission: number;
  readonly funding: number;
  readonly netPnl: number;
  readonly exitReason: ExitReason;
}

/**
 * Why a trade of the bot and of the backtest differ.
 *
 * - `signal`: the recorded candles give another signal than the bot followed, or none.
 * - `timing`: entry or exit came in another candle, or for another reason.
 * - `price`: same candle, another fill price.
 * - `size`: another quantity (the grid of the instrument, another balance).
 * - `fee`: another commission.
 * - `funding`: paid or received; the backtest does not know it.
 * - `dust`: what the commission took from the coins, and what could not be sold.
 * - `missed-data`: the bot was not running, or did not trust what it saw.
 * - `blocked`: a person, a limit or an order that failed held the entry back.
 */
export const PARITY_CAUSES = [
  'signal',
  'timing',
  'price',
  'size',
  'fee',
  'funding',
  'dust',
  'missed-data',
  'blocked',
] as const;
export type ParityCause = (typeof PARITY_CAUSES)[number];

/** One trade of either side, or of both. Amounts in quote: what the bot earned more than the backtest. */
export interface ParityRow {
  readonly live: RecordedTrade | undefined;
  readonly backtest: Trade | undefined;
  /** Net profit of the bot less that of the backtest; the sum of the amounts. */
  readonly difference: number;
  readonly amounts: Readonly<Partial<Record<ParityCause, number>>>;
  /** What is known about an entry that only one of them made. */
  readonly note: string | undefined;
}

export interface ParityReport {
  /** In the order of their entries. */
  readonly rows: readonly ParityRow[];
  readonly liveTrades: number;
  readonly backtestTrades: number;
  readonly matched: number;
  readonly liveNetPnl: number;
  readonly backtestNetPnl: number;
  /** Sums over all rows: together they are the whole difference. */
  readonly totals: Readonly<Record<ParityCause, number>>;
}

export interface ParityInput {
  /** What the bot traded by; `start` and `end` are the session. */
  readonly run: BacktestRunConfig;
  readonly candles: CandleSeries;
  /** Default: the built-in one that the run names. */
  readonly strategy?: Strategy;
  readonly trades: readonly RecordedTrade[];
  /** What the bot remembers of entries that it did not take. */
  readonly skipped?: readonly SkippedEntries[];
}

/** Reasons of the bot that come from data that was late, missing or not to be trusted. */
const DATA_REASONS = [
  'late',
  'market-data-stale',
  'account-stale',
  'disk-failing',
  'clock-skew',
  'strategy-failed',
];

/**
 * Replays a session through the backtest and says, trade by trade and in money, where the bot did otherwise.
 *
 * @param input - Settings, candles and trades of the session.
 * @throws {UsageError} If the settings do not fit the candles.
 */
export function explainParity(input: ParityInput): ParityReport {
  const { run, candles, strategy, trades } = input;
  const result = runBacktest(run, candles, strategy === undefined ? {} : { strategy });
  // What is open at the end of the session is open in the bot as well.
  const past = result.run.trades.filter(({ exitReason }) => exitReason !== 'end-of-data');
  const context: Context = { ...input, signals: result.signals };
  const pairs = pairUp(trades, past, timeframeMs(candles.timeframe));
  const rows = trades.map((live) => {
    const trade = pairs.get(live);
    return trade === undefined ? onlyLive(live, context) : bothMade(live, trade);
  });
  const paired = new Set(pairs.values());
  for (const trade of past) if (!paired.has(trade)) rows.push(onlyBacktest(trade, context));
  rows.sort((a, b) => entryOf(a) - entryOf(b));
  return {
    rows,
    liveTrades: trades.length,
    backtestTrades: past.length,
    matched: rows.filter(({ live, backtest }) => live !== undefined && backtest !== undefined)
      .length,
    liveNetPnl: sum(trades.map(({ netPnl }) => netPnl)),
    backtestNetPnl: sum(past.map(({ netPnl }) => netPnl)),
    totals: Object.fromEntries(
      PARITY_CAUSES.map((cause) => [cause, sum(rows.map(({ amounts }) => amounts[cause] ?? 0))]),
    ) as Record<ParityCause, number>,
  };
}

type Context = ParityInput & { readonly signals: Int8Array };

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

/** Splits the difference of a pair; the parts add up to it. */
function bothMade(live: RecordedTrade, past: Trade): ParityRow {
  const sign = live.side === 'long' ? 1 : -1;
  const difference = live.netPnl - past.netPnl;
  const isSold = Number.isFinite(live.exitPrice);
  const exitPrice = isSold ? live.exitPrice : past.exitPrice;
  const entryPart = -sign * (live.entryPrice - past.entryPrice) * past.units;
  const exitPart = sign * (exitPrice - past.exitPrice) * past.units;
  const isEntryTiming = live.entryTime !== past.entryTime;
  const isExitTiming = live.exitTime !== past.exitTime || live.exitReason !== past.exitReason;
  const timing = (isEntryTiming ? entryPart : 0) + (isExitTiming ? exitPart : 0);
  const price = (isEntryTiming ? 0 : entryPart) + (isExitTiming ? 0 : exitPart);
  const size = sign * (exitPrice - live.entryPrice) * (live.units - past.units);
  const fee = past.commission - live.commission;
  const known = timing + price + size + fee + live.funding;
  return row(live, past, difference, {
    timing,
    price,
    size,
    fee,
    funding: live.funding,
    dust: difference - known,
  });
}

/** The bot entered where the backtest did not. */
function onlyLive(live: RecordedTrade, { candles, signals }: Context): ParityRow {
  const at = candles.openTime.indexOf(live.signalTime);
  const wanted = live.side === 'long' ? 1 : -1;
  if (at < 0) {
    return row(live, undefined, live.netPnl, { 'missed-data': live.netPnl }, 'no such candle');
  }
  if (signals[at] !== wanted) {
    return row(
      live,
      undefined,
      live.netPnl,
      { signal: live.netPnl },
      `the recorded candles give the signal ${signals[at]}`,
    );
  }
  return row(
    live,
    undefined,
    live.netPnl,
    { timing: live.netPnl },
    'the backtest was not free to enter: its trade before ended otherwise',
  );
}

/** The backtest entered where the bot did not. */
function onlyBacktest(past: Trade, { trades, skipped = [], candles }: Context): ParityRow {
  const signalTime = past.entryTime - timeframeMs(candles.timeframe);
  const side = past.side === 'long' ? 1 : -1;
  const skip = skipped.find(
    (entry) => entry.side === side && entry.fromTime <= signalTime && signalTime <= entry.toTime,
  );
  const amount = -past.netPnl;
  if (skip !== undefined) {
    const isData = DATA_REASONS.some((reason) => skip.reason.includes(reason));
    const cause = isData ? 'missed-data' : 'blocked';
    return row(undefined, past, amount, { [cause]: amount }, `not taken: ${skip.reason}`);
  }
  const isHolding = trades.some(
    (live) => live.entryTime <= past.entryTime && past.entryTime <= live.exitTime,
  );
  return isHolding
    ? row(undefined, past, amount, { timing: amount }, 'the bot still held its trade before')
    : row(undefined, past, amount, { 'missed-data': amount }, 'the bot was not there');
}

function row(
  live: RecordedTrade | undefined,
  backtest: Trade | undefined,
  difference: number,
  amounts: ParityRow['amounts'],
  note?: string,
): ParityRow {
  return { live, backtest, difference, amounts, note };
}

function entryOf({ live, backtest }: ParityRow): number {
  return live?.entryTime ?? backtest?.entryTime ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
