// What is listed at the other exchange, and the bots that trade it.
import type { ListingTexts, MarketName } from '../other-exchange/listing.js';

/** A normal instrument, and one with whole steps and prices of a hundred-millionth, on each market. */
export const LISTED: Readonly<Record<MarketName, readonly ListingTexts[]>> = {
  spot: [
    {
      ...{ symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', tick: '0.01', step: '0.00001' },
      startPrice: '61234.56',
    },
    {
      ...{ symbol: 'SHIBEUR', base: 'SHIB', quote: 'EUR', tick: '0.00000001', step: '1' },
      ...{ startPrice: '0.00000732', levelNotional: '1500' },
    },
  ],
  usdm: [
    {
      ...{ symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', tick: '0.1', step: '0.001' },
      ...{ startPrice: '61234.5', minNotional: '50' },
    },
    {
      ...{ symbol: '1000PEPEUSDT', base: '1000PEPE', quote: 'USDT', tick: '0.0000001', step: '1' },
      startPrice: '0.0002412',
    },
  ],
};

/** Bots with periods so short that an hour holds trades of each. */
export function tradedAt(market: MarketName) {
  return LISTED[market].map(({ symbol }, i) => ({
    ...{ symbol, interval: '1m', initial_balance: 4_000, equity_fraction: 0.4 },
    ...{ strategy_name: 'MACross', strategy_params: { fast_period: 2, slow_period: 5 } },
    stop_loss_pct: i === 0 ? 0.002 : 0.006,
    ...(i === 0 ? { take_profit_pct: 0.003 } : {}),
    ...(market === 'usdm' ? { direction: 'both', leverage: 2 } : {}),
  }));
}
