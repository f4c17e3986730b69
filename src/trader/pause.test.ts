import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { pause } from './pause.js';

test('a pause ends by itself, early with its signal, and leaves nothing behind', async () => {
  const stop = new AbortController();
  for (let i = 0; i < 20; i++) await pause(0, stop.signal);
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  const startTime = Date.now();
  setTimeout(() => stop.abort(), 10);
  await pause(60_000, stop.signal);
  await pause(60_000, stop.signal);
  expect(Date.now() - startTime).toBeLessThan(5_000);
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
});
