import { describe, expect, test } from 'vitest';
import type { BotMemory } from './memory.js';
import { fromJournalText, toJournalText } from './memory.js';
import { entering, SteppedBot, sent } from './stepped-bot.contract.js';

const MARKETS = ['spot', 'usdm'] as const;
const TELL = (command: 'halt' | 'flatten' | 'resume') => ({ type: 'command', command }) as const;

/** Whatever exits were sent, or are sent within a minute, are filled. Returns how many. */
function fillExits(bot: SteppedBot): number {
  const isExit = ({ clientOrderId }: { clientOrderId: string }): boolean =>
    /x-\d+-\d+$/.test(clientOrderId);
  let exits = 0;
  for (let seconds = 0; seconds < 60; seconds++) {
    const next = sent(bot.effects).filter(isExit)[exits];
    if (next === undefined) bot.live(1_000);
    else {
      exits++;
      bot.fill(next);
    }
  }
  return exits;
}
/** What a crash leaves of a bot. */
const saved = ({ memory }: SteppedBot): BotMemory =>
  fromJournalText(toJournalText(memory)) as BotMemory;

describe.each(MARKETS)('flatten during an entry on %s', (market) => {
  test('closes what fills afterwards at once', () => {
    const { bot, entry } = entering({ market });
    expect(sent(bot.step(TELL('flatten')))).toEqual([]);
    const [exit] = sent(bot.fill(entry));
    expect(exit).toMatchObject({ type: 'market', side: 'sell', quantity: entry.quantity });
    fillExits(bot);
    expect(bot.memory).toMatchObject({ position: null, trading: 'halted' });
    expect(bot.alerts()).toContain('flattening');
  });

  test('closes it after a restart as well', () => {
    const { bot, entry } = entering({ market });
    bot.step(TELL('flatten'));
    const next = new SteppedBot({ market, memory: saved(bot) });
    next.time = bot.time + 500;
    next.boot();
    next.fill(entry);
    expect(fillExits(next)).toBe(1);
    expect(next.memory).toMatchObject({ position: null, trading: 'halted' });
  });

  test('closes an entry that was given up and appears later', () => {
    const { bot, entry } = entering({ market });
    bot.step(TELL('flatten'));
    bot.live(30_000);
    const asked = bot.time;
    bot.step({
      type: 'query-answer',
      clientOrderId: entry.clientOrderId,
      askedTime: asked,
      report: undefined,
    });
    expect(bot.memory.order).toBeNull();
    expect(bot.memory.trading).toBe('halted');
    bot.fill(entry);
    expect(fillExits(bot)).toBe(1);
    expect(bot.memory).toMatchObject({ position: null, trading: 'halted' });
  });

  test('closes each part of an entry that fills in parts', () => {
    const { bot, entry } = entering({ market });
    bot.step(TELL('flatten'));
    const half = entry.quantity / 2n;
    bot.fill(entry, { executed: half });
    bot.live(1_000);
    bot.fill(entry, { quantity: half, tradeId: 'second' });
    fillExits(bot);
    expect(bot.memory).toMatchObject({ position: null, trading: 'halted' });
    expect(bot.account.base + bot.account.position).toBe(0n);
  });

  test('is executed although resume follows at once; trading goes on afterwards', () => {
    const { bot, entry } = entering({ market });
    bot.step(TELL('flatten'));
    bot.step(TELL('resume'));
    bot.signal = 0;
    bot.fill(entry);
    expect(fillExits(bot)).toBe(1);
    expect(bot.memory).toMatchObject({ position: null, trading: 'active', closeAll: null });
    bot.signal = 1;
    expect(sent(bot.close())).toHaveLength(1);
  });

  test('is not taken back by halt', () => {
    const { bot, entry } = entering({ market });
    bot.step(TELL('flatten'));
    bot.step(TELL('halt'));
    bot.fill(entry);
    expect(fillExits(bot)).toBe(1);
    expect(bot.memory).toMatchObject({ position: null, trading: 'halted' });
  });

  test('leaves nothing behind when the entry never was: halted, and resume trades again', () => {
    const { bot, entry } = entering({ market });
    bot.step(TELL('flatten'));
    bot.step({
      type: 'place-failed',
      clientOrderId: entry.clientOrderId,
      failure: { outcome: 'refused', reason: 'other', message: 'no' },
    });
    expect(bot.memory.trading).toBe('halted');
    bot.step(TELL('resume'));
    bot.live(15_000);
    const [again] = sent(bot.close());
    bot.fill(again!);
    expect(fillExits(bot)).toBe(0);
    expect(bot.memory.position).not.toBeNull();
  });
});

test('halt during an entry keeps what it opens, with its exits, and enters nothing more', () => {
  const { bot, entry } = entering();
  bot.step(TELL('halt'));
  expect(sent(bot.fill(entry))).toEqual([]);
  expect(bot.memory).toMatchObject({ trading: 'reducing', closeAll: null });
  bot.signal = -1;
  bot.close();
  expect(fillExits(bot)).toBe(1);
  expect(bot.memory.trading).toBe('halted');
});

describe('a loss that shall flatten', () => {
  const config = { max_cumulative_loss: 50 };
  test('also closes an entry whose rest fills afterwards', () => {
    const { bot, entry } = entering({ config });
    const settings = { ...bot.memory.settings, onLossLimit: 'flatten' } as const;
    bot.state = { ...bot.state, memory: { ...bot.memory, settings } };
    const half = entry.quantity / 2n;
    bot.fill(entry, { executed: half });
    bot.price = 1;
    bot.live(1_000);
    bot.price = 99;
    bot.fill(entry, { quantity: half, tradeId: 'second' });
    fillExits(bot);
    expect(bot.memory).toMatchObject({ position: null, trading: 'halted', closeAll: 'risk' });
  });
});
