import { expect, test } from 'vitest';
import { num, SteppedBot, sent } from './stepped-bot.contract.js';

/** A bot whose account stream has just come back when a candle that wants an entry closes. */
function decidedDuringLook(): SteppedBot {
  const bot = new SteppedBot().boot();
  bot.signal = 1;
  bot.live(58_000);
  bot.holdsLooks = true;
  bot.step({ type: 'account-data', status: 'stale' });
  bot.step({ type: 'account-data', status: 'fresh' });
  bot.effects = [];
  expect(sent(bot.close())).toEqual([]);
  expect(bot.alerts()).toEqual([]);
  return bot;
}

test('an entry waits for the account that is being read', () => {
  const bot = decidedDuringLook();
  bot.time += 400;
  const [entry, ...others] = sent(bot.look());
  expect(others).toEqual([]);
  expect([entry?.side, num(entry!.quantity)]).toEqual(['buy', 1]);
  expect(sent(bot.live(5_000))).toEqual([]);
  expect(bot.memory.skipped).toEqual([]);
});

test('without an answer the entry is skipped when it is too late', () => {
  const bot = decidedDuringLook();
  expect(sent(bot.live(29_000))).toEqual([]);
  expect(bot.alerts()).not.toContain('entry-skipped');
  bot.live(2_000);
  expect(bot.memory.skipped.map(({ reason }) => reason)).toEqual(['account-stale']);
  expect(sent(bot.look())).toEqual([]);
  expect(bot.memory.skipped).toHaveLength(1);
});

test('another reason blocks the entry that waited for it', () => {
  const bot = decidedDuringLook();
  bot.step({ type: 'market-data', status: 'stale' });
  expect(sent(bot.look())).toEqual([]);
  expect(bot.memory.skipped.map(({ reason }) => reason)).toEqual(['market-data-stale']);
});

test('while the account stream is down nothing waits', () => {
  const bot = new SteppedBot().boot();
  bot.signal = 1;
  bot.step({ type: 'account-data', status: 'stale' });
  bot.close();
  expect(bot.memory.skipped.map(({ reason }) => reason)).toEqual(['account-stale']);
});
