import { expect, test } from 'vitest';
import { findStrategy, StrategyWithheld } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { applyCandles } from './apply-candles.js';
import { initialMemory } from './memory.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn, timeframeOf } from './turn.js';

type Listening = { -readonly [Key in keyof Turn]: Turn[Key] };

/** A bot that knows candle 1. */
function listening(): Listening {
  const turn = {
    ...startState(initialMemory(busySettings({})), 10),
    time: 0,
    context: resolvedContext({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS }),
    effects: [],
  };
  apply(turn, 1, 0, 'back-fill');
  return turn;
}

/** The candle of a number arrives so long after its close. */
function apply(
  turn: Listening,
  number: number,
  lateMs: number,
  source: 'stream' | 'back-fill' = 'stream',
): void {
  const { lengthMs } = timeframeOf(turn);
  const openTime = number * lengthMs;
  turn.time = openTime + lengthMs + lateMs;
  const candle = { openTime, open: 100, high: 101, low: 99, close: 100, volume: 1 };
  applyCandles(turn, [candle], source);
}

const LATE = DEFAULT_LIVE_LIMITS.decisionAgeMsMax / 2;

test('candles that are handled long after their close are noted', () => {
  const turn = listening();
  const { lengthMs } = timeframeOf(turn);
  apply(turn, 2, LATE);
  expect(turn.memory.degradations).toEqual([]);
  apply(turn, 3, LATE + 1);
  expect(turn.memory.degradations).toEqual([
    { reason: 'candles-late', fromTime: 4 * lengthMs, toTime: 4 * lengthMs + LATE + 1 },
  ]);
});

test('late candles one after the other are one stretch, later ones another', () => {
  const turn = listening();
  const { lengthMs } = timeframeOf(turn);
  apply(turn, 2, lengthMs);
  apply(turn, 3, lengthMs);
  apply(turn, 4, 0);
  apply(turn, 5, LATE + 1);
  expect(turn.memory.degradations).toEqual([
    { reason: 'candles-late', fromTime: 3 * lengthMs, toTime: 5 * lengthMs },
    { reason: 'candles-late', fromTime: 6 * lengthMs, toTime: 6 * lengthMs + LATE + 1 },
  ]);
});

test('a strategy that is withheld decides nothing, and is not reported again', () => {
  const turn = listening();
  const strategy = { ...findStrategy('MACross') };
  turn.context = resolvedContext({ strategyOf: () => strategy, limits: DEFAULT_LIVE_LIMITS });
  // Programs are kept by their settings.
  turn.memory = { ...turn.memory, settings: { ...turn.memory.settings } };
  strategy.signals = () => {
    throw new StrategyWithheld('it cannot be loaded');
  };
  apply(turn, 2, 0);
  expect(turn.observed.strategyError).toBe('it cannot be loaded');
  expect(turn.observed.lastSignal).toBeUndefined();
  expect(turn.effects.filter(({ type }) => type === 'alert')).toEqual([]);
  strategy.signals = () => {
    throw new Error('a bug');
  };
  apply(turn, 3, 0);
  expect(turn.effects.filter(({ type }) => type === 'alert')).toHaveLength(1);
});
