import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import {
  type OutputKind,
  requireReplaceable,
  requireReplaceableCandles,
} from './replaceable-output.js';

const folder = mkdtempSync(join(tmpdir(), 'wus-outputs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const HEADER = 'symbol,strategy,side';
const LOG: OutputKind = { kind: 'table', header: HEADER, symbol: 'BTCUSDT' };
const REPORT: OutputKind = { kind: 'report', report: 'Comparison' };
const PAGE =
  '<!doctype html>\n<html lang="en">\n<meta name="generator" content="Mista Wus Algo Trader">';
const T0 = Date.UTC(2024, 0, 1);
const CANDLES = 'open_time,open,high,low,close,volume';
const row = (i: number): string => `${T0 + i * 3_600_000},1,1,1,1,1`;

describe('requireReplaceable()', () => {
  test.each([
    ['an empty file', '', LOG, undefined],
    ['the same table', `${HEADER}\nBTCUSDT,A,long\n`, LOG, undefined],
    ['the same table without rows', `${HEADER}\n`, LOG, undefined],
    [
      'the same table of another symbol',
      `${HEADER}\nETHUSDT,A,long\n`,
      LOG,
      'is of ETHUSDT, not of BTCUSDT',
    ],
    ['another table', 'a,b\n1,2\n', LOG, 'is not an earlier file of this kind'],
    ['a table with one more column', `${HEADER},x\n`, LOG, 'is not an earlier file of this kind'],
    ['text', 'my notes', LOG, 'is not an earlier file of this kind'],
    [
      'a page of ours',
      '<!doctype html>\n<meta name="generator" content="Mista Wus Algo Trader">',
      REPORT,
      undefined,
    ],
    ['a comparison', `${PAGE}<title>a · b · Comparison</title>`, REPORT, undefined],
    [
      'a backtest',
      `${PAGE}<title>RSI · Backtest</title>`,
      REPORT,
      'is a report of another kind (Backtest, not Comparison)',
    ],
    ['a page of others', '<!doctype html>\n<title>x</title>', REPORT, 'is not a wus report'],
    ['notes', 'Mista Wus Algo Trader', REPORT, 'is not a wus report'],
  ])('over %s', async (_, content, kind, problem) => {
    const file = put('output', content);
    const attempt = requireReplaceable([{ name: '--out', file, kind }], false);
    if (problem === undefined) await expect(attempt).resolves.toBeUndefined();
    else {
      await expect(attempt).rejects.toThrow(UsageError);
      await expect(attempt).rejects.toThrow(`--out ${file}: the file exists and ${problem}`);
    }
    await requireReplaceable([{ name: '--out', file, kind }], true);
  });

  test('takes new files, devices and files that nobody asked for', async () => {
    const files = [join(folder, 'new'), '/dev/null', undefined];
    await requireReplaceable(
      files.map((file) => ({ name: 'x', file, kind: LOG })),
      false,
    );
  });
});

describe('requireReplaceableCandles()', () => {
  const planned = {
    symbol: 'BTCUSDT',
    market: undefined,
    timeframe: '1h' as const,
    openTime: Float64Array.of(T0, T0 + 3_600_000),
    extras: [],
  };

  test.each([
    ['the same candles', 'BTCUSDT_1h.csv', [CANDLES, row(0), row(1)], undefined],
    ['fewer candles', 'BTCUSDT_1h.csv', [CANDLES, row(1)], undefined],
    ['one more candle', 'BTCUSDT_1h.csv', [CANDLES, row(0), row(1), row(2)], 'holds 1 candle that'],
    [
      'another symbol',
      'ETHUSDT_1h.csv',
      [CANDLES, row(0)],
      'is of symbol ETHUSDT according to its name, not of BTCUSDT',
    ],
    [
      'another interval',
      'BTCUSDT_4h.csv',
      [CANDLES, row(0)],
      'is of interval 4h according to its name, not of 1h',
    ],
    [
      'more columns',
      'BTCUSDT_1h.csv',
      [`${CANDLES},count`, `${row(0)},3`],
      'has columns that the new file lacks (count)',
    ],
    ['something else', 'BTCUSDT_1h.csv', ['notes'], 'is not a candle file'],
  ])('over %s', async (_, name, lines, problem) => {
    const file = put(name, `${lines.join('\n')}\n`);
    const attempt = requireReplaceableCandles(file, planned, false);
    if (problem === undefined) await expect(attempt).resolves.toBeUndefined();
    else await expect(attempt).rejects.toThrow(problem);
    await requireReplaceableCandles(file, planned, true);
  });

  test('a new file may have any name', async () => {
    await requireReplaceableCandles(join(folder, 'again_5m.csv'), planned, false);
  });
});
