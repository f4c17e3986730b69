import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { BotMemory } from './memory.js';
import { fromJournalText, toJournalText } from './memory.js';
import { entering, inPosition, SteppedBot, sent } from './stepped-bot.contract.js';

const HOUR = 3_600_000;

/** Times that lie in the future, by the path of their part. */
function timesAfter(now: number, part: unknown, path = ''): string[] {
  if (typeof part === 'number')
    return part > now + 120_000 && part < 1e13 && /Time|Since|Until|time/.test(path) ? [path] : [];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) => timesAfter(now, value, `${path}.${key}`));
}
/** The clock is ahead for some seconds, in which the bot lives on, and is set right. */
function beAhead(bot: SteppedBot, aheadMs = HOUR): void {
  bot.time += aheadMs;
  bot.live(15_000);
  bot.time -= aheadMs;
  bot.tick();
  bot.step({ type: 'clock', offsetMs: 0 });
}
const kept = ({ state }: SteppedBot) => ({
  ...state.memory,
  ...state.observed,
  candles: undefined,
});

describe.each(['spot', 'usdm'] as const)('after a clock that was ahead, on %s', (market) => {
  test.each([10_000, HOUR, 30 * 86_400_000])(
    'by %s ms, no kept time of a bot in a position lies in the future',
    (ahead) => {
      const bot = inPosition({ market, config: { stop_loss_pct: 0.5 } });
      bot.step({
        type: 'account-failed',
        failure: { outcome: 'refused', reason: 'rate-limit', message: 'slow down' },
      });
      beAhead(bot, ahead);
      expect(timesAfter(bot.time, kept(bot))).toEqual([]);
    },
  );

  test('an exit whose answer is lost is asked for within seconds', () => {
    const bot = inPosition({ market });
    bot.signal = -1;
    const [exit] = sent(bot.close());
    beAhead(bot);
    bot.effects = [];
    bot.live(10_000);
    const asked = bot.effects.filter(({ type }) => type === 'query' || type === 'fetch-account');
    expect(asked.length).toBeGreaterThan(0);
    expect(exit).toBeDefined();
  });

  test('a position leaves the market at the next signal, and the next one is entered', () => {
    const bot = inPosition({ market, config: { direction: 'long' } });
    beAhead(bot);
    bot.signal = -1;
    const [exit] = sent(bot.close());
    expect(exit?.side).toBe('sell');
    bot.fill(exit!);
    bot.live(5_000);
    bot.signal = 1;
    expect(sent(bot.close()).map(({ side }) => side)).toContain('buy');
  });
});

test('an order that was sent by the clock that was ahead is given up only when it can no longer appear', () => {
  const { bot, entry } = entering();
  bot.time += HOUR;
  bot.tick();
  bot.time -= HOUR;
  bot.tick();
  const answer = {
    type: 'query-answer',
    clientOrderId: entry.clientOrderId,
    report: undefined,
  } as const;
  bot.step({ ...answer, askedTime: bot.time + HOUR });
  expect(bot.memory.order).not.toBeNull();
  bot.step({ ...answer, askedTime: bot.time });
  expect(bot.memory.order).not.toBeNull();
  bot.live(30_000);
  bot.step({ ...answer, askedTime: bot.time });
  expect(bot.memory.order).toBeNull();
});

test('an account asked for by the clock that was ahead is not seen; it is asked for again', () => {
  const bot = new SteppedBot().boot();
  bot.time += HOUR;
  bot.look();
  bot.time -= HOUR;
  const effects = bot.tick();
  expect(effects.map(({ type }) => type)).toContain('fetch-account');
  bot.account.quote = decimal('1');
  bot.look(bot.time + HOUR);
  expect(bot.state.observed.quoteFree).not.toBe(decimal('1'));
});

test('a state of a process whose clock was ahead makes the next one wait for nothing', () => {
  const bot = inPosition();
  bot.time += HOUR;
  bot.live(60_000);
  const memory = fromJournalText(toJournalText(bot.memory)) as BotMemory;
  const next = new SteppedBot({ memory });
  next.account = bot.account;
  next.time = bot.time - HOUR;
  next.boot();
  expect(timesAfter(next.time, kept(next))).toEqual([]);
});

test('losses of a day that has not come count today', () => {
  const bot = inPosition();
  bot.time += 86_400_000;
  bot.step({ type: 'clock', offsetMs: 0 });
  bot.step({ type: 'command', command: 'flatten' });
  bot.live(10_000);
  const exit = sent(bot.effects).at(-1)!;
  bot.price = 90;
  bot.fill(exit);
  bot.time -= 86_400_000;
  bot.tick();
  expect(bot.memory.day).toBe(Math.floor(bot.time / 86_400_000));
  expect(bot.memory.dayPnl).toBe(decimal('-10'));
});

test('a clock that was disturbed makes the bot look at everything before the next order', () => {
  const bot = new SteppedBot().boot();
  bot.live(55_000);
  const effects = bot.step({ type: 'clock-disturbed' });
  expect(effects.map(({ type }) => type)).toContain('fetch-account');
  bot.signal = 1;
  expect(sent(bot.close())).toEqual([]);
  expect(bot.blocks()).toEqual(['clock-skew']);
  bot.step({ type: 'clock', offsetMs: 0 });
  expect(sent(bot.close())).toHaveLength(1);
});
