import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../../candles/index.js';
import { decimal } from '../../domain/index.js';
import type { MarketEvent, OrderRequest, UserEvent } from '../ports/index.js';
import { FaultBox } from '../server/faults.js';
import { inProcessUsdmCaller } from '../server/in-process-caller.js';
import { type ExchangeServer, startExchangeServer } from '../server/index.js';
import { LimitCounter, USDM_LIMITS } from '../server/limits.js';
import { PrivateStreams } from '../server/private-streams.js';
import { ReplayMarket } from '../server/replay-market.js';
import { UsdmExchange, usdmSymbol } from '../simulated/index.js';
import { type UsdmBrokerUnderTest, usdmBrokerContract } from '../usdm-broker.contract.js';
import { HttpClient, parseExactJson } from './http-client.js';
import { hmacSigner } from './signing.js';
import { localUsdmHosts, type UsdmAdapter, usdmAdapter } from './usdm-adapter.js';
import { usdmBroker } from './usdm-broker.js';
import { UsdmEventMapper } from './usdm-mapper.js';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 5, 1);
const BALANCES = { USDT: decimal('10000') };
const KEY = {
  apiKey: 'k'.repeat(64),
  secret: 'secret',
  canTrade: true,
  canWithdraw: false,
  isIpRestricted: true,
};
const SIGNER = hmacSigner(KEY.apiKey, KEY.secret);
const rows = Array.from({ length: 48 }, (_, i) => [
  START + (i - 24) * HOUR_MS,
  20_000,
  20_000,
  20_000,
  20_000,
  1,
]);
const series = candleSeriesFromRows({ symbol: 'BTCUSDT', market: 'usdm', timeframe: '1h' }, rows);

usdmBrokerContract('the pure core', () => {
  const exchange = new UsdmExchange({
    symbols: [usdmSymbol('BTCUSDT')],
    balances: BALANCES,
    startTime: START,
  });
  const trade = (price: string, isJump = false): void =>
    exchange.move('BTCUSDT', { time: START, price: decimal(price), quantity: 0n, isJump });
  trade('20000', true);
  const now = (): number => START;
  const faults = new FaultBox(1);
  const broker = usdmBroker(
    inProcessUsdmCaller({
      exchange,
      market: new ReplayMarket([{ candles: series, tickSize: decimal('0.1') }], {
        startTime: START,
      }),
      limits: new LimitCounter({ ...USDM_LIMITS }),
      faults,
      now,
      limitNow: now,
      listenKeys: new PrivateStreams({ faults, now }, { seed: 1 }),
    }),
  );
  return Promise.resolve<UsdmBrokerUnderTest>({ broker, trade, close: () => {} });
});

let server: ExchangeServer | undefined;
const stops: (() => void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await server?.close();
  server = undefined;
});

async function adapterOnServer(
  options: Partial<Parameters<typeof usdmAdapter>[0]> = {},
): Promise<UsdmAdapter> {
  server = await startExchangeServer({
    series: [series],
    startTime: START,
    pace: { kind: 'stepped' },
    keys: [KEY],
    balances: BALANCES,
  });
  const adapter = usdmAdapter({ hosts: localUsdmHosts(server.url), signer: SIGNER, ...options });
  await adapter.client.synchronize();
  return adapter;
}

