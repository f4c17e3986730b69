import { describe, expect, test } from 'vitest';
import { html, jsonForScript } from './html.js';
import { longestDrawdowns } from './measures/drawdowns.js';
import { histogram } from './measures/histogram.js';
import { monthlyReturns } from './measures/monthly-returns.js';
import { type ReportKind, renderPage } from './page.js';

const HOSTILE = `"><img src=x onerror='alert(1)'></script>&`;

describe('html', () => {
  test('escapes every plain text, nested ones too, and nothing twice', () => {
    const inner = html`<b title="${HOSTILE}">${1}</b>`;
    expect(html`${[inner, false, undefined]}${HOSTILE}`.markup).toBe(
      '<b title="&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&lt;/script&gt;&amp;">1</b>' +
        '&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&lt;/script&gt;&amp;',
    );
  });

  test('jsonForScript() holds nothing that ends a script or a line', () => {
    const data = { name: `${HOSTILE}\u2028\u2029<!--` };
    const { markup } = jsonForScript(data);
    expect(markup).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(markup)).toEqual(data);
  });
});

describe('renderPage()', () => {
  test('names its scripts by hash, allows no network and escapes every title', () => {
    const page = renderPage({
      isSynthetic: true,
      kind: HOSTILE as ReportKind,
      title: HOSTILE,
      subtitle: HOSTILE,
      banners: [HOSTILE],
      sections: [{ id: 'one', title: HOSTILE, lead: HOSTILE, content: HOSTILE }],
      version: HOSTILE,
      createdTime: 0,
    });
    expect(page).toContain('default-src &#39;none&#39;; script-src &#39;sha256-');
    expect(page).not.toContain('<img');
    expect(page).not.toMatch(/(?:src|href)="https?:/);
    expect(page.match(/<script/g)).toHaveLength(2);
  });
});

describe('measures', () => {
  const DAY_MS = 86_400_000;

  test('monthlyReturns() compounds from the initial balance at month ends', () => {
    const times = Float64Array.from([
      Date.UTC(2023, 10, 29),
      Date.UTC(2023, 10, 30),
      Date.UTC(2023, 11, 1),
      Date.UTC(2024, 0, 5),
    ]);
    const months = monthlyReturns(times, Float64Array.from([90, 110, 121, 60.5]), 100);
    expect(months.map(({ year, month }) => `${year}-${month + 1}`)).toEqual([
      '2023-11',
      '2023-12',
      '2024-1',
    ]);
    [0.1, 0.1, -0.5].forEach((value, k) => {
      expect(months[k]?.value).toBeCloseTo(value, 12);
    });
  });

  test('longestDrawdowns() measures from the peak to the close that reaches it again, or to the end', () => {
    const found = longestDrawdowns(
      (position) => (position + 1) * DAY_MS,
      Float64Array.from([90, 100, 120, 60, 90, 100]),
      { balance: 100, time: 0 },
      5,
    );
    expect(found).toEqual([
      {
        peakTime: 3 * DAY_MS,
        troughTime: 4 * DAY_MS,
        recoveryTime: undefined,
        depth: 0.5,
        durationMs: 3 * DAY_MS,
      },
      {
        peakTime: 0,
        troughTime: DAY_MS,
        recoveryTime: 2 * DAY_MS,
        depth: 0.1,
        durationMs: 2 * DAY_MS,
      },
    ]);
  });

  test('histogram() counts every value once, also with outliers, one value or none', () => {
    const values = [...Array.from({ length: 500 }, (_, i) => (i % 100) / 10), 1e6, -1e6];
    const bins = histogram(values);
    expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(502);
    expect(bins.length).toBeLessThan(80);
    expect(histogram([3, 3])).toHaveLength(1);
    expect(histogram([])).toEqual([]);
  });
});
