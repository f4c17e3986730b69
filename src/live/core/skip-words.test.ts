import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { durationText, moneyText } from './amount-text.js';
import { initialMemory } from './memory.js';
import { skipWords } from './skip-words.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, type ObservedState, startState, type Turn } from './turn.js';

const TIME = Date.UTC(2026, 0, 1, 12, 5);
const CANDLE = TIME - 300_000;

function turn(observed: Partial<ObservedState> = {}, memory: Partial<Turn['memory']> = {}): Turn {
  const state = startState(initialMemory(busySettings()), 10);
  const context = resolvedContext({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS });
  return {
    ...state,
    memory: { ...state.memory, ...memory },
    observed: { ...state.observed, ...observed },
    ...{ time: TIME, context, effects: [] },
  };
}

describe('an entry that is skipped says why with numbers', () => {
  test.each<[string, Turn, string]>([
    [
      'late',
      { ...turn(), time: TIME + 90_000 },
      'its candle closed 90 s ago, the limit is 60 s (late)',
    ],
    [
      'clock-skew',
      turn({ clockOffsetMs: -1_234 }),
      'the clock of this machine is 1.2 s off, the limit is 500 ms (clock-skew)',
    ],
    ['clock-skew', turn(), 'the clock offset to the exchange is not measured yet (clock-skew)'],
    [
      'market-data-stale',
      turn({ priceTime: TIME - 45_000 }),
      'the last price is 45 s old (market-data-stale)',
    ],
    ['market-data-stale', turn(), 'no price received yet (market-data-stale)'],
    [
      'account-stale',
      turn({ seenTime: TIME - 150_000 }),
      'the account has not been read for 3 min (account-stale)',
    ],
    [
      'exchange-quiet',
      turn({}, { quietUntil: TIME + 60_000 }),
      'requests are suspended until 12:06:00 UTC (exchange-quiet)',
    ],
    [
      'daily-loss-limit',
      turn(
        {},
        {
          ...{ day: Math.floor(TIME / 86_400_000), dayPnl: decimal('-51.2') },
          settings: { ...busySettings(), risk: { maxDailyLoss: 50 } },
        },
      ),
      'the loss of the day is 51.20 USDT, the limit is 50.00 USDT',
    ],
    ['halted', turn(), 'the bot is halted; wus trader resume allows entries again'],
    ['order failed (filter)', turn(), 'order failed (filter)'],
    [
      'clock-skew, halted',
      turn({ clockOffsetMs: 600 }),
      'the clock of this machine is 600 ms off, the limit is 500 ms (clock-skew); the bot is halted; wus trader resume allows entries again',
    ],
  ])('%s', (reason, at, words) => {
    expect(skipWords(at, CANDLE, reason)).toBe(words);
  });
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_500, '1.5 s'],
  [119_999, '120 s'],
  [180_000, '3 min'],
  [9_000_000, '2.5 h'],
])('durationText(%d)', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('moneyText() has the unit of the pair and digits that count', () => {
  expect(moneyText(turn(), 9_918)).toBe('9,918.00 USDT');
  expect(moneyText(turn(), -0.0000123)).toBe('-0.0000123 USDT');
});
