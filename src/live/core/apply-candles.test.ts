import { expect, test } from 'vitest';
import { findStrategy, StrategyWithheld } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { applyCandles } from './apply-candles.js';
import { initialMemory } from './memory.js';
import { environmentOf } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, type StepContext, startState, timeframeOf } from './step-context.js';

type Listening = { -readonly [Key in keyof StepContext]: StepContext[Key] };

/** A bot that knows candle 1. */
function listening(): Listening {
  const ctx = {
    ...startState(initialMemory(busySettings({})), 10),
    time: 0,
    env: environmentOf({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS }),
    effects: [],
  };
  apply(ctx, 1, 0, 'back-fill');
  return ctx;
}

/** The candle of a number arrives so long after its close. */
function apply(
  ctx: Listening,
  number: number,
  lateMs: number,
  source: 'stream' | 'back-fill' = 'stream',
): void {
  const { lengthMs } = timeframeOf(ctx);
  const openTime = number * lengthMs;
  ctx.time = openTime + lengthMs + lateMs;
  const candle = { openTime, open: 100, high: 101, low: 99, close: 100, volume: 1 };
  applyCandles(ctx, [candle], source);
}

const LATE = DEFAULT_LIVE_LIMITS.decisionAgeMsMax / 2;

test('candles that are handled long after their close are noted', () => {
  const ctx = listening();
  const { lengthMs } = timeframeOf(ctx);
  apply(ctx, 2, LATE);
  expect(ctx.memory.degradations).toEqual([]);
  apply(ctx, 3, LATE + 1);
  expect(ctx.memory.degradations).toEqual([
    { reason: 'candles-late', fromTime: 4 * lengthMs, toTime: 4 * lengthMs + LATE + 1 },
  ]);
});

test('late candles one after the other are one stretch, later ones another', () => {
  const ctx = listening();
  const { lengthMs } = timeframeOf(ctx);
  apply(ctx, 2, lengthMs);
  apply(ctx, 3, lengthMs);
  apply(ctx, 4, 0);
  apply(ctx, 5, LATE + 1);
  expect(ctx.memory.degradations).toEqual([
    { reason: 'candles-late', fromTime: 3 * lengthMs, toTime: 5 * lengthMs },
    { reason: 'candles-late', fromTime: 6 * lengthMs, toTime: 6 * lengthMs + LATE + 1 },
  ]);
});

test('a strategy that is withheld decides nothing, and is not reported again', () => {
  const ctx = listening();
  const strategy = { ...findStrategy('MACross') };
  ctx.env = environmentOf({ strategyOf: () => strategy, limits: DEFAULT_LIVE_LIMITS });
  // Programs are kept by their settings.
  ctx.memory = { ...ctx.memory, settings: { ...ctx.memory.settings } };
  strategy.signals = () => {
    throw new StrategyWithheld('it cannot be loaded');
  };
  apply(ctx, 2, 0);
  expect(ctx.observed.strategyError).toBe('it cannot be loaded');
  expect(ctx.observed.lastSignal).toBeUndefined();
  expect(ctx.effects.filter(({ type }) => type === 'alert')).toEqual([]);
  strategy.signals = () => {
    throw new Error('a bug');
  };
  apply(ctx, 3, 0);
  expect(ctx.effects.filter(({ type }) => type === 'alert')).toHaveLength(1);
});
