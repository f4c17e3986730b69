import { expect, test } from 'vitest';
import { METRICS } from '../metrics/index.js';
import { metricColumn, type RankedTrial } from '../optimize/index.js';
import { progressText } from './optimize-progress.js';
import { metricHeading, withSettings } from './optimize-summary.js';
import { trialSettings } from './trial-settings.js';
import { wrapWords } from './wrap-words.js';

const RANKING = { metric: 'sharpe_ratio', minTrades: 10 } as const;

function trial(settings: Partial<RankedTrial>): RankedTrial {
  const metrics = new Float64Array(METRICS.length);
  metrics[metricColumn('sharpe_ratio')] = 1.25;
  return { id: 0, metrics, parameters: {}, stops: {}, filters: {}, ...settings };
}

test.each([
  [{ done: 1, known: 0 }, 100, '  0 %  1 of 1,000, best sharpe_ratio 1.2500'],
  [{ done: 5, known: 0 }, 9_000, '  0 %  5 of 1,000, best sharpe_ratio 1.2500'],
  [
    { done: 500, known: 0 },
    5_000,
    ' 50 %  500 of 1,000, 100 per second, 5 s left, best sharpe_ratio 1.2500',
  ],
  [
    { done: 500, known: 450 },
    5_000,
    ' 50 %  500 of 1,000, 10 per second, 50 s left, best sharpe_ratio 1.2500',
  ],
  [
    { done: 1_000, known: 0 },
    500,
    '100 %  1,000 of 1,000, 2,000 per second, best sharpe_ratio 1.2500',
  ],
  [{ done: 1_000, known: 1_000 }, 500, '100 %  1,000 of 1,000, best sharpe_ratio 1.2500'],
])('progress says a rate and a time left only when there is evidence: %o', (counts, ms, text) => {
  expect(progressText({ ...counts, total: 1_000, best: trial({}) }, ms, RANKING)).toBe(text);
});

test('settings that the best have in common are told once, what is off never', () => {
  const filters = {
    apply_atr_filter: true,
    atr_filter_period: 14,
    apply_seasonality_filter: false,
    allowed_trading_hours_utc: null,
    apply_seasonality_to_symbols: '',
  };
  expect(
    trialSettings([
      trial({ parameters: { fast: 5, slow: 20 }, stops: { stop_loss_pct: null }, filters }),
      trial({ parameters: { fast: 8, slow: 20 }, stops: { stop_loss_pct: 0.02 }, filters }),
    ]),
  ).toEqual({
    common: ['slow=20', 'atr_filter_period=14'],
    own: [['fast=5'], ['fast=8', 'stop_loss_pct=0.02']],
  });
});

test('a switch whose values are told elsewhere is told', () => {
  const on = { apply_atr_filter: true, atr_filter_period: 14 };
  const off = { apply_atr_filter: false, atr_filter_period: null };
  expect(trialSettings([trial({ filters: on }), trial({ filters: off })])).toEqual({
    common: [],
    own: [['atr_filter_period=14'], []],
  });
});

test('settings stand beside the row on a wide terminal, under it on a narrow one', () => {
  const lines = ['   #  sharpe', '   1    1.25'];
  const settings = [['fast_period=5', 'slow_period=20']];
  expect(withSettings(lines, settings, 42)).toEqual([
    '   #  sharpe  settings',
    '   1    1.25  fast_period=5 slow_period=20',
  ]);
  expect(withSettings(lines, settings, 30)).toEqual([
    '   #  sharpe',
    '   1    1.25',
    '      fast_period=5',
    '      slow_period=20',
  ]);
  expect(withSettings(lines, [[]], 80)).toEqual(lines);
});

test('headings of money name the currency when it is known', () => {
  expect(metricHeading('cumulative_profit', 'BTCUSDT')).toBe('profit (USDT)');
  expect(metricHeading('cumulative_profit', 'SYNTHETIC')).toBe('profit');
  expect(metricHeading('max_drawdown', 'BTCUSDT')).toBe('max drawdown');
});

test('wrapWords() never breaks a word and never makes an empty line', () => {
  expect(wrapWords(['aa', 'bb', 'cccccccc', 'd'], 7, '  ')).toEqual([
    '  aa bb',
    '  cccccccc',
    '  d',
  ]);
  expect(wrapWords([], 7, '  ')).toEqual([]);
});
