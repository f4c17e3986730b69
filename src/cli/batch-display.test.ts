import { expect, test } from 'vitest';
import { createBatchDisplay } from './batch-display.js';

/** Two optimizations at once: the first reports every second, and ends after 25 s. */
function run(showsProgress: boolean): string[] {
  const lines: string[] = [];
  let time = 0;
  const display = createBatchDisplay(
    {
      showsProgress,
      note: (text) => void lines.push(text),
      redraw: (text) => void lines.push(`redraw ${text}`),
    },
    3,
    () => time,
  );
  display.start('MACross BTCUSDT');
  display.start('LongShort BTCUSDT');
  for (; time < 25_000; time += 1_000) {
    display.update('MACross BTCUSDT', { done: time, total: 25_000 });
  }
  display.finish('MACross BTCUSDT', 'done');
  display.end();
  return lines;
}

test('piped, a batch is heard of every ten seconds', () => {
  expect(run(false)).toEqual([
    'MACross BTCUSDT: started',
    'LongShort BTCUSDT: started',
    '0 of 3 done  MACross BTCUSDT 40 %  LongShort BTCUSDT 0 %',
    '0 of 3 done  MACross BTCUSDT 80 %  LongShort BTCUSDT 0 %',
    'MACross BTCUSDT: done (1 of 3)',
  ]);
});

test('on a terminal one line redraws itself', () => {
  const lines = run(true);
  expect(lines.slice(0, 3)).toEqual([
    'redraw 0 of 3 done  MACross BTCUSDT 0 %',
    'redraw 0 of 3 done  MACross BTCUSDT 4 %  LongShort BTCUSDT 0 %',
    'redraw 0 of 3 done  MACross BTCUSDT 8 %  LongShort BTCUSDT 0 %',
  ]);
  expect(lines.slice(-3)).toEqual(['redraw ', 'MACross BTCUSDT: done (1 of 3)', 'redraw ']);
});
