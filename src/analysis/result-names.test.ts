import { describe, expect, test } from 'vitest';
import { compareResults } from './compare-results.js';
import { idleSettings, knownParameters } from './idle-settings.js';
import { resultNames } from './result-names.js';
import { parameterText, parseRunRecord } from './run-record.js';
import { readTradeLog } from './trade-log-reader.js';

const MACROSS = 'MovingAverageCrossoverStrategy';
const CONFIG = { symbol: 'BTCUSDT', interval: '1h', market: 'spot' };
const YEAR = { start: '2024-01-01T00:00:00.000Z', end: '2025-01-01T00:00:00.000Z' };
const record = (parts: Record<string, unknown> = {}) =>
  parseRunRecord(
    JSON.stringify({ strategy: MACROSS, config: CONFIG, span: YEAR, ...parts }),
    'a.json',
  );
const result = (parts: Record<string, unknown> = {}, path = 'a.json') => ({
  path,
  record: record(parts),
  trades: undefined,
});
const log = (path: string, strategy = MACROSS) => ({
  path,
  record: undefined,
  trades: readTradeLog(
    `symbol,strategy,side,entry_time,exit_time,net_pnl,return_pct,exit_reason\nBTCUSDT,${strategy},long,2024-01-01,2024-01-02,1,1,signal\n`,
    path,
  ).trades,
});

describe('resultNames()', () => {
  test.each([
    [
      'kinds of run',
      [result(), result({ forward_period: YEAR, span: undefined }), result({ windows: [] })],
      ['MACross backtest', 'MACross forward test', 'MACross walk-forward'],
    ],
    [
      'parameters',
      [result({ parameters: { fast_period: 9 } }), result({ parameters: { fast_period: 12 } })],
      ['MACross fast_period=9', 'MACross fast_period=12'],
    ],
    [
      'symbols and intervals',
      [
        result(),
        result({ config: { ...CONFIG, symbol: 'ETHUSDT' } }),
        result({ config: { ...CONFIG, interval: '4h' } }),
      ],
      ['MACross BTCUSDT 1h', 'MACross ETHUSDT 1h', 'MACross BTCUSDT 4h'],
    ],
    [
      'periods',
      [result(), result({ span: { ...YEAR, end: '2024-07-01T00:00:00.000Z' } })],
      ['MACross 2024-01-01 to 2025-01-01', 'MACross 2024-01-01 to 2024-07-01'],
    ],
    ['strategies', [result(), result({ strategy: 'Mine' })], ['MACross', 'Mine']],
    [
      'logs of bots',
      [
        log('results/live_trades/paper_spot_BTCUSDT_15m_MovingAverageCrossoverStrategy_trades.csv'),
        log('live_spot_BTCUSDT_15m_MovingAverageCrossoverStrategy_trades.csv'),
      ],
      ['MACross paper', 'MACross live'],
    ],
    [
      'files, where nothing else differs',
      [result({}, 'x/one.json'), result({}, 'two.json')],
      ['MACross one', 'MACross two'],
    ],
    [
      'numbers, where even those are equal',
      [result({}, 'x/a.json'), result({}, 'y/a.json')],
      ['MACross (1)', 'MACross (2)'],
    ],
  ])('tells %s apart', (_, results, names) => {
    expect(resultNames(results)).toEqual(names);
  });
});

test('the name of a bot’s log tells its market and interval where no record does', () => {
  const [a, b] = [
    log('paper_spot_BTCUSDT_15m_MovingAverageCrossoverStrategy_trades.csv'),
    log('paper_usdm_BTCUSDT_1h_MovingAverageCrossoverStrategy_trades.csv'),
  ].map((one, k) => ({ ...one, name: String(k), notes: [] }));
  expect(compareResults([a!, b!]).settings).toEqual([
    { name: 'market', values: ['spot', 'usdm'] },
    { name: 'interval', values: ['15m', '1h'] },
  ]);
});

describe('idleSettings()', () => {
  test.each([
    [{ trend_filter_period: null, trend_filter_use_ema: true }, ['trend_filter_use_ema']],
    [{ trend_filter_period: 50, trend_filter_use_ema: true }, []],
    [
      {
        apply_atr_filter: true,
        apply_seasonality_filter: false,
        allowed_trading_hours_utc: '5-17',
      },
      ['allowed_trading_hours_utc'],
    ],
    [
      { apply_atr_filter: false, apply_seasonality_filter: true, atr_filter_period: 14 },
      ['atr_filter_period'],
    ],
  ])('%j', (settings, idle) => {
    const found = idleSettings(settings, knownParameters(MACROSS));
    expect(Object.keys(settings).filter((name) => found.has(name))).toEqual(idle);
  });

  test('knows what hangs on something that hangs on what is off', () => {
    const specs = { a: {}, b: { dependsOn: 'a' }, c: { dependsOn: 'b' } } as never;
    expect(idleSettings({ a: null, b: true, c: 3 }, specs)).toContain('c');
  });

  test('what has no effect is no difference between two runs', () => {
    const run = (useEma: boolean, hours: string | null) => ({
      ...result({
        parameters: { fast_period: 9, trend_filter_period: null, trend_filter_use_ema: useEma },
        config: { ...CONFIG, apply_seasonality_filter: false, allowed_trading_hours_utc: hours },
      }),
      name: hours ?? 'none',
      notes: [],
    });
    expect(compareResults([run(true, '5-17'), run(false, null)]).settings).toEqual([]);
  });
});

test('a parameter that is not set has the same word everywhere, and none in a parameter set', () => {
  const { settings } = compareResults([
    { ...result({ parameters: { x: null, y: [] } }), name: 'a', notes: [] },
    { ...result({ parameters: { x: 3, y: [1, 2] } }), name: 'b', notes: [] },
  ]);
  expect(settings.map(({ values }) => values[0])).toEqual(['not set', 'not set']);
  expect(parameterText({ x: null, z: 1 })).toBe('z=1');
});
