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

  test('does not tell a sleep from a clock that was set; what the exchange says decides it', () => {
    const { state, clock } = machine();
    const steady = new SteadyClock(clock);
    state.wall += HOUR;
    expect(steady.isDisturbed).toBe(true);
    steady.set(NOW + HOUR);
    expect([steady.now(), steady.isDisturbed]).toEqual([NOW + HOUR, false]);
  });

  describe('lags', () => {
    /** Slept for an hour; the exchange was asked for the time before. */
    function slept() {
      const { state, clock, pass } = machine();
      const steady = new SteadyClock(clock);
      steady.set(NOW + 250);
      pass(60_000);
      state.wall += HOUR;
      return { state, steady, trueTime: NOW + 250 + 60_000 + HOUR };
    }

    test('by what frames of the exchange and the clock of the machine both show after a sleep', () => {
      const { steady, trueTime } = slept();
      expect(steady.lagMs).toBe(0);
      steady.witness(trueTime - 300);
      expect(steady.lagMs).toBe(HOUR - 300);
      steady.witness(trueTime - 400);
      expect(steady.lagMs).toBe(HOUR - 300);
      steady.set(trueTime);
      expect(steady.lagMs).toBe(0);
    });

    test.each<[string, number, number]>([
      ['a clock of the machine that was set ahead proves nothing', HOUR, 0],
      ['a frame of tomorrow proves nothing', 0, 86_400_000],
      ['not even beside a clock that was set ahead', HOUR, 86_400_000],
    ])('%s', (_, setMs, frameMs) => {
      const { state, clock, pass } = machine();
      const steady = new SteadyClock(clock);
      steady.set(NOW);
      pass(60_000);
      state.wall += setMs;
      steady.witness(NOW + 60_000 + frameMs);
      expect(steady.lagMs).toBe(0);
    });

    test('never ahead', () => {
      const { state, steady, trueTime } = slept();
      state.wall -= 2 * HOUR;
      steady.witness(trueTime);
      expect(steady.lagMs).toBe(0);
    });
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
