// Funding is paid on the hour of the exchange; the clock of the bot may be ahead of it.
import { describe, expect, test } from 'vitest';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { applyFunding, fundingDueTime, reportTrade } from './funding.js';
import type { LiveTrade } from './live-trade.js';
import { initialMemory } from './memory.js';
import type { Position } from './position.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';

const ENTRY = Date.UTC(2024, 0, 9, 14, 32);
const HOUR = Date.UTC(2024, 0, 9, 16);
const EXIT = HOUR + 26 * 60_000;
const TRADE = {
  entryFillTime: ENTRY,
  exitFillTime: EXIT,
  orders: ['a', 'b'] as readonly string[],
} as LiveTrade;

/** A bot of USD-M that has held something since the entry, and was paid nothing so far. */
function turnOf(clockOffsetMsMax: number, memory: object = {}): Turn {
  const settings = busySettings({ market: 'usdm' });
  const state = startState(initialMemory(settings), 10);
  return {
    ...state,
    time: EXIT,
    context: resolvedContext({
      strategyOf: findStrategy,
      limits: { ...DEFAULT_LIVE_LIMITS, clockOffsetMsMax },
    }),
    memory: {
      ...state.memory,
      position: { firstFillTime: ENTRY } as Position,
      fundingLookTime: HOUR - 1_000,
      ...memory,
    },
    effects: [],
  };
}

describe.each([
  [500, 10_500],
  [150_000, 160_000],
])('a clock that may be ahead by %i ms', (clockOffsetMsMax, afterMs) => {
  test('asks only when the payment is there by the clock of the exchange', () => {
    expect(fundingDueTime(turnOf(clockOffsetMsMax))).toBe(HOUR + afterMs);
  });

  test('asks again for an hour that it looked at too early', () => {
    const early = { fundingLookTime: HOUR + afterMs - 1 };
    expect(fundingDueTime(turnOf(clockOffsetMsMax, early))).toBe(HOUR + afterMs);
  });

  test.each([
    ['too early', afterMs - 1, 1],
    ['late enough', afterMs, 0],
  ])('a trade that ended after a look %s waits for its row: %i ms', (_, lookedMs, waiting) => {
    const turn = turnOf(clockOffsetMsMax, { fundingLookTime: HOUR + lookedMs });
    reportTrade(turn, TRADE, ENTRY);
    expect(turn.memory.unreported).toHaveLength(waiting);
  });

  test('its row goes out with the answer to a look late enough, not before', () => {
    const waiting = { trade: TRADE, fundingTime: ENTRY, untilTime: Number.POSITIVE_INFINITY };
    const turn = turnOf(clockOffsetMsMax, { position: null, unreported: [waiting] });
    applyFunding(turn, HOUR + afterMs - 1, []);
    expect(turn.memory.unreported).toHaveLength(1);
    applyFunding(turn, HOUR + afterMs, []);
    expect(turn.memory.unreported).toHaveLength(0);
  });
});
