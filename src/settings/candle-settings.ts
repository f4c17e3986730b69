import {
  parseUtcTime,
  type Setting,
  type SettingOutline,
  type SettingValue,
  TIMEFRAMES,
  textSetting,
  wordSetting,
} from '../domain/index.js';

/** The instrument of a run; `null` takes what the candles are of. */
export const INSTRUMENT_SETTINGS = [
  ofCandles(
    textSetting({
      key: 'symbol',
      flag: '--symbol',
      unit: 'symbol',
      expected: 'a symbol such as BTCUSDT',
      default: null,
      description: 'Instrument, for example BTCUSDT',
    }),
  ),
  ofCandles(
    wordSetting({
      key: 'interval',
      flag: '--interval',
      unit: 'timeframe',
      words: TIMEFRAMES,
      default: null,
      description: 'Candle length, for example 15m, 1h, 1d',
    }),
  ),
] as const;

const TIME = {
  unit: 'date',
  scope: 'research',
  expected: 'a date such as 2024-01-31 or a UTC time such as 2024-01-31T08:00:00Z',
  accepts: (text: string): boolean => parseUtcTime(text) !== undefined,
  default: null,
} as const;

/** The period `[start, end)` of a run (S-04); a date is 00:00 UTC, `null` has no bound. */
export const PERIOD_SETTINGS = [
  ofCandles(
    textSetting({
      ...TIME,
      key: 'start',
      flag: '--start',
      description: 'First candle to trade, UTC; earlier candles are for warm-up (default: all)',
    }),
  ),
  ofCandles(
    textSetting({
      ...TIME,
      key: 'end',
      flag: '--end',
      description: 'Trading ends before this candle, UTC (default: all)',
    }),
  ),
] as const;

function ofCandles<Key extends string, Value extends SettingValue>(
  outline: SettingOutline<Key, Value>,
): Setting<Key, Value> {
  return { section: 'market', scope: 'everywhere', identity: 'candles', ...outline };
}
