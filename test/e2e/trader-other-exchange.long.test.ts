// The trader for hours of market time at an exchange that shares no code with it, through everything that can happen there.
import { expect, test } from 'vitest';
import { LISTED, tradedAt } from './other-listings.js';
import { type OtherMishap, tradeElsewhere } from './other-session.js';
import { onBothMarkets } from './trading-session.js';

const SEED = Number(process.env.WUS_SEED ?? 1);
const SPEED = 60;
const LENGTH_MS = Number(process.env.WUS_MINUTES ?? 8) * 60_000;
const MISHAPS: readonly OtherMishap[] = [
  ...(['kill', 'kill-amid-order', 'kill', 'kill-amid-order', 'terminated'] as const),
  ...([
    'cut',
    'cut',
    'sockets-dropped',
    'sockets-dropped',
    'stream-ended',
    'stream-ended',
  ] as const),
  ...(['reply-lost', 'reply-lost', 'unknown-executed', 'unknown-executed'] as const),
  ...(['unknown-not-executed', 'request-lost', 'bad-gateway', 'bad-gateway'] as const),
  ...(['event-lost', 'event-lost', 'event-twice', 'lagging', 'lagging'] as const),
  ...(['stops-forgotten', 'stops-forgotten-while-down', 'stops-forgotten'] as const),
  ...(['clock-ahead', 'clock-behind', 'clock-ahead', 'clock-behind'] as const),
];

test('hours at the other exchange, commissions in BNB: the auditor agrees with every number', async () => {
  console.info(`seed ${SEED}, ${LENGTH_MS / 60_000} minutes of real time`);
  await onBothMarkets(async (market) => {
    const result = await tradeElsewhere({
      ...{ market, speed: SPEED, seed: SEED, lengthMs: LENGTH_MS, mishaps: MISHAPS },
      listings: [
        ...LISTED[market],
        {
          ...{ symbol: 'BNBUSDT', base: 'BNB', quote: 'USDT', tick: '0.01', step: '0.001' },
          startPrice: '612.3',
        },
        {
          ...{ symbol: 'BNBEUR', base: 'BNB', quote: 'EUR', tick: '0.01', step: '0.001' },
          startPrice: '571.1',
        },
      ],
      bots: tradedAt(market),
      balances: { USDT: '20000', EUR: '20000', BNB: '100' },
      bnbPrices: { USDT: '612.3', EUR: '571.1' },
    });
    const { disagreements, output, exchange, happened } = result;
    console.info([market, ...happened, ...disagreements].join('\n'));
    expect(disagreements.join('\n'), output).toBe('');
    expect(exchange.rest.unknown).toEqual([]);
    expect(result.trades).toBeGreaterThan(10);
  });
});
