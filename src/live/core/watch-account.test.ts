import { expect, test } from 'vitest';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { initialMemory } from './memory.js';
import type { Position } from './position.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';
import { watchAccount } from './watch-account.js';

const MAX = DEFAULT_LIVE_LIMITS.accountAgeMsMax;
/** A bot that saw the account at 1,000 ms. */
const turnAt = (time: number, isHolding: boolean, unseenAlarm: boolean): Turn => {
  const state = startState(initialMemory(busySettings()), 10);
  return {
    ...state,
    memory: { ...state.memory, position: isHolding ? ({} as Position) : null },
    senses: { ...state.senses, seenTime: 1_000, unseenAlarm },
    time,
    context: { strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS },
    effects: [],
  };
};

test.each<[string, number, boolean, boolean, string[], boolean]>([
  ['is no news at first', 1_000 + MAX, true, false, [], false],
  ['is told after a while', 1_001 + MAX, true, false, ['alarm account-unseen'], true],
  ['is told once', 2_000 + MAX, true, true, [], true],
  ['is nobody’s worry without a position', 1_001 + MAX, false, false, [], false],
  ['that is over is told', 1_500, true, true, ['info account-seen'], false],
  ['is forgotten with the position', 2_000 + MAX, false, true, [], false],
])('an account that cannot be seen %s', (_, time, isHolding, before, told, after) => {
  const turn = turnAt(time, isHolding, before);
  watchAccount(turn);
  const alerts = turn.effects.flatMap((effect) =>
    effect.type === 'alert' ? [`${effect.level} ${effect.code}`] : [],
  );
  expect(alerts).toEqual(told);
  expect(turn.senses.unseenAlarm).toBe(after);
});
