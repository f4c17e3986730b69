import { describe, expect, test } from 'vitest';
import type { Timeframe } from '../../domain/index.js';
import { archivePath, type DownloadSource, planDownload, uncoveredSpans } from './download-plan.js';

const at = (text: string): number => Date.parse(`${text}Z`);
const NOW = at('2023-05-03T10:00');

function plan(start: string, end: string, timeframe: Timeframe, source: DownloadSource = 'auto') {
  const span = { startTime: at(start), endTime: at(end) };
  return planDownload(span, timeframe, source, NOW).map(
    ({ kind, startTime, endTime }) =>
      `${kind} ${new Date(startTime).toISOString().slice(0, 13)} ${new Date(endTime).toISOString().slice(0, 13)}`,
  );
}

describe('planDownload()', () => {
  test('takes whole months and days from archives and the rest from REST', () => {
    expect(plan('2023-02-27T12:00', '2023-05-03T09:00', '1m')).toEqual([
      'rest 2023-02-27T12 2023-02-28T00',
      'daily 2023-02-28T00 2023-03-01T00',
      'monthly 2023-03-01T00 2023-04-01T00',
      'monthly 2023-04-01T00 2023-05-01T00',
      'daily 2023-05-01T00 2023-05-02T00',
      'rest 2023-05-02T00 2023-05-03T09',
    ]);
  });

  test('asks REST where an archive would hold no more than one page', () => {
    expect(plan('2023-03-01T00:00', '2023-04-01T00:00', '4h')).toEqual([
      'rest 2023-03-01T00 2023-04-01T00',
    ]);
  });

  test('takes only what is published when archives alone are wanted', () => {
    expect(plan('2023-04-29T00:00', '2023-05-03T09:00', '1h', 'archive')).toEqual([
      'daily 2023-04-29T00 2023-04-30T00',
      'daily 2023-04-30T00 2023-05-01T00',
      'daily 2023-05-01T00 2023-05-02T00',
    ]);
  });

  test('cuts REST into parts that an interruption does not lose', () => {
    expect(plan('2023-01-01T00:00', '2023-01-31T00:00', '1m', 'rest')).toHaveLength(3);
    expect(plan('2023-01-01T00:00', '2023-01-01T00:00', '1m')).toEqual([]);
  });
});

test('uncoveredSpans() gives what is missing', () => {
  const covered = [
    { startTime: 50, endTime: 60 },
    { startTime: 10, endTime: 20 },
  ];
  expect(uncoveredSpans({ startTime: 0, endTime: 55 }, covered)).toEqual([
    { startTime: 0, endTime: 10 },
    { startTime: 20, endTime: 50 },
  ]);
});

test('archivePath() names the files as Binance does', () => {
  const part = { kind: 'monthly', startTime: at('2024-01-01T00:00'), endTime: 0 } as const;
  expect(archivePath('spot', 'BTCUSDT', '1m', part)).toBe(
    '/data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip',
  );
  expect(archivePath('usdm', '币安USDT', '1h', { ...part, kind: 'daily' })).toBe(
    '/data/futures/um/daily/klines/%E5%B8%81%E5%AE%89USDT/1h/%E5%B8%81%E5%AE%89USDT-1h-2024-01-01.zip',
  );
});
