import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { analyzeDetails, DETAIL_METRICS, readDetailsTable, topTrials } from '../analysis/index.js';
import { trialCommand } from '../report/shared/trials.js';
import { runAgain } from './run-again.js';

const folder = mkdtempSync(path.join(tmpdir(), 'wus-trials-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const metrics = DETAIL_METRICS.join(',');
/** Sharpe ratio and trades of a row; the other metrics are 0. */
const measured = (sharpe: number, trades = 40): string =>
  DETAIL_METRICS.map((name) =>
    name === 'sharpe_ratio' ? sharpe : name === 'total_trades' ? trades : 0,
  ).join(',');

function tableOf(header: string, rows: readonly string[]) {
  const file = path.join(folder, 'd.csv');
  writeFileSync(file, `${[`${header},${metrics}`, ...rows].join('\n')}\n`);
  return readDetailsTable(file);
}

const NAMES =
  "fast,slow,trend_filter_period,trend_filter_use_ema,apply_atr_filter,atr_filter_period,it's,stop_loss_pct";
const RECORD = {
  words: ['wus', 'backtest', '--strategy', './my strategy.ts', '--file', "O'Hara.csv"],
  parameters: {
    fast: { default: 9, depends_on: null },
    slow: { default: 21, depends_on: null },
    trend_filter_period: { default: null, depends_on: null },
    trend_filter_use_ema: { default: true, depends_on: 'trend_filter_period' },
    "it's": { default: 'a', depends_on: null },
  },
};

test.each([
  ['defaults need no words', '9,21,,,false,,a,', ''],
  ['parameters and stops', '12,21,,,false,,a,0.02', ' --param fast=12 --stop-loss 0.02'],
  [
    'a filter that is on, with its setting',
    '9,21,,,true,14,a,',
    ' --apply-atr-filter --atr-filter-period 14',
  ],
  [
    'what hangs on a parameter that is set',
    '9,21,50,false,false,,a,',
    ' --param trend_filter_period=50 --param trend_filter_use_ema=false',
  ],
  ['null where the default is something', ',21,,,false,,a,', ' --param fast=null'],
  [
    'words that a shell would take apart',
    '9,21,,,false,,b c;$(x),',
    ` --param 'it'\\''s=b c;$(x)'`,
  ],
])('the command line of a trial: %s', (_, row, words) => {
  const table = tableOf(NAMES, [`${row},${measured(1)}`]);
  const again = runAgain(table, RECORD);
  const data = {
    command: again.command,
    parameters: table.parameters.map(({ name, levels }, k) => ({
      name,
      levels,
      words: again.columns[k]!.words,
      needs: table.parameters.findIndex((other) => other.name === again.columns[k]!.needs),
      off: levels.flatMap((level, code) => (level === '' || level === 'false' ? [code] : [])),
    })),
  };
  expect(trialCommand(data as never, (k) => table.parameters[k]!.codes[0]!)).toBe(
    `wus backtest --strategy './my strategy.ts' --file 'O'\\''Hara.csv'${words}`,
  );
});

test('topTrials() lists the best first, and after them the best of every cell that has none there', () => {
  const rows = Array.from({ length: 1_500 }, (_, k) => `${k % 3},${k % 500},${measured(k)}`);
  // The cell a=9, b=0 holds the two worst of all.
  rows.push(`9,0,${measured(-2)}`, `9,0,${measured(-1)}`, `7,7,${measured(9_999, 3)}`);
  const analysis = analyzeDetails(tableOf('a,b', rows), {
    metric: 'sharpe_ratio',
    minTrades: 30,
  });
  const { rows: found, best } = topTrials(analysis);
  expect(best).toBe(1_000);
  expect([...found.slice(0, 3)]).toEqual([1_499, 1_498, 1_497]);
  expect(found.length).toBeGreaterThan(1_000);
  expect(found).toContain(1_501);
  expect(found).not.toContain(1_500);
  // Too few trades.
  expect(found).not.toContain(1_502);
});

test('topTrials() of drawdowns begins with the smallest', () => {
  const drawdown = (value: number): string =>
    DETAIL_METRICS.map((name) =>
      name === 'max_drawdown' ? value : name === 'total_trades' ? 40 : 0,
    ).join(',');
  const table = tableOf(
    'a',
    [0.3, 0.1, 0.2].map((value, k) => `${k},${drawdown(value)}`),
  );
  const analysis = analyzeDetails(table, { metric: 'max_drawdown', minTrades: 30 });
  expect([...topTrials(analysis).rows]).toEqual([1, 2, 0]);
});
