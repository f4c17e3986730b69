import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';

/** axe-core as a script; it is put into the pages, which load nothing themselves. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = {
  light: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'experimental'],
  // The other theme has other colours, and nothing else.
  dark: ['color-contrast'],
};
const axeRun = (
  rules: readonly string[],
): string => `axe.run(document, { resultTypes: ['violations'], runOnly: ${JSON.stringify(rules)} })
  .then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`;

/** What is cut off: items of the menu, and the columns of tables that must be whole on a desk. */
const CUT = `[...document.querySelectorAll('.top nav, .heat.hours, #trade-table .grid-table, .grid .scroll-x')]
  .map((box) => box.matches('table') ? box.parentElement : box)
  .filter((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1)
  .map((box) => box.className + ' ' + (box.getAttribute('aria-label') || ''))`;

/** Grids whose last row leaves room for another card. */
const UNFILLED = `[...document.querySelectorAll('.grid')].flatMap((grid) => {
  const boxes = [...grid.children].map((card) => card.getBoundingClientRect()).filter(({ width }) => width > 0);
  if (boxes.length === 0) return [];
  const last = Math.max(...boxes.map(({ top }) => top));
  const right = Math.max(...boxes.filter(({ top }) => last - top < 2).map((box) => box.right));
  return right < grid.getBoundingClientRect().right - 2 ? [grid.className + ' ' + (grid.lastElementChild.textContent || '').slice(0, 40)] : [];
})`;

/** Labels of rows that take more of a phone than this, pixels, leave too little to the numbers. */
const LABEL_MAX = 170;
const WIDE_LABELS = `[...document.querySelectorAll('.heat th[scope=row], .plain:not(.stacks) td:first-child:has(+ .num)')]
  .filter((cell) => cell.getBoundingClientRect().width > ${LABEL_MAX})
  .map((cell) => cell.textContent)`;

/**
 * Looks at a page in both themes, at the width of a desk and of a phone.
 *
 * @param browser - Chromium.
 * @param file - Report.
 * @returns Everything that must not be: script errors, requests, findings of axe-core, what is cut off, half-empty rows. Empty when all is well.
 */
export async function faultsOfPage(browser: Browser, file: string): Promise<string[]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) faults.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('html[data-ready]', { timeout: 60_000 });
  const cut = await page.evaluate<string[]>(CUT);
  faults.push(...cut.map((box) => `cut at 1280: ${box}`));
  const unfilled = await page.evaluate<string[]>(UNFILLED);
  faults.push(...unfilled.map((grid) => `half-empty row of cards: ${grid}`));
  await page.evaluate(AXE);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate<string[]>(axeRun(RULES[colorScheme]));
    faults.push(...found.map((one) => `${colorScheme}: ${one}`));
  }
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate('document.documentElement.scrollWidth');
  if (width !== 390) faults.push(`wider than a phone: ${String(width)}`);
  const labels = await page.evaluate<string[]>(WIDE_LABELS);
  faults.push(...labels.map((text) => `wide label on a phone: ${text}`));
  await context.close();
  return faults;
}
