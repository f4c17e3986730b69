import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { faultsOfPage } from './report-pages.js';
import { runWus, temporaryFolder } from './wus.js';

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) console.warn(`SKIPPED: the looks of the demo's reports: ${CHROMIUM} is missing`);

/** Five months of hours: enough for every step, and quick. */
const CANDLES = 24 * 150;

/** A minute of work where nothing else runs; a busy machine takes longer. */
vi.setConfig({ testTimeout: 300_000 });

test('wus demo goes from candles to verdicts, shows its commands, and every report that it lists is there', async () => {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data/spot/1h');
  mkdirSync(data, { recursive: true });
  const candles = syntheticCandles({
    length: CANDLES,
    symbol: 'BTCUSDT',
    timeframe: '1h',
    seed: 3,
  });
  writeFileSync(path.join(data, 'BTCUSDT_1h.csv'), candlesToCsv(candles));

  const demo = await runWus(['demo'], { cwd: folder });

  expect(demo).toMatchObject({ exitCode: 0, stderr: '' });
  const commands = [...demo.stdout.matchAll(/^\$ wus (\S+)/gm)].map(([, name]) => name);
  expect(commands).toEqual([
    'backtest',
    'backtest',
    'backtest',
    'backtest',
    'optimize',
    'forward-test',
    'walk-forward',
    'analyze-trades',
    'analyze-trades',
    'compare',
  ]);
  const reports = [...demo.stdout.matchAll(/(results\/\S+\.html)$/gm)].map(([, file]) => file!);
  expect(new Set(reports).size).toBe(9);
  for (const report of reports) {
    expect(existsSync(path.join(folder, report)), report).toBe(true);
    expect(readFileSync(path.join(folder, report), 'utf8')).toMatch(/^<!doctype html>/i);
  }
  expect(demo.stdout).toContain('Is it more than luck?');
  // The candles of the folder are used: nothing is fetched, and nothing of it is written there.
  expect(demo.stdout).not.toContain('fetch-data');
  expect(demo.stdout).not.toContain('SYNTHETIC');

  const list = readFileSync(path.join(folder, 'results/demo/index.html'), 'utf8');
  const links = [...list.matchAll(/<a class="long" href="([^"]+)"/g)].map(([, href]) => href!);
  expect(links).toHaveLength(9);
  // Every row with a verdict or figures says it, with the minus sign of the reports; the link is the file.
  expect(list).toMatch(
    /Heat maps of the optimization<\/a>.*?(No evidence|Not proven|Promising): /s,
  );
  expect(list).toMatch(/>Forward test: [^<]*<\/a>.*?(onfirmed|Weakened|Failed)/s);
  expect(list).toMatch(/>Walk-forward<\/a>.*?(No evidence|Not proven|Promising): /s);
  expect(list).toContain('profit \u2212');
  expect(/<tbody>[\s\S]*<\/tbody>/.exec(list)?.[0]).not.toMatch(/[ (]-\d/);
  expect(list).not.toContain('>File<');
  for (const link of links)
    expect(existsSync(path.join(folder, 'results/demo', link)), link).toBe(true);
  if (!hasChromium) return;
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
  try {
    // One of each kind, in both themes: all backtests look alike.
    const index = 'results/demo/index.html';
    for (const report of [index, ...reports.filter((_, k) => k === 0 || k > 3)]) {
      expect([report, await faultsOfPage(browser, path.join(folder, report))]).toEqual([
        report,
        [],
      ]);
    }
  } finally {
    await browser.close();
  }
});
