import { DerivativesTradingUsdsFutures } from '@binance/derivatives-trading-usds-futures';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExchangeServer } from '../../src/exchange/index.js';
import { API_KEY, API_SECRET, eventually, setPrice, startLocalExchange } from './local-exchange.js';

let server: ExchangeServer;
beforeAll(async () => {
  server = await startLocalExchange({ market: 'usdm' });
});
afterAll(() => server.close());

const KEYS = { apiKey: API_KEY, apiSecret: API_SECRET };
const symbol = 'BTCUSDT';

function clientOf(exchange: ExchangeServer): DerivativesTradingUsdsFutures {
  const sockets = exchange.url.replace('http', 'ws');
  return new DerivativesTradingUsdsFutures({
    configurationRestAPI: { ...KEYS, basePath: exchange.url },
    configurationWebsocketAPI: { ...KEYS, wsURL: `${sockets}/ws-fapi/v1` },
    configurationWebsocketStreams: { wsURL: sockets },
  });
}

describe('the official futures connector', () => {
  test('rules, candles, brackets and mark price', async () => {
    const { restAPI } = clientOf(server);
    const info = await (await restAPI.exchangeInformation()).data();
    expect(info.symbols?.[0]).toMatchObject({ symbol, contractType: 'PERPETUAL' });
    const candles = await (
      await restAPI.klineCandlestickData({ symbol, interval: '1m' as never, limit: 10 })
    ).data();
    expect(candles).toHaveLength(10);
    expect(await (await restAPI.markPrice({ symbol })).data()).toMatchObject({ symbol });
    expect(await (await restAPI.notionalAndLeverageBrackets({ symbol })).data()).toMatchObject({
      symbol,
    });
  });

  test('orders, a stop, the position and its events', async () => {
    const client = clientOf(server);
    const { restAPI } = client;
    const { listenKey } = await (await restAPI.startUserDataStream()).data();
    const events: { e?: string; o?: { X?: string } }[] = [];
    const streams = await client.websocketStreams.connect({ mode: 'single' as never });
    streams.userData(listenKey!).on('message', (event) => {
      events.push(event as (typeof events)[0]);
    });
    await new Promise((wait) => setTimeout(wait, 500));
    const order = { symbol, side: 'BUY' as never, type: 'MARKET' as never, quantity: 0.05 };
    const bought = await (
      await restAPI.newOrder({ ...order, newOrderRespType: 'RESULT' as never })
    ).data();
    expect(bought).toMatchObject({ status: 'FILLED' });
    await eventually(() =>
      events.find(({ e, o }) => e === 'ORDER_TRADE_UPDATE' && o?.X === 'FILLED'),
    );
    const positions = await (await restAPI.positionInformationV3({ symbol })).data();
    expect(positions).toMatchObject([{ symbol, positionAmt: '0.05' }]);
    const mark = Number(positions[0]!.markPrice);
    const stop = await (
      await restAPI.newAlgoOrder({
        algoType: 'CONDITIONAL' as never,
        symbol,
        side: 'SELL' as never,
        type: 'STOP_MARKET' as never,
        triggerPrice: Number((mark * 0.95).toFixed(1)),
        closePosition: 'true' as never,
      })
    ).data();
    expect(stop).toMatchObject({ algoStatus: 'NEW' });
    await setPrice(server, symbol, mark * 0.94);
    await eventually(() => events.find(({ e, o }) => e === 'ALGO_UPDATE' && o?.X === 'FINISHED'));
    expect(await (await restAPI.positionInformationV3({ symbol })).data()).toEqual([]);
    streams.disconnect();
  });

  test('orders over the WebSocket API', async () => {
    const socket = await clientOf(server).websocketAPI.connect();
    const answer = await socket.newOrder({
      symbol,
      side: 'BUY' as never,
      type: 'MARKET' as never,
      quantity: 0.01,
      newOrderRespType: 'RESULT' as never,
    });
    expect(answer.data).toMatchObject({ status: 'FILLED' });
    await socket.disconnect();
  });
});
