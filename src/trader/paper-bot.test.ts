// Whole bots on a SYNTHETIC market of this process, as library users start them.
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import { defineStrategy, type Strategy, StrategyError } from '../strategies/index.js';
import { type PaperBotOptions, paperBot } from './paper-bot.js';

/** Goes in and out with the minutes. */
const alternating: Strategy = defineStrategy({
  name: 'Alternating',
  warmUp: 0,
  signals:
    ({ candles: { openTime } }) =>
    (i) =>
      (openTime[i]! / 60_000) % 3 === 0 ? 1 : (openTime[i]! / 60_000) % 3 === 2 ? -1 : 0,
});

function options(strategy: string | Strategy, said: string[] = []): PaperBotOptions {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-paper-'));
  return {
    ...{ symbol: 'BTCUSDT', interval: '1m', strategy },
    settings: { initial_balance: 5_000, stop_loss_pct: 0.05 },
    prices: { synthetic: { speed: 120 } },
    stateFolder: path.join(folder, 'state'),
    tradesFolder: path.join(folder, 'trades'),
    onLine: ({ text }) => said.push(text),
  };
}

test('a strategy of the caller trades, and its trades are logged', async () => {
  const said: string[] = [];
  const wanted = options(alternating, said);
  const bot = await paperBot(wanted);
  await expect.poll(() => said.join('\n'), { timeout: 20_000 }).toContain('exit: ');
  const view = await bot.stop();
  expect(said.join('\n')).toContain('entered: long');
  expect(view.balance).not.toBe(5_000);
  expect(readdirSync(wanted.tradesFolder!).filter((name) => name.endsWith('.csv'))).toHaveLength(1);
}, 40_000);

test('one that sees the future trades nothing', async () => {
  const clairvoyant = defineStrategy({
    name: 'Clairvoyant',
    warmUp: 0,
    signals: ({ candles: { close } }) => {
      const last = close.at(-1)!;
      return (i) => (close[i]! < last ? 1 : -1);
    },
  });
  await expect(paperBot(options(clairvoyant))).rejects.toThrow(StrategyError);
}, 40_000);

test('wrong settings name the key', async () => {
  const { settings, ...rest } = options('MACross');
  const wrong = { ...rest, settings: { ...settings, stop_los_pct: 0.02 } };
  await expect(paperBot(wrong)).rejects.toThrow(UsageError);
  await expect(paperBot(wrong)).rejects.toThrow(/stop_los_pct/);
});
