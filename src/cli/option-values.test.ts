import { expect, test } from 'vitest';
import { choiceOption, numberOption } from './option-values.js';

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
  expect(() => numberOption('--stop-loss', 'fraction')(text)).toThrow(message);
});

test.each([
  ['0.1%', 'bps', 'did you mean 10?'],
  ['0.05 %', 'bps', 'did you mean 5? The option counts basis points'],
  ['10%', 'quote', 'it must be a number, not a percentage (the option counts quote)'],
  ['ten', 'candles', 'it must be a number (the option counts candles)'],
  ['ten', undefined, 'it must be a number'],
])('numberOption() answers %s of an option in %s in its unit', (text, unit, message) => {
  expect(() => numberOption('--x', unit)(text)).toThrow(`--x ${text}: ${message}`);
});

test.each([
  ['futures', 'it must be spot or usdm (did you mean "usdm"?)'],
  ['perp', 'it must be spot or usdm (did you mean "usdm"?)'],
  ['spto', 'it must be spot or usdm (did you mean "spot"?)'],
  ['', 'it must be spot or usdm'],
])('choiceOption() refuses "%s"', (text, message) => {
  expect(() => choiceOption('--market', ['spot', 'usdm'])(text)).toThrow(message);
});
