import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { runWus, temporaryFolder } from './wus.js';

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) console.warn(`SKIPPED: browser tests of the analysis: ${CHROMIUM} is missing`);

async function browse<T>(
  file: string,
  look: (page: import('playwright-core').Page) => Promise<T>,
): Promise<T> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(pathToFileURL(file).href);
    const seen = await look(page);
    expect(errors).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    return seen;
  } finally {
    await browser.close();
  }
}

test('wus compare shows settings, metrics, equity and trades of two backtests', async () => {
  const cwd = temporaryFolder();
  writeFileSync(
    path.join(cwd, 'SYNTHETIC_1h.csv'),
    candlesToCsv(syntheticCandles({ length: 2_000 })),
  );
  for (const fast of [9, 12]) {
    const flags = `--strategy MACross --param fast_period=${fast} slow_period=40 --file SYNTHETIC_1h.csv`;
    const line = `backtest ${flags} --trades-file run${fast}_trades.csv`;
    expect((await runWus(line.split(' '), { cwd })).stderr).toBe('');
  }
  const { stdout, stderr, exitCode } = await runWus(
    ['compare', 'run9_trades.csv', 'run12_trades.csv'],
    { cwd },
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toMatch(/\n {0,2}fast_period +9 +12\n/);
  expect(stdout).not.toContain('slow_period');
  expect(stdout).toMatch(
    /\d+ identical, \d+ only in MACross fast_period=9, \d+ only in MACross fast_period=12/,
  );
  const report = path.join(cwd, 'results/analysis/compare.html');
  expect(readFileSync(report, 'utf8')).toContain(
    'MACross fast_period=9 and MACross fast_period=12',
  );
  // The same comparison replaces its report; another one leaves it alone.
  for (const files of [
    ['run9_trades.csv', 'run12_trades.csv'],
    ['run12_trades.csv', 'run9_trades.csv'],
  ]) {
    expect((await runWus(['compare', ...files], { cwd })).exitCode).toBe(0);
  }
  expect(readdirSync(path.dirname(report)).sort()).toEqual(['compare.html', 'compare_2.html']);
  expect(readFileSync(report, 'utf8')).toContain('fast_period=9 and MACross fast_period=12');
  if (!hasChromium) return;
  const curves = await browse(report, (page) =>
    page.locator('#equity svg.small-screen polyline').count(),
  );
  expect(curves).toBe(2);
}, 180_000);

test.skipIf(!hasChromium)('the heat map of a report follows the selects', async () => {
  const cwd = temporaryFolder();
  const metrics =
    'cumulative_profit,sharpe_ratio,sortino_ratio,calmar_ratio,profit_factor,max_drawdown,win_rate,sqn,total_trades';
  const rows = [1, 2, 3].flatMap((fast) =>
    [10, 20].map((slow) => `${fast},${slow},1,${fast + slow / 100},0,0,1,0.${fast},50,0,40`),
  );
  writeFileSync(path.join(cwd, 'd.csv'), `fast,<b>slow,${metrics}\n${rows.join('\n')}\n`);
  expect((await runWus(['analyze-trades', '--details', 'd.csv'], { cwd })).exitCode).toBe(0);
  await browse(path.join(cwd, 'results/analysis/d.html'), async (page) => {
    const map = page.locator('[data-heat-map] table');
    expect(await map.locator('tbody tr').count()).toBe(3);
    expect(await map.locator('td.mark').textContent()).toBe('3.20');
    await page.selectOption('select[name=rows]', { label: '<b>slow' });
    expect(await map.locator('tbody tr').count()).toBe(2);
    await page.selectOption('select[name=metric]', { label: 'Max drawdown (%)' });
    await page.selectOption('select[name=statistic]', 'best');
    expect(await map.locator('td.mark').allTextContents()).toEqual(['10.00', '10.00']);
    const rows = page.locator('#trial-table .grid-row');
    expect(await rows.count()).toBe(6);
    await map.getByRole('button').first().click();
    expect(await page.locator('.cell-name').textContent()).toBe('Cell: <b>slow 10, fast 1');
    expect(await rows.count()).toBe(1);
    await rows.first().click();
    // These details were written by nobody who left the command line.
    expect(await page.locator('#trial-panel').textContent()).toContain('The command is unknown');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('button', { name: 'Sharpe ratio', exact: true }).click();
    expect(await rows.first().locator('span').nth(1).textContent()).toBe('3.20');
  });
});

test.each([
  [['compare', 'a.json'], 2, 'compare takes two to 8 results, but 1 is given'],
  [['compare', 'a.json', 'b.json'], 1, 'a.json is not valid JSON'],
  [
    ['compare', 'c.txt', 'b.json'],
    1,
    'c.txt: compare reads trade logs (.csv), or the --json output of wus backtest, forward-test or walk-forward (.json)',
  ],
  [['compare', 'a.json', 'b.json', '--report', './b.json'], 2, '--report ./b.json'],
  [['compare', 'no.csv', 'b.json'], 1, 'Cannot read no.csv: it does not exist'],
])('says what is wrong with %j', async (args, code, message) => {
  const cwd = temporaryFolder();
  writeFileSync(path.join(cwd, 'a.json'), '{');
  const { stderr, exitCode } = await runWus(args, { cwd });
  expect(stderr).toContain(message);
  expect(exitCode).toBe(code);
});
