import { describe, expect, test } from 'vitest';
import { SteadyClock } from '../../exchange/index.js';
import { findStrategy } from '../../strategies/index.js';
import { DEFAULT_LIVE_LIMITS } from '../core/index.js';
import { Journal } from '../journal/index.js';
import { SimulatedDisk } from '../simulation/simulated-disk.contract.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { BotRunner, type RunnerPorts } from './bot-runner.js';

const NOW = Date.UTC(2026, 0, 5);
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const stop = (): void => undefined;

/** A bot whose exchange answers nothing but the time, when the test says so. */
async function started(shared?: (clock: SteadyClock) => void, mayDecide?: Promise<void>) {
  const machine = { wall: NOW, monotonic: 0 };
  const clock = new SteadyClock({
    now: () => machine.wall,
    monotonic: () => machine.monotonic,
    after: () => stop,
  });
  shared?.(clock);
  const answers: ((time: number) => void)[] = [];
  const fetched: number[] = [];
  const ports = {
    clock,
    journal: await Journal.open(new SimulatedDisk(), busySettings(), {}),
    broker: { market: 'spot', account: never, openOrders: never, query: never, fills: never },
    instruments: { instrumentRules: never },
    candles: {
      pageCandlesMax: 1_000,
      candles: (query: { readonly startTime: number }) => {
        fetched.push(query.startTime);
        return never();
      },
      serverTime: () => new Promise<number>((resolve) => answers.push(resolve)),
    },
    feed: { subscribe: () => stop },
    userEvents: { subscribe: () => stop },
    onAlert: () => undefined,
    onTrade: () => undefined,
  } as unknown as RunnerPorts;
  const context = { strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS };
  const options = { historyCandles: 10, ...(mayDecide && { mayDecide }) };
  const runner = new BotRunner(ports, context, options);
  runner.start();
  await runner.settled();
  const answer = async (time: number): Promise<void> => {
    for (const resolve of answers.splice(0)) resolve(time);
    await new Promise((resolve) => setImmediate(resolve));
    await runner.settled();
  };
  return { runner, machine, answer, fetched, offset: () => runner.state.observed.clockOffsetMs };
}

describe('the time', () => {
  test('that the exchange told this process is known before the first decision', async () => {
    const { offset } = await started((clock) => clock.set(NOW + 4_000));
    expect(offset()).toBe(0);
  });

  test('is not known before it was asked for', async () => {
    const { offset } = await started();
    expect(offset()).toBeUndefined();
  });

  test('of the exchange replaces the one of a machine whose clock is wrong', async () => {
    const { runner, offset, answer } = await started();
    await answer(NOW + 3_600_000);
    expect(offset()).toBe(0);
    expect(runner.time).toBe(NOW + 3_600_000 - 50);
  });

  test.each([3_600_000, -3_600_000])(
    'does not move when the machine is set by %s ms',
    async (step) => {
      const { runner, machine, offset, answer } = await started();
      await answer(NOW);
      machine.wall += step;
      runner.command('halt');
      await runner.settled();
      expect(offset()).toBeUndefined();
      await answer(NOW);
      expect(offset()).toBeLessThanOrEqual(0);
      expect(Math.abs(runner.time - NOW)).toBeLessThan(100);
    },
  );

  test('goes on by as much as the machine slept', async () => {
    const { runner, machine, answer } = await started();
    await answer(NOW);
    const week = 7 * 86_400_000;
    machine.wall += week;
    runner.command('halt');
    await runner.settled();
    await answer(NOW + week);
    expect(runner.time).toBe(NOW + week - 50);
    expect(runner.state.memory.degradations.map(({ reason }) => reason)).toContain('asleep');
  });
});

describe('the history', () => {
  test('is fetched at once where nothing has to be checked before', async () => {
    const { fetched, answer } = await started();
    await answer(NOW);
    expect(fetched).toHaveLength(1);
  });

  test('is fetched once, and not before strategies may decide', async () => {
    let open = (): void => undefined;
    const mayDecide = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { runner, machine, fetched, answer } = await started(undefined, mayDecide);
    for (let k = 0; k < 4; k++) {
      await answer(NOW + machine.monotonic);
      machine.monotonic += 20_000;
      machine.wall += 20_000;
      runner.command('halt');
      await runner.settled();
    }
    expect(fetched).toEqual([]);
    open();
    await new Promise((resolve) => setImmediate(resolve));
    await answer(NOW + machine.monotonic);
    expect(fetched).toHaveLength(1);
  });
});