async function control(path: string, body: unknown): Promise<void> {
  await fetch(`${server!.url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
}

usdmBrokerContract('the local exchange over sockets', async () => {
  const { broker } = await adapterOnServer();
  const trade = (price: string): Promise<void> =>
    control('price', { symbol: 'BTCUSDT', price, jump: false });
  return { broker, trade, close: () => {} };
});

test('signed requests say how long they are valid', async () => {
  const asked: string[] = [];
  const { broker } = await adapterOnServer({
    recvWindowMs: 2_000,
    fetch: (url, init) => {
      asked.push(url);
      return fetch(url, init);
    },
  });
  await broker.openOrders('BTCUSDT');
  expect(asked.at(-1)).toContain('recvWindow=2000&');
});

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !condition(); i++) await new Promise((wait) => setTimeout(wait, 5));
  expect(condition()).toBe(true);
}

const BUY: OrderRequest = {
  symbol: 'BTCUSDT',
  side: 'buy',
  type: 'market',
  clientOrderId: 'e-1',
  quantity: decimal('0.1'),
};
const STOP: OrderRequest = {
  ...BUY,
  side: 'sell',
  type: 'stop-loss',
  clientOrderId: 's-1',
  triggerPrice: decimal('19000'),
  reduceOnly: true,
};

describe('user events over sockets', () => {
  /** Follows the account; `words` are the events as short texts. */
  function follow({ userEvents }: UsdmAdapter): { events: UserEvent[]; words: () => string[] } {
    const events: UserEvent[] = [];
    stops.push(userEvents!.subscribe((event) => events.push(event)));
    const words = (): string[] =>
      events.map((event) =>
        event.type === 'order'
          ? `${event.order.clientOrderId} ${event.order.type} ${event.order.status}${event.fill ? ' fill' : ''}`
          : event.type,
      );
    return { events, words };
  }

  test('a stop from its placement to its last fill is one order', async () => {
    const adapter = await adapterOnServer();
    const { events, words } = follow(adapter);
    await until(() => words().includes('gap'));
    await adapter.broker.place(BUY);
    const placed = await adapter.broker.place(STOP);
    await control('price', { symbol: 'BTCUSDT', price: '18500', jump: false });
    await until(() => words().filter((word) => word === 'positions').length === 2);
    expect(words()).toEqual([
      'gap',
      'e-1 market new',
      'e-1 market filled fill',
      'balances',
      'positions',
      's-1 stop-loss new',
      's-1 stop-loss new',
      's-1 stop-loss new',
      's-1 stop-loss filled fill',
      's-1 stop-loss new',
      's-1 stop-loss filled',
      'balances',
      'positions',
    ]);
    const orders = events.filter((event) => event.type === 'order').slice(2);
    expect(new Set(orders.map(({ order }) => order.orderId))).toEqual(new Set([placed.orderId]));
    expect(events.at(-1)).toMatchObject({ positions: [{ symbol: 'BTCUSDT', quantity: 0n }] });
  });

  test('funding, leverage, margin calls and forced closes are told', async () => {
    const adapter = await adapterOnServer();
    await adapter.broker.place({ ...BUY, quantity: decimal('5') });
    server!.advanceTo(START + 8 * HOUR_MS - 1);
    await adapter.client.synchronize();
    const { events, words } = follow(adapter);
    await until(() => words().includes('gap'));
    server!.advanceTo(START + 8 * HOUR_MS);
    await adapter.client.synchronize();
    await adapter.broker.setLeverage('BTCUSDT', 25);
    await control('price', { symbol: 'BTCUSDT', price: '18095', jump: true });
    await control('price', { symbol: 'BTCUSDT', price: '17000', jump: false });
    await until(() => words().at(-1) === 'positions');
    expect(words()).toEqual([
      'gap',
      'funding',
      'balances',
      'leverage',
      'margin-call',
      expect.stringMatching(/^autoclose-\d+ market new$/) as string,
      expect.stringMatching(/^autoclose-\d+ market filled fill$/) as string,
      'balances',
      'positions',
    ]);
    expect(events[1]).toMatchObject({ symbol: 'BTCUSDT', amount: decimal('-10') });
    expect(events[6]).toMatchObject({ order: { forced: 'liquidation' } });
    expect(await adapter.broker.fundingPayments('BTCUSDT', 0)).toMatchObject([
      { amount: decimal('-10'), time: START + 8 * HOUR_MS },
    ]);
  });

  test('a listen key that ended is replaced, and the gap is told', async () => {
    const adapter = await adapterOnServer();
    const { words } = follow(adapter);
    await until(() => words().includes('gap'));
    await control('sockets', { action: 'terminate-subscriptions' });
    await until(() => words().filter((word) => word === 'gap').length === 2);
    expect(words()).toEqual(['gap', 'disconnected', 'gap']);
    await adapter.broker.place(BUY);
    await until(() => words().includes('e-1 market filled fill'));
  });

  test('the key is renewed in time; one that cannot be renewed is replaced', async () => {
    const adapter = await adapterOnServer({ renewMs: 40 });
    const { words } = follow(adapter);
    await until(() => words().includes('gap'));
    // Renewals in real time carry the key over two hours of exchange time.
    for (let i = 1; i <= 4; i++) {
      await new Promise((wait) => setTimeout(wait, 120));
      server!.advanceTo(START + i * 30 * 60_000);
    }
    expect(words()).toEqual(['gap']);
    server!.faults.arm({ name: 'overloaded', match: 'PUT /fapi/v1/listenKey' });
    await until(() => words().filter((word) => word === 'gap').length === 2);
    expect(words()).toEqual(['gap', 'disconnected', 'gap']);
  });
});

describe('market data over sockets', () => {
  test('candles, mark prices and best prices arrive over their own connections', async () => {
    const adapter = await adapterOnServer();
    const events: MarketEvent[] = [];
    const candles = [{ symbol: 'BTCUSDT', timeframe: '1h' as const }];
    stops.push(
      adapter.feed.subscribe({ candles, prices: ['BTCUSDT'], markPrices: ['BTCUSDT'] }, (event) =>
        events.push(event),
      ),
    );
    const types = (): Set<string> => new Set(events.map(({ type }) => type));
    await until(() => events.filter(({ type }) => type === 'connected').length === 2);
    server!.advanceTo(START + HOUR_MS);
    await until(() => ['candle', 'price', 'mark-price'].every((type) => types().has(type)));
    expect(events.find(({ type }) => type === 'mark-price')).toMatchObject({
      symbol: 'BTCUSDT',
      markPrice: decimal('20000'),
      nextFundingTime: START + 8 * HOUR_MS,
    });
    expect(events.find(({ type }) => type === 'candle')).toMatchObject({
      candle: { openTime: START, close: '20000' },
      isBackfilled: false,
    });
  });
});

/** A broker whose every request gets this answer. */
function answering(status: number, body: unknown) {
  const client = new HttpClient({
    baseUrl: 'https://fapi.example.com',
    clock: { now: () => START, after: () => () => {} },
    signer: SIGNER,
    fetch: () => Promise.resolve(new Response(JSON.stringify(body), { status })),
  });
  return usdmBroker(client);
}

describe('answers', () => {
  test.each([
    [503, { code: -1007, msg: 'Timeout waiting for response from backend server.' }, 'unknown'],
    [503, { msg: 'Unknown error, please check your request or try again later.' }, 'unknown'],
    [503, { msg: 'Service Unavailable.' }, 'not-sent'],
    [
      503,
      { code: -1001, msg: 'Internal error; unable to process your request. Please try again.' },
      'not-sent',
    ],
    [503, { code: -1008, msg: 'Request throttled by system-level protection.' }, 'unknown'],
    [400, { code: -2019, msg: 'Margin is insufficient.' }, 'refused'],
    [408, { code: -1007, msg: 'Timeout' }, 'unknown'],
  ])('HTTP %i %j leaves an order %s', async (status, body, outcome) => {
    await expect(answering(status, body).place(BUY)).rejects.toMatchObject({ outcome });
  });

  test('an order without average price and notional can be read; large ids keep their digits', async () => {
    const text = `{"clientOrderId":"e-1","cumQty":"0","executedQty":"0","orderId":8389765739703625592,
      "origQty":"10","price":"0","reduceOnly":false,"side":"BUY","positionSide":"BOTH","status":"NEW",
      "stopPrice":"0","closePosition":false,"symbol":"BTCUSDT","timeInForce":"GTC","type":"MARKET",
      "origType":"MARKET","updateTime":1566818724722,"workingType":"CONTRACT_PRICE","goodTillDate":0}`;
    const client = new HttpClient({
      baseUrl: 'https://fapi.example.com',
      clock: { now: () => START, after: () => () => {} },
      signer: SIGNER,
      fetch: () => Promise.resolve(new Response(text)),
    });
    expect(await usdmBroker(client).place(BUY)).toMatchObject({
      orderId: '8389765739703625592',
      status: 'new',
      executedNotional: 0n,
    });
  });
});

describe('events', () => {
  const algo = {
    caid: 's-1',
    aid: 1_000_000_033_225_453,
    at: 'CONDITIONAL',
    o: 'STOP_MARKET',
    s: 'BTCUSDT',
    S: 'SELL',
    ps: 'BOTH',
    f: 'GTC',
    q: '0.1',
    X: 'TRIGGERED',
    ai: '7',
    ap: '0',
    aq: '0',
    act: 'MARKET',
    tp: '19000',
    p: '0',
    wt: 'CONTRACT_PRICE',
    cp: false,
    pP: false,
    R: true,
    tt: 1,
    gtd: 0,
  };
  const trade = {
    s: 'BTCUSDT',
    c: 'another-id',
    S: 'SELL',
    o: 'MARKET',
    f: 'GTC',
    q: '0.1',
    p: '0',
    ap: '18990',
    sp: '0',
    x: 'TRADE',
    X: 'FILLED',
    i: 7,
    l: '0.1',
    z: '0.1',
    L: '18990',
    T: 2,
    t: 11,
    m: false,
    R: true,
    rp: '-100',
    er: '0',
  };

  test('an order of another client id belongs to the stop that became it; a fee may be missing', () => {
    const mapper = new UsdmEventMapper();
    mapper.map({ e: 'ALGO_UPDATE', E: 1, T: 1, o: algo });
    expect(mapper.map({ e: 'ORDER_TRADE_UPDATE', E: 2, T: 2, o: trade })).toMatchObject([
      {
        type: 'order',
        order: {
          clientOrderId: 's-1',
          type: 'stop-loss',
          orderId: 'algo-1000000033225453',
          triggeredOrderId: '7',
          status: 'filled',
        },
        fill: { tradeId: '11', commission: 0n, realizedPnl: decimal('-100') },
      },
    ]);
  });

  test.each([
    ['REJECTED', { rm: 'Reduce Only reject' }, 'rejected', 'Reduce Only reject'],
    ['EXPIRED', {}, 'expired', undefined],
    ['FINISHED', { aq: '0.1', ap: '18990' }, 'filled', undefined],
    ['FINISHED', { aq: '0.04', ap: '18990' }, 'expired', undefined],
    ['FINISHED', { aq: '0', ap: '0' }, 'canceled', undefined],
  ])('a stop that is %s with %j is %s', (X, more, status, reason) => {
    const [event] = new UsdmEventMapper().map({
      e: 'ALGO_UPDATE',
      E: 1,
      T: 1,
      o: { ...algo, ...more, X },
    }) as UserEvent[];
    expect(event).toMatchObject({ order: { status }, ...(reason === undefined ? {} : { reason }) });
  });

  test('broken events are malformed, unknown ones are nothing', () => {
    const mapper = new UsdmEventMapper();
    expect(mapper.map({ e: 'ORDER_TRADE_UPDATE', E: 2, o: { ...trade, q: 'much' } })).toBe(
      'malformed',
    );
    expect(mapper.map({ e: 'ALGO_UPDATE', E: 1, T: 1, o: { ...algo, aid: undefined } })).toBe(
      'malformed',
    );
    expect(mapper.map({ e: 'TRADE_LITE' })).toEqual([]);
    expect(mapper.map(null)).toEqual([]);
  });
});

describe('documented and recorded payloads', () => {
  const folder = '../shared/fixtures/binance/usdm';
  const isMissing = !existsSync(folder);
  if (isMissing) {
    console.warn(`skipped: ${folder} is missing, documented USD-M payloads are not read`);
  }
  const read = (name: string): unknown => parseExactJson(readFileSync(`${folder}/${name}`, 'utf8'));

  test.skipIf(isMissing)('every user event can be read', () => {
    for (const name of readdirSync(`${folder}/uds`)) {
      for (const event of [read(`uds/${name}`)].flat()) {
        expect(new UsdmEventMapper().map(event), name).not.toBe('malformed');
      }
    }
    const [funding] = new UsdmEventMapper().map(
      read('uds/ACCOUNT_UPDATE.funding-cross.derived.json'),
    ) as UserEvent[];
    expect(funding).toMatchObject({
      type: 'funding',
      symbol: 'BTCUSDT',
      amount: decimal('-0.018'),
    });
  });

  test.skipIf(isMissing).each([
    ['order.new.docs-2026-05', (b: ReturnType<typeof answering>) => b.place(BUY)],
    ['order.new.without-avgPrice.derived-2026-07', (b) => b.place(BUY)],
    ['order.new.LIMIT-NEW.recorded-2025-02', (b) => b.place(BUY)],
    ['algoOrder.new.docs', (b) => b.place(STOP)],
    ['positionRisk.v3.one-way.docs', (b) => b.positions()],
    ['symbolConfig.docs', (b) => b.symbolSettings('BTCUSDT')],
    ['leverageBracket.one.docs', (b) => b.leverageBrackets('ETHUSDT')],
    ['leverageBracket.all.docs', (b) => b.leverageBrackets('ETHUSDT')],
    ['premiumIndex.recorded-2026-09-15', (b) => b.markPrice('BTCUSDT')],
    ['income.docs', (b) => b.fundingPayments('BTCUSDT', 0)],
    ['userTrades.docs', (b) => b.fills({ symbol: 'BTCUSDT' })],
    ['userTrades.recorded-2022-02', (b) => b.fills({ symbol: 'BTCUSDT' })],
    ['exchangeInfo.recorded-2026-09-15-prod.BTCUSDT', (b) => b.instrumentRules(['BTCUSDT'])],
    ['exchangeInfo.composed-2026', (b) => b.instrumentRules(['BTCUSDT', 'ETHUSDT', 'XRPUSDT'])],
  ])('%s can be read', async (name, ask) => {
    await expect(ask(answering(200, read(`rest/${name}.json`)))).resolves.toBeDefined();
  });

  test.skipIf(isMissing)('the documented refusals are classified', async () => {
    const errors = read('../errors/usdm.json') as {
      http: number;
      body: { code?: number };
      class?: string;
    }[];
    for (const { http, body, class: documented } of errors) {
      // Documented as failed, and seen to have been executed.
      const kind = body.code === -1008 ? 'UNKNOWN' : documented;
      const error = (await answering(http, body)
        .place(BUY)
        .catch((thrown: unknown) => thrown)) as { outcome: string };
      const wanted = { UNKNOWN: 'unknown', FAILED: 'not-sent' }[kind ?? ''] ?? 'refused';
      expect(error.outcome, JSON.stringify(body)).toBe(wanted);
    }
  });
});
