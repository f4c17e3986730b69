import { expect, test } from 'vitest';
import { findStrategy, StrategyWithheld } from '../strategies/index.js';
import { StrategyGate } from './strategy-gate.js';

const strategy = findStrategy('MACross');
const candles = { length: 3 } as never;

test('a strategy that is sound decides as it is, also after it was withheld', () => {
  const gate = new StrategyGate();
  const given = { ...strategy, signals: () => new Int8Array([0, 1, -1]) };
  const guarded = gate.guard(given);
  expect(gate.guard(given)).toBe(guarded);
  expect([...guarded.signals(candles, {})]).toEqual([0, 1, -1]);
  gate.judge(given, 'it looks ahead');
  expect(gate.isWithheld(given)).toBe(true);
  expect(() => guarded.signals(candles, {})).toThrow(new StrategyWithheld('it looks ahead'));
  gate.judge(given, undefined);
  expect(gate.isWithheld(given)).toBe(false);
  expect([...guarded.signals(candles, {})]).toEqual([0, 1, -1]);
});

test('one strategy that is withheld does not withhold another', () => {
  const gate = new StrategyGate();
  const [one, other] = [{ ...strategy }, { ...strategy, signals: () => new Int8Array([1]) }];
  gate.judge(one, 'it looks ahead');
  expect([...gate.guard(other).signals(candles, {})]).toEqual([1]);
});

test('it opens once, for everybody who waits', async () => {
  const gate = new StrategyGate();
  let opened = 0;
  const waiting = [gate.opened, gate.opened].map((wait) => wait.then(() => opened++));
  await Promise.resolve();
  expect(opened).toBe(0);
  gate.open();
  gate.open();
  await Promise.all(waiting);
  expect(opened).toBe(2);
});
