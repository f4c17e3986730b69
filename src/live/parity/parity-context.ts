import { type BacktestResult, runBacktest } from '../../backtest/index.js';
import type { CandleSeries } from '../../candles/index.js';
import { decimalToNumber, timeframeMs } from '../../domain/index.js';
import { findStrategy, type Strategy } from '../../strategies/index.js';
import {
  type BotMemory,
  type CandleChecksum,
  checksumWith,
  type Degradation,
  type DegradationReason,
} from '../core/index.js';
import type { RecordedTrade } from './recorded-trade.js';

/** Stretch of time that is compared, ms UTC: from the open of its first candle to the close of its last. */
export interface ParitySession {
  readonly startTime: number;
  readonly endTime: number;
}

/** What a session left behind, and the candles of its time. */
export interface ParityInput {
  /** Settings and evidence. */
  readonly memory: BotMemory;
  /** The whole log of the bot. */
  readonly trades: readonly RecordedTrade[];
  readonly candles: CandleSeries;
  /** Default: the built-in one that the settings name. */
  readonly strategy?: Strategy;
  readonly session: ParitySession;
}

/** Everything that explanations draw on. */
export interface ParityContext extends ParityInput {
  readonly lengthMs: number;
  readonly result: BacktestResult;
  /** Coarsest rules of the instrument; 0 where they are not known. */
  readonly grid: Readonly<Record<'tick' | 'step' | 'quantityMin' | 'notionalMin', number>>;
  /** Index of the candle with an open time, -1 where the file has none. */
  readonly indexOf: (openTime: number) => number;
  /** Stretches, a day at most, in which the bot handled other candles than the file has. */
  readonly unequal: readonly CandleChecksum[];
}

/**
 * Runs the backtest of a session.
 *
 * @throws {UsageError} If the settings do not fit the candles.
 */
export function parityContext(input: ParityInput): ParityContext {
  const { memory, candles, session } = input;
  const { run } = memory.settings;
  const strategy = input.strategy ?? findStrategy(run.strategy);
  const start = new Date(session.startTime).toISOString();
  const end = new Date(session.endTime).toISOString();
  const result = runBacktest({ ...run, start, end }, candles, { strategy });
  const grid = memory.coarsestGrid;
  const number = (value: bigint | undefined): number =>
    value === undefined ? 0 : decimalToNumber(value);
  const indices = new Map<number, number>();
  for (let i = 0; i < candles.length; i++) indices.set(candles.openTime[i]!, i);
  return {
    ...input,
    strategy,
    result,
    lengthMs: timeframeMs(candles.timeframe),
    grid: {
      tick: number(grid?.tickSize),
      step: number(grid?.stepSize),
      quantityMin: number(grid?.quantityMin),
      notionalMin: number(grid?.notionalMin),
    },
    indexOf: (openTime) => indices.get(openTime) ?? -1,
    unequal: unequalStretches(memory, candles),
  };
}

function unequalStretches(
  { candleChecksum, candleChecksums }: BotMemory,
  candles: CandleSeries,
): readonly CandleChecksum[] {
  const all = candleChecksum === null ? candleChecksums : [...candleChecksums, candleChecksum];
  return all.filter((recorded) => !hasChecksum(candles, recorded));
}

function hasChecksum(candles: CandleSeries, { fromTime, toTime, checksum }: CandleChecksum) {
  const { openTime, open, high, low, close, volume } = candles;
  let sum: CandleChecksum | undefined;
  for (let i = 0; i < candles.length; i++) {
    if (openTime[i]! < fromTime || openTime[i]! > toTime) continue;
    sum = checksumWith(sum, {
      openTime: openTime[i]!,
      open: open[i]!,
      high: high[i]!,
      low: low[i]!,
      close: close[i]!,
      volume: volume[i]!,
    });
  }
  return sum?.checksum === checksum;
}

/** Degradations, of these reasons, that lasted at some moment of a stretch of time. */
export function degradationsIn(
  { memory }: ParityContext,
  stretch: { readonly from: number; readonly to: number },
  reasons: readonly DegradationReason[],
): readonly Degradation[] {
  return memory.degradations.filter(
    ({ reason, fromTime, toTime }) =>
      reasons.includes(reason) &&
      fromTime <= stretch.to &&
      (toTime ?? Number.POSITIVE_INFINITY) >= stretch.from,
  );
}

/** What makes a bot act late, or not at all. */
export const DELAYING: readonly DegradationReason[] = [
  'absent',
  'asleep',
  'candles-missing',
  'candles-late',
  'order-slow',
  'strategy-failed',
  'disk-failing',
  'market-data-stale',
  'account-stale',
  'account-unconfirmed',
  'clock-skew',
  'exchange-quiet',
  'order-unanswered',
];

/** What a person or a protection does to a bot. */
export const ORDERED: readonly DegradationReason[] = ['halted', 'reducing', 'mismatch'];

/** How late the bot carries out what it decided, ms: it takes nothing that is older. */
export function lateMsMax({ memory, lengthMs }: ParityContext): number {
  return Math.min(memory.lateMsMax, lengthMs / 2);
}

/** One sentence about degradations. */
export function degradationText(degradations: readonly Degradation[]): string {
  const [first] = degradations;
  if (first === undefined) return '';
  const { reason, fromTime, toTime } = first;
  const until = toTime === null ? 'on' : `to ${instant(toTime)}`;
  const more = degradations.length > 1 ? ` and ${degradations.length - 1} more` : '';
  return `${reason} from ${instant(fromTime)} ${until}${more}`;
}

/** `2024-01-31 08:00:05`. */
export function instant(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}
