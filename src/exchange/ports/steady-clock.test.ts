import { describe, expect, test } from 'vitest';
import { sendPermit } from './clock.js';
import { SteadyClock } from './steady-clock.js';
import { WeightBudget } from './weight-budget.js';

const NOW = Date.UTC(2026, 0, 5);
const HOUR = 3_600_000;

/** A machine whose clock may be set, and that may sleep. */
function machine() {
  const state = { wall: NOW, monotonic: 5_000 };
  const clock = {
    now: () => state.wall,
    monotonic: () => state.monotonic,
    after: () => () => undefined,
  };
  const pass = (ms: number): void => {
    state.wall += ms;
    state.monotonic += ms;
  };
  return { state, clock, pass };
}

describe('SteadyClock', () => {
  test.each([HOUR, -HOUR, 3 * 86_400_000])(
    'is not moved when the machine is set by %s ms',
    (step) => {
      const { state, clock, pass } = machine();
      const steady = new SteadyClock(clock);
      pass(1_000);
      state.wall += step;
      pass(1_000);
      expect(steady.now()).toBe(NOW + 2_000);
      expect(steady.isDisturbed).toBe(true);
      expect(steady.wallAheadMs).toBe(step);
    },
  );

  test('does not tell a sleep from a clock that was set; what the exchange says ends the doubt', () => {
    const { state, clock } = machine();
    const steady = new SteadyClock(clock);
    state.wall += HOUR;
    expect(steady.isDisturbed).toBe(true);
    steady.set(NOW + HOUR);
    expect([steady.now(), steady.isDisturbed]).toEqual([NOW + HOUR, false]);
  });

  test('is not disturbed by a clock that is nudged', () => {
    const { state, clock, pass } = machine();
    const steady = new SteadyClock(clock);
    pass(HOUR);
    state.wall += 400;
    expect(steady.isDisturbed).toBe(false);
  });

  test('follows a clock that has no monotonic part, and cannot be set', () => {
    let now = NOW;
    const steady = new SteadyClock({ now: () => now, after: () => () => undefined });
    now += HOUR;
    steady.set(NOW);
    expect([steady.now(), steady.isAdjustable]).toEqual([NOW + HOUR, false]);
  });
});

test.each([HOUR, -HOUR])(
  'leave to send lasts as long as it lasts when the clock is set by %s ms',
  (step) => {
    const { state, clock, pass } = machine();
    const permit = sendPermit(clock, 3_000);
    state.wall += step;
    pass(1_000);
    expect(permit.remainingMs()).toBe(2_000);
  },
);

test('a budget whose clock was an hour ahead counts by minutes again at once', () => {
  const budget = new WeightBudget({ limit: 100, reserve: 0 });
  budget.request(NOW + HOUR, 90);
  expect(budget.request(NOW, 90)).toEqual({ kind: 'go' });
  expect(budget.request(NOW + 60_000, 90)).toEqual({ kind: 'go' });
});
