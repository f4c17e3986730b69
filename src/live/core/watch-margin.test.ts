import { expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { inPosition, SteppedBot, sent } from './stepped-bot.contract.js';

/** A look at an account with rows of the symbol. */
function look(bot: SteppedBot, rows: readonly object[], part: object = {}): void {
  bot.time += 3_000;
  bot.step({
    type: 'account',
    askedTime: bot.time,
    balances: [],
    openOrders: [],
    rules: bot.rules,
    positions: rows.map((row) => ({ symbol: bot.rules.symbol, ...row })) as never,
    margin: { availableBalance: decimal('100000') } as never,
    leverage: 20,
    ...part,
  });
}
const count = (bot: SteppedBot, code: string): number =>
  bot.alerts().filter((one) => one === code).length;

test.each([
  ['long', 'buy', '98', '97', false],
  ['long', 'buy', '98', '98.5', true],
  ['short', 'sell', '102', '103', false],
  ['short', 'sell', '102', '101', true],
] as const)(
  'a %s (%s) whose stop lies at %s and that is liquidated at %s is an alarm: %s',
  (side, _, __, liquidation, isAlarm) => {
    const bot = new SteppedBot({ market: 'usdm', config: { stop_loss_pct: 0.02 } }).boot();
    bot.signal = side === 'long' ? 1 : -1;
    const [entry] = sent(bot.close());
    bot.fill(entry!);
    const quantity = decimal(side === 'long' ? '1' : '-1');
    const row = { quantity, liquidationPrice: decimal(liquidation) };
    look(bot, [row]);
    look(bot, [row]);
    expect(count(bot, 'stop-beyond-liquidation')).toBe(isAlarm ? 1 : 0);
  },
);

test('a position without a liquidation price is no alarm', () => {
  const bot = inPosition({ market: 'usdm', config: { stop_loss_pct: 0.02 } });
  look(bot, [{ quantity: decimal('1') }]);
  look(bot, [{ quantity: decimal('1'), liquidationPrice: 0n }]);
  expect(count(bot, 'stop-beyond-liquidation')).toBe(0);
});

test('hedge mode blocks entries and is an alarm once; one-way mode ends it', () => {
  const bot = new SteppedBot({ market: 'usdm' }).boot();
  look(bot, [], { isHedged: true });
  look(bot, [], { isHedged: true });
  expect(bot.blocks()).toContain('hedge-mode');
  expect(count(bot, 'hedge-mode')).toBe(1);
  look(bot, [], { isHedged: false });
  expect(bot.blocks()).not.toContain('hedge-mode');
  expect(count(bot, 'one-way-mode')).toBe(1);
});

test('rows with sides show hedge mode, and both sides together are the position', () => {
  const bot = new SteppedBot({ market: 'usdm' }).boot();
  look(bot, [
    { quantity: decimal('2'), hedgeSide: 'long' },
    { quantity: decimal('-2'), hedgeSide: 'short' },
  ]);
  expect(bot.blocks()).toContain('hedge-mode');
  expect(bot.state.observed.exchangePosition).toBe(0n);
});
