import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ALARMS_PER_MINUTE,
  ALARMS_PER_SOURCE,
  AlertBudget,
  type AlertNews,
  NOTICES_PER_MINUTE,
  withoutNumbers,
} from './alert-budget.js';
import type { LineLevel } from './bot-session.js';

const MINUTE = 60_000;

function budget() {
  const box = new AlertBudget();
  const sent: string[] = [];
  return {
    box,
    sent,
    take: (level: LineLevel, text: string, now: number, part: Partial<AlertNews> = {}): void => {
      const source = text.split(' ')[0]!;
      const message = box.take({ level, text, topic: text, source, ...part }, now);
      if (message !== undefined) sent.push(message.text);
    },
    wait: (now: number): void => void sent.push(...box.due(now).map(({ text }) => text)),
  };
}

describe('what one bot says leaves room for the others', () => {
  test('when it repeats one alarm', () => {
    const { take, sent } = budget();
    for (let i = 0; i < 40; i++) take('alarm', 'BTC exit order not sent', i * 100);
    take('alarm', 'ETH no stop rests', 4_000);
    expect(sent).toEqual(['BTC exit order not sent', 'ETH no stop rests']);
  });

  test('when it has a new alarm each time', () => {
    const { take, sent } = budget();
    for (let i = 0; i < 40; i++) take('alarm', `BTC trouble ${i}`, i * 100);
    take('alarm', 'ETH no stop rests', 4_000);
    expect(sent).toHaveLength(ALARMS_PER_SOURCE + 1);
    expect(sent.at(-1)).toBe('ETH no stop rests');
  });

  test('when all of the notices are used up', () => {
    const { take, sent } = budget();
    for (let i = 0; i < 100; i++) take(i % 2 === 0 ? 'info' : 'warning', `BTC trade ${i}`, 0);
    take('alarm', 'ETH no stop rests', 0);
    expect(sent).toHaveLength(NOTICES_PER_MINUTE + 1);
    expect(sent.at(-1)).toBe(`ETH no stop rests\n(${100 - NOTICES_PER_MINUTE} more were not sent)`);
  });
});

describe('repeats', () => {
  test('are said once, with their number, and then half as often', () => {
    const { take, wait, sent } = budget();
    for (let second = 0; second < 150; second++) {
      wait(second * 1_000);
      take('alarm', 'BTC exit order not sent', second * 1_000);
    }
    wait(181_000);
    expect(sent).toEqual([
      'BTC exit order not sent',
      'BTC exit order not sent … and 59 more in a minute',
      'BTC exit order not sent … and 90 more in 2 minutes',
    ]);
  });

  test('after a minute of silence are news again', () => {
    const { take, wait, sent } = budget();
    take('alarm', 'BTC no stop rests', 0);
    wait(MINUTE);
    take('alarm', 'BTC no stop rests', MINUTE + 1);
    expect(sent).toEqual(['BTC no stop rests', 'BTC no stop rests']);
  });

  test('of one topic are repeats whatever their numbers', () => {
    const { take, wait, sent } = budget();
    for (let i = 0; i < 5; i++)
      take('alarm', `BTC needs ${i} USDT`, i, { topic: withoutNumbers(`BTC needs ${i} USDT`) });
    wait(MINUTE);
    expect(sent).toEqual(['BTC needs 0 USDT', 'BTC needs 4 USDT … and 4 more in a minute']);
  });

  test('of trades are trades', () => {
    const { take, sent } = budget();
    for (let i = 0; i < 3; i++) take('info', 'BTC exit: +1.00', i);
    expect(sent).toHaveLength(3);
  });

  test('that wait are told at the end', () => {
    const { box, take } = budget();
    for (let i = 0; i < 3; i++) take('warning', 'BTC late', i);
    expect(box.rest(10).map(({ text }) => text)).toEqual(['BTC late … and 2 more in a minute']);
  });
});

test('alarms beyond the minute wait for the next, none is lost', () => {
  const { take, wait, sent } = budget();
  for (let bot = 0; bot < 30; bot++) take('alarm', `BOT${bot} no stop rests`, bot);
  expect(sent).toHaveLength(ALARMS_PER_MINUTE);
  wait(MINUTE);
  wait(MINUTE + 50);
  expect(new Set(sent).size).toBe(30);
});

test('notices that were too many are told although nothing follows', () => {
  const { take, wait, sent, box } = budget();
  for (let i = 0; i < 20; i++) take('info', `BTC trade ${i}`, 0);
  expect(box.dueTime).toBe(MINUTE);
  wait(MINUTE);
  expect(sent.at(-1)).toMatch(/^5 messages were not sent/);
  expect(box.dueTime).toBeUndefined();
});

test('whatever comes, a minute never has more than its share, and every alarm is sent, counted or waits', () => {
  const news = fc.record({
    level: fc.constantFrom<LineLevel>('info', 'warning', 'alarm'),
    bot: fc.integer({ min: 0, max: 9 }),
    what: fc.integer({ min: 0, max: 4 }),
    afterMs: fc.integer({ min: 0, max: 5_000 }),
  });
  fc.assert(
    fc.property(fc.array(news, { maxLength: 300 }), (all) => {
      const box = new AlertBudget();
      const sent: { time: number; level: LineLevel; text: string }[] = [];
      let now = 0;
      for (const { level, bot, what, afterMs } of all) {
        now += afterMs;
        for (const message of box.due(now)) sent.push({ time: now, ...message });
        const text = `BOT${bot} ${level} trouble-${'abcde'[what]}`;
        const message = box.take({ level, text, topic: text, source: `BOT${bot}` }, now);
        if (message !== undefined) sent.push({ time: now, ...message });
      }
      const fresh = sent.filter(({ text }) => !/ and \d+ more in | were not sent, /.test(text));
      for (const { time } of fresh) {
        const inMinute = fresh.filter((one) => one.time > time - MINUTE && one.time <= time);
        const alarms = inMinute.filter(({ level }) => level === 'alarm').length;
        expect(alarms).toBeLessThanOrEqual(ALARMS_PER_MINUTE);
        expect(inMinute.length - alarms).toBeLessThanOrEqual(NOTICES_PER_MINUTE);
      }
      const rest = box.rest(now).map(({ text }) => text);
      const told = [...sent.map(({ text }) => text), ...rest].join('\n');
      for (const { level, bot, what } of all.filter((one) => one.level === 'alarm')) {
        expect(told).toContain(`BOT${bot} ${level} trouble-${'abcde'[what]}`);
      }
    }),
    { numRuns: 100, seed: 20_261_130 },
  );
});

test.each([
  ['the loss reached 1,234.50: no entries', 'the loss reached #: no entries'],
  ['at 11-30 14:00:01 it took 12 s', 'at # # it took # s'],
  ['1000PEPEUSDT stays', '1000PEPEUSDT stays'],
  ['BTCUSDT_250926 stays', 'BTCUSDT_250926 stays'],
  ['BOT3 and -2015 and 1e-8', 'BOT3 and # and 1e-8'],
])('withoutNumbers(%s)', (text, expected) => {
  expect(withoutNumbers(text)).toBe(expected);
});
