import { expect, test } from 'vitest';
import { METRICS } from '../metrics/index.js';
import { metricColumn, type RankedTrial } from '../optimize/index.js';
import { createOptimizeDisplay, progressText } from './optimize-progress.js';
import { metricHeading, withSettings } from './optimize-summary.js';
import { trialSettings } from './trial-settings.js';
import { wrapWords } from './wrap-words.js';

const RANKING = { metric: 'sharpe_ratio', minTrades: 10 } as const;

function trial(settings: Partial<RankedTrial>): RankedTrial {
  const metrics = new Float64Array(METRICS.length);
  metrics[metricColumn('sharpe_ratio')] = 1.25;
  return { id: 0, metrics, parameters: {}, stops: {}, filters: {}, ...settings };
}

const BEST = 'best sharpe_ratio 1.2500';

test.each([
  ['a first combination', { done: 1, known: 0 }, 100, `  0 %  1 of 1,000, ${BEST}`],
  [
    'too little to tell when it ends',
    { done: 5, known: 0 },
    9_000,
    `  0 %  5 of 1,000, 100 per second, ${BEST}`,
  ],
  [
    'a large share that is one slow combination',
    { done: 1, known: 0, total: 20 },
    2_000,
    `  5 %  1 of 20, 100 per second, ${BEST}`,
  ],
  [
    'half',
    { done: 500, known: 0 },
    5_000,
    ` 50 %  500 of 1,000, 100 per second, 6 s left, ${BEST}`,
  ],
  [
    'half, mostly known',
    { done: 500, known: 480 },
    5_000,
    ` 50 %  500 of 1,000, 100 per second, 6 s left, ${BEST}`,
  ],
  ['all', { done: 1_000, known: 0 }, 500, `100 %  1,000 of 1,000, 2,000 per second, ${BEST}`],
  ['all known', { done: 1_000, known: 1_000 }, 500, `100 %  1,000 of 1,000, ${BEST}`],
])('progress tells no more than it knows: %s', (_, counts, ms, text) => {
  const progress = { total: 1_000, ...counts, best: trial({}) };
  expect(progressText(progress, ms, RANKING, 100)).toBe(text);
});

test('the rate is that of the last ten seconds', () => {
  const lines: string[] = [];
  let time = 0;
  const terminal = {
    note: (line: string) => void lines.push(line),
    redraw: () => {},
    showsProgress: false,
  };
  const display = createOptimizeDisplay(terminal, RANKING, () => time);
  display.begin();
  for (const [ms, done] of [
    [100, 1],
    [20_000, 101],
    [30_000, 1_101],
    [70_000, 5_101],
  ] as const) {
    time = ms;
    display.update({ done, known: 0, total: 10_000, best: undefined });
  }
  expect(lines).toEqual([
    '  0 %  1 of 10,000',
    '  1 %  101 of 10,000, 5.0 per second, 32 min 54 s left',
    ' 11 %  1,101 of 10,000, 100 per second, 1 min 30 s left',
    ' 51 %  5,101 of 10,000, 100 per second, 50 s left',
  ]);
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
