import { expect, test } from 'vitest';
import { candleRange, syntheticCandles } from '../../candles/index.js';
import { openCandles, shareCandles } from './shared-candles.js';

test('candles arrive with their extra columns, on shared memory', () => {
  const plain = syntheticCandles({ length: 20, symbol: 'BTCUSDT' });
  const candles = { ...plain, count: Float64Array.from(plain.close, (_, i) => i) };
  const opened = openCandles(structuredClone(shareCandles(candles)));
  expect(opened).toEqual(candles);
  expect(opened.count!.buffer).toBeInstanceOf(SharedArrayBuffer);
  const part = candleRange(openCandles(shareCandles(candles)), 5, 15);
  expect(openCandles(structuredClone(shareCandles(part)))).toEqual(part);
  expect(openCandles(shareCandles(plain))).toEqual(plain);
});
