import { expect } from 'vitest';
import { syntheticCandles } from '../../src/candles/index.js';
import { decimal, type Market } from '../../src/domain/index.js';
import { type ExchangeServer, startExchangeServer } from '../../src/exchange/index.js';

export const API_KEY = 'k'.repeat(64);
export const API_SECRET = 's'.repeat(64);
const MINUTE_MS = 60_000;
const HISTORY_MINUTES = 3_000;

/**
 * Starts an exchange at the speed of the clock, because clients sign with the clock of the machine.
 *
 * @param options - Exchange time, other than now only for clients that sign nothing, and the market.
 */
export function startLocalExchange({
  startTime = Date.now(),
  market = 'spot',
}: {
  readonly startTime?: number;
  readonly market?: Market;
} = {}): Promise<ExchangeServer> {
  const first = (Math.floor(startTime / MINUTE_MS) - HISTORY_MINUTES) * MINUTE_MS;
  const series = ['BTCUSDT', 'ETHUSDT'].map((symbol) =>
    syntheticCandles({
      length: HISTORY_MINUTES + 60,
      seed: 1,
      symbol,
      market,
      timeframe: '1m',
      startTime: first,
      startPrice: 30_000,
    }),
  );
  return startExchangeServer({
    series,
    startTime,
    pace: { kind: 'real', speed: 1 },
    keys: [
      {
        apiKey: API_KEY,
        secret: API_SECRET,
        canTrade: true,
        canWithdraw: false,
        isIpRestricted: true,
      },
    ],
    balances: { USDT: decimal('10000'), BTC: decimal('1') },
  });
}

/** The exchange starts so that a minute ends after `ms`. */
export function beforeMinuteEnd(ms: number): number {
  return Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS - ms;
}

/** Sets a price through the control interface. */
export async function setPrice(server: ExchangeServer, symbol: string, price: number) {
  const response = await fetch(`${server.url}/control/price`, {
    method: 'POST',
    body: JSON.stringify({ symbol, price: price.toFixed(1) }),
  });
  expect(response.status).toBe(200);
}

/** Returns a value as soon as there is one. */
export async function eventually<T>(read: () => T | undefined): Promise<T> {
  for (let i = 0; i < 2_000; i++) {
    const value = read();
    if (value !== undefined) return value;
    await new Promise((wait) => setTimeout(wait, 10));
  }
  throw new Error('Nothing came within 20 s');
}
