import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syntheticCandles } from '../../src/candles/index.js';
import { parseBacktestRunConfig } from '../../src/config/index.js';
import { type ForwardTest, forwardTest } from '../../src/forward-test/index.js';
import { forwardTestPlots, renderForwardTestReport } from '../../src/report/index.js';
import { findStrategy } from '../../src/strategies/index.js';

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) console.warn(`SKIPPED: browser tests of forward tests: ${CHROMIUM} is missing`);

const DAY_MS = 86_400_000;
const HOSTILE = '<img src=x onerror="window.hacked=1">';

function result(startDay = 250): ForwardTest {
  const candles = syntheticCandles({ length: 24 * 400, symbol: 'BTCUSDT', hasTimeGaps: false });
  const iso = (day: number): string => new Date(candles.openTime[0]! + day * DAY_MS).toISOString();
  return forwardTest({
    config: parseBacktestRunConfig({ strategy: 'RSIReversion', start: iso(startDay) }),
    strategy: findStrategy('RSIReversion'),
    candles,
    dataHash: 'a',
    optimized: {
      metric: 'sharpe_ratio',
      value: 1.2,
      trades: 90,
      period_start: iso(0),
      period_end: iso(250),
      data_hash: 'b',
      optimized_at: iso(400),
    },
  });
}

describe.skipIf(!hasChromium)('the report of a forward test in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wus-forward-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a page and collects everything that must not happen. */
  async function open(test: ForwardTest, width = 1280) {
    const file = join(folder, 'report.html');
    const provenance = {
      command: `wus forward-test ${HOSTILE}`,
      dataHash: 'a',
      files: [HOSTILE],
      version: '0.0.0',
      createdTime: 0,
      synthetic: true,
    };
    writeFileSync(file, renderForwardTestReport({ test, notes: [HOSTILE], provenance }));
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const faults: string[] = [];
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) faults.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('html[data-ready]', { timeout: 60_000 });
    return { page, faults };
  }

  test('shows judgement, comparison, rolling Sharpe ratio and Monte Carlo, without any fault', async () => {
    const { page, faults } = await open(result());
    expect(await page.locator('#result .verdict').textContent()).toContain('on unseen candles it');
    expect(await page.locator('#comparison th').allTextContents()).toEqual([
      'Metric',
      'In-sample',
      'Out-of-sample',
    ]);
    expect(await page.locator('#comparison svg polyline').count()).toBe(2);
    expect(await page.locator('#luck .verdict').textContent()).toContain('was not judged');
    expect(await page.locator('#rolling-chart canvas').count()).toBeGreaterThan(0);
    expect(await page.locator('#monte-carlo svg polygon').count()).toBe(6);
    expect(await page.locator('#monte-carlo').textContent()).toContain('2,000 runs, seed 1');
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(faults).toEqual([]);
    await page.close();
  });

  test('warns of an overlap above everything else', async () => {
    const { page } = await open(result(200));
    expect(await page.locator('.banner').allTextContents()).toEqual([
      expect.stringContaining('SYNTHETIC market.'),
      expect.stringContaining('The periods overlap.'),
    ]);
    expect(await page.locator('#result .verdict').textContent()).toContain(
      'This is not a forward test',
    );
    await page.close();
  });

  test('fits a phone, and paper has the rolling chart as a drawing', async () => {
    const { page, faults } = await open(result(), 390);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#rolling .paper svg').first().isVisible()).toBe(true);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('plots are SVG files that a browser reads as they are', async () => {
    const plots = forwardTestPlots(result());
    expect(plots.map(({ name }) => name)).toEqual([
      'equity',
      'drawdown',
      'rolling_sharpe',
      'monthly_returns',
    ]);
    const page = await browser.newPage();
    for (const { name, svg } of plots) {
      const found = await page.evaluate(
        `(() => { const root = new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml').documentElement;
          return [root.nodeName, root.querySelectorAll('parsererror').length, root.querySelectorAll('polyline,rect').length] })()`,
      );
      const marks = (found as [string, number, number])[2];
      expect([name, (found as unknown[]).slice(0, 2), marks > 0]).toEqual([name, ['svg', 0], true]);
    }
    await page.close();
  });
});
