import { expect, test } from 'vitest';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { initialMemory, type LiveTrade, tradeOrderIds } from './index.js';
import { step } from './step.js';
import { resolvedContext } from './step-by-name.js';
import { type BotState, DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';
import { keepUnlogged } from './unlogged-trades.js';

const context = resolvedContext({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS });
const trade = (n: number) =>
  ({ orders: [`wus-b1-${n}e-1-1`, `wus-b1-${n}x-1-2`] }) as unknown as LiveTrade;

function botWith(...numbers: number[]): BotState {
  const state = startState(initialMemory(busySettings()), 10);
  const turn: Turn = { ...state, time: 0, context, effects: [] };
  for (const n of numbers) keepUnlogged(turn, trade(n));
  return { ...state, memory: turn.memory };
}

const kept = (state: BotState) => state.memory.unlogged.map((entry) => tradeOrderIds(entry.trade));

test('a reported trade is kept with what names its log', () => {
  expect(botWith(1).memory.unlogged).toEqual([
    { trade: trade(1), market: 'spot', interval: '5m', strategy: 'MovingAverageCrossoverStrategy' },
  ]);
});

test.each<[string, number[], number[], number[]]>([
  ['the only one', [1], [1], []],
  ['one of three', [1, 2, 3], [2], [1, 3]],
  ['all', [1, 2], [1, 2], []],
  ['one that is not kept', [1], [9], [1]],
])('trades-logged forgets %s', (_, before, logged, after) => {
  const state = botWith(...before);
  const orderIds = logged.map((n) => tradeOrderIds(trade(n)));
  const next = step(state, { type: 'trades-logged', time: 1, orderIds }, context).state;
  expect(kept(next)).toEqual(after.map((n) => tradeOrderIds(trade(n))));
});

test('no more than 32 are kept, the newest', () => {
  const state = botWith(...Array.from({ length: 40 }, (_, i) => i));
  expect(kept(state)).toHaveLength(32);
  expect(kept(state)[0]).toBe(tradeOrderIds(trade(8)));
});
