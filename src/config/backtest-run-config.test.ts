import { describe, expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import { RUN_SETTINGS } from '../settings/index.js';
import { loadBacktestRunConfig, parseBacktestRunConfig } from './backtest-run-config.js';

function problem(input: object): string {
  return messageOf(() => parseBacktestRunConfig({ strategy: 'MACross', ...input }));
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
  throw new Error('nothing was thrown');
}

describe('parseBacktestRunConfig()', () => {
  test('fills in the defaults of SEMANTICS §9', () => {
    expect(parseBacktestRunConfig({ strategy: 'MACross' })).toMatchObject({
      strategy: 'MACross',
      params: {},
      symbol: null,
      interval: null,
      market: 'spot',
      files: [],
      start: null,
      end: null,
      direction: 'both',
      initial_balance: 10_000,
      units: null,
      equity_fraction: 1,
      leverage: 1,
      commission_bps: 10,
      slippage_bps: 1,
      stop_slippage_bps: 0,
      max_cumulative_loss: null,
      allow_overdraft: false,
      stop_loss_pct: null,
      take_profit_pct: null,
      trailing_stop_loss_pct: null,
      allow_wide_stops: false,
      exit_on_neutral: false,
      re_entry: 'immediate',
      apply_atr_filter: false,
      atr_filter_period: 14,
      atr_filter_multiplier: 1.5,
      atr_filter_sma_period: 100,
      apply_seasonality_filter: false,
      allowed_trading_hours_utc: '5-17',
      apply_seasonality_to_symbols: '',
      engine: 'reference',
    });
    expect(parseBacktestRunConfig({ strategy: 'MACross', market: 'usdm' }).commission_bps).toBe(5);
    expect(parseBacktestRunConfig({ strategy: 'MACross', units: 2 }).equity_fraction).toBeNull();
  });

  test('has a value for every setting, and only for those', () => {
    const keys = [...RUN_SETTINGS.map(({ key }) => key), 'strategy', 'params', 'files', 'engine'];
    expect(Object.keys(parseBacktestRunConfig({ strategy: 'MACross' })).sort()).toEqual(
      keys.sort(),
    );
  });

  test('is stable: what it gave is accepted and stays the same', () => {
    const config = parseBacktestRunConfig({
      strategy: 'MACross',
      market: 'usdm',
      units: 1,
      allow_overdraft: true,
      stop_loss_pct: 0.02,
    });
    expect(parseBacktestRunConfig(config)).toEqual(config);
    expect(parseBacktestRunConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  test.each<[object, string]>([
    [{ strategy: undefined }, 'strategy is missing: give a strategy such as MACross'],
    [{ stop_los_pct: 0.02 }, 'unknown key "stop_los_pct" (did you mean "stop_loss_pct"?)'],
    [
      { comission_bps: 5, zzz: 1 },
      'unknown key "comission_bps" (did you mean "commission_bps"?), unknown key "zzz"',
    ],
    [{ market: 'futures' }, 'market must be spot or usdm: current value is "futures"'],
    [
      { market: 'sport' },
      'market must be spot or usdm: current value is "sport" (did you mean "spot"?)',
    ],
    [
      { re_entry: 'new-signal' },
      're_entry must be immediate or new_signal: current value is "new-signal" (did you mean "new_signal"?)',
    ],
    [{ initial_balance: 0 }, 'initial_balance must be an amount above 0: current value is 0'],
    [{ initial_balance: '5' }, 'initial_balance must be an amount above 0: current value is "5"'],
    [
      { initial_balance: Number.POSITIVE_INFINITY },
      'initial_balance must be an amount above 0: current value is Infinity',
    ],
    [{ units: Number.NaN }, 'units must be a quantity above 0: current value is NaN'],
    [
      { equity_fraction: 50 },
      'equity_fraction must be a fraction above 0, at most 1 (0.5 = half of the balance): current value is 50; did you mean 0.5?',
    ],
    [{ units: 1, equity_fraction: 1 }, 'equity_fraction is 1 and units is 1: keep one'],
    [
      { allow_overdraft: true },
      'allow_overdraft needs a fixed size: set units, or disable overdraft',
    ],
    [
      { direction: 'short' },
      'direction is short, which spot does not allow: use market usdm, or direction long',
    ],
    [{ leverage: 3 }, 'leverage is 3, which spot does not allow: use market usdm, or 1'],
    [{ leverage: 0.5 }, 'leverage must be a number from 1 to 125: current value is 0.5'],
    [
      { commission_bps: -1 },
      'commission_bps must be a number from 0 to 10000 (10 = 0.1 %): current value is -1',
    ],
    [
      { stop_loss_pct: 2 },
      'stop_loss_pct must be a fraction above 0 and below 1 (0.02 = 2 %): current value is 2; did you mean 0.02?',
    ],
    [
      { stop_loss_pct: 0.6 },
      'stop_loss_pct is 0.6, that is 60 %; did you mean 0.006? If that is intended set allow_wide_stops',
    ],
    [
      { trailing_stop_loss_pct: 0 },
      'trailing_stop_loss_pct must be a fraction above 0 and below 1 (0.02 = 2 %): current value is 0',
    ],
    [
      { take_profit_pct: 2.3 },
      'take_profit_pct is 2.3, that is 230 %; did you mean 0.023? If that is intended set allow_wide_stops',
    ],
    [
      { market: 'usdm', take_profit_pct: 1, allow_wide_stops: true },
      'take_profit_pct must be below 1 where shorts are permitted: current value is 1; did you mean 0.01?',
    ],
    [
      { max_cumulative_loss: -500 },
      'max_cumulative_loss must be an amount above 0 in the quote currency: current value is -500; write the loss as 500',
    ],
    [{ atr_filter_period: 1.5 }, 'atr_filter_period must be an integer >= 1: current value is 1.5'],
    [
      { start: '2024-02-30' },
      'start must be a date such as 2024-01-31 or a UTC time such as 2024-01-31T08:00:00Z: current value is "2024-02-30"',
    ],
    [
      { start: '2024-02-01', end: '2024-02-01' },
      'end is 2024-02-01, not after start 2024-02-01: give a later end',
    ],
    [
      { stop_loss_atr: -1 },
      'stop_loss_atr must be a multiple above 0 (2 = twice the ATR): current value is -1',
    ],
    [
      { exit_atr_period: 20 },
      'exit_atr_period has no effect without stop_loss_atr or take_profit_atr or trailing_stop_atr: add it, or omit it',
    ],
    [
      { trailing_activation_pct: 0.02 },
      'trailing_activation_pct has no effect without trailing_stop_loss_pct or trailing_stop_atr: add it, or omit it',
    ],
    [
      { break_even_offset_pct: 0.01 },
      'break_even_offset_pct has no effect without break_even_pct: add it, or omit it',
    ],
    [
      { break_even_pct: 0.01, break_even_offset_pct: 0.01 },
      'break_even_offset_pct must be below break_even_pct, which is 0.01: current value is 0.01',
    ],
    [
      { profit_targets: '0:0.05,24' },
      'profit_targets must be pairs such as 0:0.05,24:0.02,72:0: current value is "0:0.05,24", where "24" is none',
    ],
    [
      { profit_targets: '0:0.05,24:0.02,12:0' },
      'profit_targets must have ascending candles: current value is 0:0.05,24:0.02,12:0; write pairs candles:fraction such as 0:0.05,24:0.02,72:0',
    ],
    [
      { profit_targets: '0:0.05,90m:0.02', interval: '1h' },
      'profit_targets must count whole candles: 90m is 1.5 candles of 1h; write 1 or 2',
    ],
    [
      { profit_targets: '0:0.05,30m:0.02', interval: '4h' },
      'profit_targets must count whole candles: 30m is 0.125 candles of 4h; write 0 or 1',
    ],
    [
      { profit_targets: '0:0.05,30m:x' },
      'profit_targets must count candles here: current value is "30m"; divide the minutes by those of a candle',
    ],
    [
      { profit_targets: '0:0.05,1440m:0.02,20:0', interval: '1h' },
      'profit_targets must have ascending candles: current value is 0:0.05,24:0.02,20:0; write pairs candles:fraction such as 0:0.05,24:0.02,72:0',
    ],
    [
      { profit_targets: '0:0.05', take_profit_pct: 0.02 },
      'profit_targets replaces take_profit_pct, which is 0.02: keep one (0:0.02 is the same)',
    ],
    [
      { market: 'usdm', profit_targets: '0:0.05,9:1' },
      'profit_targets must have fractions below 1 where shorts are permitted: current value is 0:0.05,9:1; use smaller ones, or direction long',
    ],
    [
      { scale_out: '0.02:0.5,0.04:0.5' },
      'scale_out must have shares with a sum below 1 (the other exits close the remainder): current value is 0.02:0.5,0.04:0.5; write pairs fraction:share such as 0.02:0.5,0.04:0.25',
    ],
    [
      { market: 'usdm', scale_out: '1.5:0.5' },
      'scale_out must have fractions below 1 where shorts are permitted: current value is 1.5:0.5; use smaller ones, or direction long',
    ],
    [
      { risk_fraction: 2 },
      'risk_fraction must be a fraction above 0 and below 1 (0.01 = 1 % of the balance): current value is 2; did you mean 0.02?',
    ],
    [{ risk_fraction: 0.01, units: 1 }, 'risk_fraction is 0.01 and units is 1: keep one'],
    [
      { risk_fraction: 0.01, equity_fraction: 0.5 },
      'risk_fraction is 0.01 and equity_fraction is 0.5: keep one',
    ],
    [{ exit_on_neutral: 'yes' }, 'exit_on_neutral must be true or false: current value is "yes"'],
  ])('refuses %j', (input, expected) => {
    expect(problem(input)).toBe(expected);
  });

  test.each([
    ['0:0.050, 24:0.02', null, '0:0.05,24:0.02'],
    ['0:0.05,1440m:.02', '1h', '0:0.05,24:0.02'],
    ['0:0.05, 1440m:0.02', null, '0:0.05,1440m:0.02'],
    ['0:0.05, 1440m:0.02, 72:0', null, '0:0.05,1440m:0.02,72:0'],
    ['0:0.05, 1440m:0.02, 72:0', '1h', '0:0.05,24:0.02,72:0'],
  ])('writes the table %j at %s as %j', (profit_targets, interval, written) => {
    const run = parseBacktestRunConfig({ strategy: 'MACross', profit_targets, interval });
    expect(run.profit_targets).toBe(written);
  });

  test.each<[object]>([
    [{ stop_loss_pct: 0.02, stop_loss_atr: 2, trailing_stop_loss_pct: 0.1, trailing_stop_atr: 5 }],
    [{ trailing_stop_atr: 2, trailing_activation_pct: 0.02 }],
    [{ take_profit_pct: 0.1, take_profit_atr: 3, scale_out: '0.02:0.5' }],
    [{ risk_fraction: 0.01, stop_loss_atr: 2 }],
    [{ break_even_pct: 0.01, break_even_offset_pct: -0.005 }],
    [{ market: 'usdm', direction: 'long', profit_targets: '0:2' }],
    [{ market: 'usdm', direction: 'short', leverage: 125 }],
    [{ stop_loss_pct: 0.5, trailing_stop_loss_pct: 0.5 }],
    [{ stop_loss_pct: 0.9, take_profit_pct: 3, allow_wide_stops: true }],
    [{ market: 'usdm', direction: 'long', take_profit_pct: 1, allow_wide_stops: true }],
    [{ start: '2024-01-01', end: '2024-01-01T01:00Z' }],
    [{ units: 1, allow_overdraft: true }],
    [{ stop_loss_pct: null, params: { fast_period: 5 } }],
  ])('accepts %j', (input) => {
    expect(() => parseBacktestRunConfig({ strategy: 'MACross', ...input })).not.toThrow();
  });

  test.each([undefined, null, 5, 'MACross', [], [{}]])('refuses %j as a whole', (input) => {
    expect(messageOf(() => parseBacktestRunConfig(input, 'run.json'))).toMatch(
      /^run\.json: must be keys with values: current value is /,
    );
  });
});

describe('loadBacktestRunConfig()', () => {
  test('reads YAML', () => {
    const text =
      'strategy: MACross\nparams: {fast_period: 5}\nstop_loss_pct: 0.02\nstart: 2024-01-01\n';
    expect(loadBacktestRunConfig(text, 'run.yaml')).toMatchObject({
      params: { fast_period: 5 },
      stop_loss_pct: 0.02,
      start: '2024-01-01',
    });
  });

  test.each([
    ['strategy: MACross\nstop_loss_pct: 5\n', 'run.yaml:2:1: stop_loss_pct: must be'],
    ['strategy: MACross\n\nstop_los_pct: 5\n', 'run.yaml:3:1: unknown key "stop_los_pct"'],
    ['strategy: MACross\nstrategy: RSI\n', 'run.yaml:2:1: duplicate key; keep one'],
    ['strategy: MACross\nunits: 1\nequity_fraction: 1\n', 'run.yaml:3:1: equity_fraction: is 1'],
    [
      'strategy: MACross\n__proto__: {leverage: 3}\n',
      'run.yaml:2:1: "__proto__" is not allowed as a key',
    ],
    ['', 'run.yaml: must be keys with values: current value is null'],
  ])('says where %j is wrong', (text, expected) => {
    expect(messageOf(() => loadBacktestRunConfig(text, 'run.yaml'))).toContain(expected);
  });

  test('refuses a document that grows by aliases, and one that is too long', () => {
    const rows = Array.from({ length: 12 }, (_, k) => {
      const item = k === 0 ? '[x, x, x, x, x, x, x, x, x]' : `[${`*a${k - 1}, `.repeat(9)}]`;
      return `k${k}: &a${k} ${item}`;
    });
    expect(messageOf(() => loadBacktestRunConfig(rows.join('\n'), 'run.yaml'))).toMatch(
      /^run\.yaml:1:1: its aliases/,
    );
    expect(messageOf(() => loadBacktestRunConfig('#'.repeat(5_000_001), 'run.yaml'))).toBe(
      'run.yaml: 5000001 characters, the limit is 5000000: is this the right file?',
    );
  });
});
