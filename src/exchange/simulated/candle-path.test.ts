import { expect, test } from 'vitest';
import { decimal, trimDecimal } from '../../domain/index.js';
import { candlePath } from './candle-path.js';

const path = (open: number, high: number, low: number, close: number): string[] =>
  candlePath({ openTime: 0, open, high, low, close, volume: 4 }, 60_000, decimal('0.01')).map(
    (point) => `${point.time} ${trimDecimal(point.price)}${point.isJump ? ' jump' : ''}`,
  );

test('candlePath() visits the low first when the candle rose', () => {
  expect(path(10, 12, 9, 11)).toEqual(['0 10 jump', '15000 9', '45000 12', '59999 11']);
});

test('candlePath() visits the high first when the candle fell', () => {
  expect(path(11, 12, 9, 10.004)).toEqual(['0 11 jump', '15000 12', '45000 9', '59999 10']);
});
