import { expect, test } from 'vitest';
import { numberOption } from './option-values.js';

test.each([
  ['0.02', 0.02],
  ['1e4', 10_000],
  ['-3', -3],
])('numberOption() reads %s', (text, expected) => {
  expect(numberOption('--x')(text)).toBe(expected);
});

test.each([
  ['abc', '--stop-loss abc: it must be a number'],
  ['', '--stop-loss : it must be a number'],
  ['Infinity', '--stop-loss Infinity: it must be a number'],
  ['1,000', '--stop-loss 1,000: it must be a number'],
  ['2%', '--stop-loss 2%: did you mean 0.02?'],
  ['0.7 %', '--stop-loss 0.7 %: did you mean 0.007?'],
])('numberOption() refuses "%s"', (text, message) => {
  expect(() => numberOption('--stop-loss')(text)).toThrow(message);
});
