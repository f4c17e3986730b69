import { expect, test } from 'vitest';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { initialMemory } from './memory.js';
import type { LiveOrder } from './order.js';
import type { Position } from './position.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';
import { watchStuck } from './watch-stuck.js';

const LONG = 2 * DEFAULT_LIVE_LIMITS.absentAfterMs;
const SENT = { leg: 'entry', phase: 'unknown', sentTime: 1_000, request: { clientOrderId: 'e1' } };
const turnAt = (time: number, order: object | null, isHolding = false): Turn => {
  const state = startState(initialMemory(busySettings()), 10);
  return {
    ...state,
    memory: {
      ...state.memory,
      order: order as LiveOrder | null,
      position: isHolding ? ({ exit: null } as Position) : null,
    },
    observed: { ...state.observed },
    time,
    context: resolvedContext({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS }),
    effects: [],
  };
};

test.each<[string, number, object | null, boolean, number]>([
  ['unknown for long is told', 1_000 + LONG, SENT, false, 1],
  ['unknown for less is no news', 999 + LONG, SENT, false, 0],
  ['of which a part is known to be filled is a position', 1_000 + LONG, SENT, true, 0],
  [
    'that is filled, but whose fills cannot be read, is told',
    1_000 + LONG,
    { ...SENT, phase: 'ended' },
    false,
    1,
  ],
  ['that is none is no news', 1_000 + LONG, null, false, 0],
])('an entry %s', (_, time, order, isHolding, told) => {
  const turn = turnAt(time, order, isHolding);
  watchStuck(turn);
  watchStuck(turn);
  expect(turn.effects).toHaveLength(told);
});

test.each<[string, number, number | null, number]>([
  ['not carried out for long is told', 1_000 + LONG, 1_000, 1],
  ['not carried out for less is no news', 999 + LONG, 1_000, 0],
  ['that nobody decided is no news', 1_000 + LONG, null, 0],
])('an exit %s', (_, time, decidedTime, told) => {
  const turn = turnAt(time, null, true);
  const exit = decidedTime === null ? null : ({ reason: 'signal', decidedTime } as const);
  turn.memory = { ...turn.memory, position: { exit } as Position };
  watchStuck(turn);
  watchStuck(turn);
  expect(turn.effects).toHaveLength(told);
});
