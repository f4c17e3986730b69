// The trader at an exchange that shares no code with it.
import { expect, test } from 'vitest';
import { LISTED, tradedAt } from './other-listings.js';
import { type OtherMishap, tradeElsewhere } from './other-session.js';
import { onBothMarkets } from './trading-session.js';

const SEED = Number(process.env.WUS_SEED ?? 20_260_105);
const SPEED = 60;
const LENGTH_MS = 60_000;
const MISHAPS: readonly OtherMishap[] = [
  ...(['kill', 'kill-amid-order', 'terminated', 'stops-forgotten-while-down'] as const),
  ...(['cut', 'sockets-dropped', 'stream-ended', 'reply-lost', 'unknown-executed'] as const),
  ...(['event-lost', 'event-twice', 'clock-ahead', 'lagging'] as const),
];

test('it trades there through crashes, lost answers, forgotten stops and a wrong clock, and the auditor agrees with every number', async () => {
  console.info(`seed ${SEED}`);
  await onBothMarkets(async (market) => {
    const result = await tradeElsewhere({
      ...{ market, speed: SPEED, seed: SEED, lengthMs: LENGTH_MS, mishaps: MISHAPS },
      listings: LISTED[market],
      bots: tradedAt(market),
      balances: { USDT: '20000', EUR: '20000', BNB: '100' },
    });
    const { disagreements, output, exchange } = result;
    expect(disagreements.join('\n'), output).toBe('');
    expect(exchange.rest.unknown).toEqual([]);
    expect(result.trades, output).toBeGreaterThan(0);
  });
}, 240_000);
