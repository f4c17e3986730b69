import { expect, test } from 'vitest';
import { defineStrategy } from '../../strategies/define-strategy.js';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { applyCandles } from './apply-candles.js';
import { initialMemory } from './memory.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn, timeframeOf } from './turn.js';

type Listening = { -readonly [Key in keyof Turn]: Turn[Key] };

/** A bot of a strategy that has scores up to a candle, and the candles up to another. */
function watching(
  lastScore: number,
  signalOf: (score: number) => number,
): Listening & { close(number: number): void } {
  const strategy = defineStrategy({
    name: 'Scored',
    warmUp: 0,
    signals:
      ({ candles }) =>
      (i) =>
        signalOf(candles.openTime[i]! / 300_000 <= lastScore ? 1 : Number.NaN),
  });
  const state = startState(initialMemory(busySettings({ strategy: 'Scored', params: {} })), 100);
  const turn: Listening = {
    ...state,
    // A step has observed of its own.
    observed: { ...state.observed },
    time: 0,
    context: resolvedContext({
      strategyOf: (name) => (name === 'Scored' ? strategy : findStrategy(name)),
      limits: DEFAULT_LIVE_LIMITS,
    }),
    effects: [],
  };
  const { lengthMs } = timeframeOf(turn);
  const close = (number: number): void => {
    turn.time = (number + 1) * lengthMs;
    const candle = {
      openTime: number * lengthMs,
      open: 100,
      high: 101,
      low: 99,
      close: 100,
      volume: 1,
    };
    applyCandles(turn, [candle], 'back-fill');
  };
  return Object.assign(turn, { close });
}
const said = ({ effects }: Turn): string[] =>
  effects.flatMap((effect) =>
    effect.type === 'alert' && effect.code.startsWith('inputs') ? [effect.code] : [],
  );

test('scores that end are said once, in the status as well, until they go on', () => {
  let end = 12;
  const turn = watching(1e9, (score) => score);
  const { close } = turn;
  const ending = watching(end, (score) => score);
  for (let i = 10; i < 20; i++) ending.close(i);
  expect(said(ending)).toEqual(['inputs-undefined']);
  expect(ending.observed.inputsText).toContain('undefined: signal');
  for (end = 10; end < 20; end++) close(end);
  expect(said(turn)).toEqual([]);
  expect(turn.observed.inputsText).toBeUndefined();
});

test('a strategy without a signal on any candle is said once there are many', () => {
  const turn = watching(1e9, () => 0);
  for (let i = 10; i < 70; i++) turn.close(i);
  expect(said(turn)).toEqual(['inputs-undefined']);
  expect(turn.observed.inputsText).toContain('no signal on any of the');
});

test('one with a signal now and then is not', () => {
  const turn = watching(1e9, (score) => score);
  for (let i = 10; i < 70; i++) turn.close(i);
  expect(said(turn)).toEqual([]);
});
