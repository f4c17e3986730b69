import { expect, test } from 'vitest';
import { stopTogether } from './stop-together.js';

const never = new Promise<void>(() => undefined);

function botsOf(stops: readonly (() => Promise<void>)[]) {
  const done: string[] = [];
  const bots = stops.map((stop, i) => ({
    blockEntries: () => void done.push(`block ${i}`),
    stop: () => {
      done.push(`stop ${i}`);
      return stop();
    },
  }));
  return { done, bots };
}

test('no bot may enter before the first one is waited for', async () => {
  const { done, bots } = botsOf([() => Promise.resolve(), () => Promise.resolve()]);
  await stopTogether(bots);
  expect(done).toEqual(['block 0', 'block 1', 'stop 0', 'stop 1']);
});

test('seven bots that hang take as long as one', async () => {
  const { done, bots } = botsOf(Array.from({ length: 7 }, () => () => never));
  const startTime = performance.now();
  await stopTogether(bots, 100);
  expect(performance.now() - startTime).toBeLessThan(600);
  expect(done.filter((text) => text.startsWith('stop'))).toHaveLength(7);
});

test('a bot whose stop fails does not keep the others from theirs', async () => {
  const { done, bots } = botsOf([() => Promise.reject(new Error('disk')), () => Promise.resolve()]);
  await stopTogether(bots);
  expect(done).toContain('stop 1');
});
