// Both pictures of the exchange keep the same contracts, through the same adapters.
import { hmacSigner, spotAdapter, usdmAdapter } from '../../src/exchange/binance/index.js';
import { brokerContract } from '../../src/exchange/broker.contract.js';
import { localHosts, localUsdmHosts } from '../../src/exchange/index.js';
import { usdmBrokerContract } from '../../src/exchange/usdm-broker.contract.js';
import { exact } from '../exact.js';
import type { MarketName } from '../other-exchange/listing.js';
import { OtherExchange } from '../other-exchange/other-exchange.js';

const KEY = { apiKey: 'k'.repeat(64), secret: 's'.repeat(64) };
const STRIDE = exact('50');

async function openExchange(market: MarketName): Promise<OtherExchange> {
  const isSpot = market === 'spot';
  const exchange = await OtherExchange.start({
    ...{ market, keys: [KEY], startTime: Date.now(), speed: 1, seed: 1, historyCandles: 1 },
    ...{ balances: isSpot ? { USDT: '10000', BTC: '1' } : { USDT: '10000' }, markRatio: '1' },
    listings: [
      {
        ...{ symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', startPrice: '20000' },
        ...{ tick: isSpot ? '0.01' : '0.1', step: isSpot ? '0.00001' : '0.001' },
        ...{ minNotional: isSpot ? '5' : '50', levelNotional: '1000000' },
      },
    ],
  });
  exchange.tradeAt('BTCUSDT', exact('20000'), STRIDE);
  return exchange;
}

brokerContract('the other exchange', async () => {
  const exchange = await openExchange('spot');
  const signer = hmacSigner(KEY.apiKey, KEY.secret);
  const { broker, client } = spotAdapter({ hosts: localHosts(exchange.url), signer });
  await client.synchronize();
  return {
    broker,
    trade: (price) => exchange.tradeAt('BTCUSDT', exact(price), STRIDE),
    close: () => exchange.close(),
  };
});

usdmBrokerContract('the other exchange', async () => {
  const exchange = await openExchange('usdm');
  const signer = hmacSigner(KEY.apiKey, KEY.secret);
  const { broker, client } = usdmAdapter({ hosts: localUsdmHosts(exchange.url), signer });
  await client.synchronize();
  return {
    broker,
    trade: (price) => exchange.tradeAt('BTCUSDT', exact(price), STRIDE),
    close: () => exchange.close(),
  };
});
