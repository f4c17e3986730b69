import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { inPosition, SteppedBot, sent } from './stepped-bot.contract.js';

/** Started so late that a single look fits in before the close. */
function justStarted(market: 'spot' | 'usdm'): SteppedBot {
  const bot = new SteppedBot({ market });
  bot.time += 57_000;
  return bot;
}
describe('on USD-M', () => {
  test.each(['-3', '2.5', '0.001'])(
    'nothing is entered onto a position of %s by hand at the first close',
    (held) => {
      const bot = justStarted('usdm');
      bot.account.position = decimal(held);
      bot.boot();
      bot.signal = 1;
      expect(sent(bot.close())).toEqual([]);
      bot.live(10_000);
      expect(bot.memory.mismatch).toContain(`a position of ${held}`);
    },
  );

  test('resume does not enter onto a position by hand that is still open', () => {
    const bot = new SteppedBot({ market: 'usdm' }).boot();
    bot.account.position = decimal('-3');
    bot.live(55_000);
    expect(bot.memory.mismatch).not.toBeNull();
    bot.close();
    bot.live(58_900);
    bot.step({ type: 'command', command: 'resume' });
    bot.signal = 1;
    expect(sent(bot.close())).toEqual([]);
    bot.live(10_000);
    expect(bot.memory.mismatch).not.toBeNull();
  });

  test('after resume an agreeing look is enough', () => {
    const bot = new SteppedBot({ market: 'usdm' }).boot();
    bot.account.position = decimal('-3');
    bot.live(55_000);
    bot.account.position = 0n;
    bot.step({ type: 'command', command: 'resume' });
    bot.signal = 1;
    expect(sent(bot.close())).toHaveLength(1);
  });

  test('resume is followed by a look before anything is entered, however old the last one is', () => {
    const bot = new SteppedBot({ market: 'usdm' }).boot();
    const asked = bot.step({ type: 'command', command: 'resume' });
    expect(asked.map(({ type }) => type)).toContain('fetch-account');
  });

  test('a position that appears while the bot is flat blocks from the first look on, and not for ever', () => {
    const bot = new SteppedBot({ market: 'usdm' }).boot();
    bot.live(20_000);
    bot.account.position = decimal('1');
    bot.look();
    expect(bot.blocks()).toContain('account-unconfirmed');
    bot.account.position = 0n;
    bot.live(6_000);
    expect(bot.blocks()).toEqual([]);
    expect(bot.memory.mismatch).toBeNull();
  });
});

describe('on spot', () => {
  test('coins at the first look are taken for those of others at the second', () => {
    const bot = justStarted('spot');
    bot.account.base = decimal('2');
    bot.boot();
    expect(bot.blocks()).toContain('account-unconfirmed');
    bot.live(1_500);
    expect(bot.blocks()).toContain('account-unconfirmed');
    bot.live(10_000);
    expect(bot.blocks()).toEqual([]);
    expect(bot.memory.foreignBase).toBe(decimal('2'));
  });

  test('an account without coins agrees at once', () => {
    const bot = justStarted('spot').boot();
    bot.signal = 1;
    expect(sent(bot.close())).toHaveLength(1);
  });

  test('coins that somebody buys hold entries back until the next look', () => {
    const bot = new SteppedBot().boot();
    bot.live(55_000);
    bot.account.base = decimal('1');
    bot.look();
    bot.signal = 1;
    expect(sent(bot.close())).toEqual([]);
    bot.live(10_000);
    expect(bot.blocks()).toEqual([]);
    expect(bot.alerts()).toContain('foreign-balance');
  });

  test('a stock of others that shrinks while the bot is flat holds nothing back', () => {
    const bot = new SteppedBot();
    bot.account.base = decimal('2');
    bot.boot();
    bot.live(50_000);
    bot.account.base = decimal('1.9996');
    bot.look();
    expect(bot.blocks()).toEqual([]);
    bot.signal = 1;
    expect(sent(bot.close())).toHaveLength(1);
  });
});

test('each fill is followed by a look at the account a moment later', () => {
  const bot = inPosition();
  const before = bot.state.observed.accountTime!;
  bot.live(4_000);
  expect(bot.state.observed.accountTime!).toBeGreaterThan(before);
  expect(bot.state.observed.accountTime!).toBeGreaterThan(bot.state.observed.changeTime + 2_000);
});
