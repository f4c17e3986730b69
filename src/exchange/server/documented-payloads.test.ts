import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { candleSeriesFromRows } from '../../candles/index.js';
import { decimal, MARKETS } from '../../domain/index.js';
import {
  hmacSigner,
  type RequestParameters,
  signedQuery,
  signedSocketParameters,
} from '../binance/signing.js';
import { type Refusal, refusals, usdmRefusals } from '../simulated/index.js';
import { type ExchangeServer, startExchangeServer } from './exchange-server.js';
import { LimitCounter } from './limits.js';
import { banned, limited, overloaded, tooManyOrders, unknownOutcome } from './wire-answers.js';

const FIXTURES = '../shared/fixtures/binance';
const hasFixtures = existsSync(FIXTURES);
if (!hasFixtures) console.warn(`SKIPPED: documented payloads, because ${FIXTURES} is missing`);

const HOUR_MS = 3_600_000;
const DAY = Date.UTC(2025, 2, 1);
const START = DAY + 40 * 24 * HOUR_MS;
const SIGNER = hmacSigner('a'.repeat(64), 'secret');

/** Members that differ from the documented example, and why; paths as `shapeOf` writes them. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  // Examples without limits: a session may switch them off.
  'spot/wsapi/userDataStream.subscribe.signature.docs.json#response': ['more .rateLimits array'],
  // The recorded answer lists no limits; icebergs, trailing stops and amendments are not simulated.
  'spot/rest/exchangeInfo.recorded-2026-09-26-prod.TSLABUSDT.json': [
    'less .symbols[].filters[].limit number',
    'less .symbols[].filters[].minTrailingAboveDelta number',
    'less .symbols[].filters[].maxTrailingAboveDelta number',
    'less .symbols[].filters[].minTrailingBelowDelta number',
    'less .symbols[].filters[].maxTrailingBelowDelta number',
    'less .symbols[].filters[].maxNumOrderAmends number',
    'more .rateLimits[] object',
  ],
  // Shown for icebergs only, says the documentation.
  'spot/rest/order.new.LIMIT-NEW.FULL.recorded-2025-01.json': ['less .icebergQty string'],
  'spot/rest/orderList.oco.docs.json': ['less .orderReports[].icebergQty string'],
  // An example from before March 2026, when `expiryReason` came.
  'spot/rest/order.new.MARKET-partial-EXPIRED.FULL.docs.json': [
    'more .origQuoteOrderQty string',
    'more .expiryReason string',
  ],
  // `v` is there for prevented self-trades only.
  'spot/uds/executionReport.NEW.docs.json': ['less .event.v number'],
  // A list of labels, empty here.
  'usdm/rest/exchangeInfo.recorded-2026-09-15-prod.BTCUSDT.json': [
    'less .symbols[].underlyingSubType[] string',
  ],
  // Members of trailing stops, which are not simulated; the example is older than its last three.
  'usdm/rest/order.query.docs.json': [
    'less .activatePrice string',
    'less .priceRate string',
    'more .priceMatch string',
    'more .selfTradePreventionMode string',
    'more .goodTillDate number',
  ],
  'usdm/rest/openOrders.docs.json': ['less [].activatePrice string', 'less [].priceRate string'],
  'usdm/rest/order.cancel.docs.json': ['less .activatePrice string', 'less .priceRate string'],
  'usdm/uds/ORDER_TRADE_UPDATE.NEW.docs.json': [
    'less .o.N string',
    'less .o.n string',
    'less .o.AP string',
    'less .o.cr string',
  ],
  // What was filled is told once there is an order; a reason only of what was rejected.
  'usdm/uds/ALGO_UPDATE.docs.json': [
    'less .o.ap string',
    'less .o.aq string',
    'less .o.act string',
    'less .o.rm string',
  ],
};

/** Texts of errors that the local exchange never gives, and why. */
const NEVER_GIVEN = [
  // There is no second clock behind the first one.
  '-5028 Timestamp for this request is outside of the ME recvWindow.',
  // The faults `unavailable` and `maintenance` have their own bodies.
  'null Unknown error, please check your request or try again later.',
  'null Service Unavailable.',
  '-1001 Internal error; unable to process your request. Please try again.',
];

let server: ExchangeServer;
const sockets: WebSocket[] = [];
const answers = new Map<string, unknown>();

function fixture(name: string): unknown {
  const [file = '', part] = name.split('#');
  const content = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as Record<string, unknown>;
  return part === undefined ? content : content[part];
}

/** Every member of a value and its type: `.fills[].price string`. */
function shapeOf(value: unknown, path = '', found = new Set<string>()): Set<string> {
  found.add(
    `${path} ${value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value}`.trim(),
  );
  if (Array.isArray(value)) {
    for (const entry of value) shapeOf(entry, `${path}[]`, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, entry] of Object.entries(value)) shapeOf(entry, `${path}.${name}`, found);
  }
  return found;
}

/** Members of one shape that another lacks; what is inside of such a member goes without saying. */
function without(shape: Set<string>, other: Set<string>): string[] {
  const members = [...shape].filter((member) => !other.has(member));
  const paths = members.map((member) => member.split(' ')[0]!);
  return members.filter((_, i) => {
    const path = paths[i]!;
    return !paths.some((outer) => path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`));
  });
}

async function get(path: string): Promise<unknown> {
  return (await fetch(server.url + path)).json();
}

type Body = Record<string, unknown>;

async function signed(
  method: string,
  path: string,
  parameters: RequestParameters = {},
): Promise<Body> {
  const query = signedQuery(SIGNER, { ...parameters, timestamp: server.now() });
  const headers = { 'X-MBX-APIKEY': SIGNER.apiKey };
  return (
    await fetch(`${server.url}${path}?${query}`, { method, headers })
  ).json() as Promise<Body>;
}

/** Frames of a socket; waits for the first one that is asked for. */
async function connect(path: string) {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path);
  sockets.push(socket);
  const frames: Body[] = [];
  const listeners = new Set<() => void>();
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Body);
    for (const listener of listeners) listener();
  });
  await new Promise((resolve) => socket.on('open', resolve));
  const frame = (wanted: (frame: Body) => boolean): Promise<Body> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = frames.find(wanted);
        if (found === undefined) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
    });
  const ask = (message: Body & { readonly id: string }): Promise<Body> => {
    socket.send(JSON.stringify(message));
    return frame(({ id }) => id === message.id);
  };
  return { frame, ask };
}

async function useSpot(): Promise<void> {
  const keep = async (name: string, answer: unknown): Promise<Body> => {
    const kept = (await answer) as Body;
    answers.set(`spot/${name}.json`, kept);
    return kept;
  };
  const api = await connect('/ws-api/v3');
  const subscription = signedSocketParameters(SIGNER, { timestamp: server.now() });
  answers.set(
    'spot/wsapi/userDataStream.subscribe.signature.docs.json#response',
    await api.ask({ id: 's', method: 'userDataStream.subscribe.signature', params: subscription }),
  );
  const limit = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' } as const;
  const place = (id: string, order: RequestParameters) => ({
    id,
    method: 'order.place',
    params: signedSocketParameters(SIGNER, { ...limit, ...order, timestamp: server.now() }),
  });
  const resting = { quantity: '0.1', price: '18000', newOrderRespType: 'RESULT' };
  await keep('wsapi/order.place.success.docs', api.ask(place('o-1', resting)));
  const tooLarge = { quantity: '50', price: '21000' };
  await keep('wsapi/order.place.error-2010.docs', api.ask(place('o-2', tooLarge)));

  await keep(
    'rest/exchangeInfo.recorded-2026-09-26-prod.TSLABUSDT',
    get('/api/v3/exchangeInfo?symbol=BTCUSDT'),
  );
  await keep('rest/klines.recorded-2021-10', get('/api/v3/klines?symbol=BTCUSDT&interval=1h'));
  const order = (terms: RequestParameters) =>
    signed('POST', '/api/v3/order', { ...limit, quantity: '0.1', price: '18000', ...terms });
  await keep('rest/order.new.ACK.docs', order({ newOrderRespType: 'ACK' }));
  await keep('rest/order.new.RESULT.docs', order({ newOrderRespType: 'RESULT' }));
  const open = await keep('rest/order.new.LIMIT-NEW.FULL.recorded-2025-01', order({}));
  const market = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' };
  await keep('rest/order.new.FULL.docs', signed('POST', '/api/v3/order', market));
  const thirsty = { ...market, quantity: '3' };
  await keep(
    'rest/order.new.MARKET-partial-EXPIRED.FULL.docs',
    signed('POST', '/api/v3/order', thirsty),
  );
  const one = { symbol: 'BTCUSDT', orderId: open.orderId as number };
  const symbol = { symbol: 'BTCUSDT' };
  await keep('rest/order.query.docs', signed('GET', '/api/v3/order', one));
  await keep('rest/openOrders.docs', signed('GET', '/api/v3/openOrders', symbol));
  await keep('rest/myTrades.docs', signed('GET', '/api/v3/myTrades', symbol));
  await keep('rest/order.cancel.docs', signed('DELETE', '/api/v3/order', one));
  await keep('rest/account.docs', signed('GET', '/api/v3/account'));
  await keep('rest/account.commission.docs', signed('GET', '/api/v3/account/commission', symbol));
  await keep('rest/rateLimit.order.docs', signed('GET', '/api/v3/rateLimit/order'));
  const tested = { ...market, computeCommissionRates: 'true' };
  await keep('rest/order.test.commission.docs', signed('POST', '/api/v3/order/test', tested));
  const list = await keep(
    'rest/orderList.oco.docs',
    signed('POST', '/api/v3/orderList/oco', {
      symbol: 'BTCUSDT',
      side: 'SELL',
      quantity: '0.2',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '22000',
      belowType: 'STOP_LOSS_LIMIT',
      belowStopPrice: '20000',
      belowPrice: '19900',
      belowTimeInForce: 'GTC',
    }),
  );
  const { orderListId } = list as { orderListId: number };
  const cancelList = signed('DELETE', '/api/v3/orderList', { ...symbol, orderListId });
  await keep('rest/orderList.cancel.docs', cancelList);
  await control('transfer', { asset: 'USDT', amount: '5', market: 'spot' });

  const event = (name: string, execution?: string) =>
    api.frame(({ event: found }) => {
      const { e, x } = (found ?? {}) as Body;
      return e === name && (execution === undefined || x === execution);
    });
  await keep('uds/executionReport.NEW.docs', event('executionReport', 'NEW'));
  await keep('uds/outboundAccountPosition.docs', event('outboundAccountPosition'));
  await keep('uds/balanceUpdate.docs', event('balanceUpdate'));
  await keep('uds/listStatus.docs', event('listStatus'));

  const names = ['kline_1h', 'aggTrade', 'trade', 'miniTicker', 'bookTicker'];
  const paths = names.map((name) => `btcusdt@${name}`);
  const streams = await connect(`/stream?streams=${paths.join('/')}`);
  await control('step', { ms: 2 * HOUR_MS });
  const data = async (wanted: (frame: Body) => boolean): Promise<unknown> =>
    (await streams.frame(wanted)).data;
  for (const name of names.slice(1)) {
    await keep(
      `ws/${name}.docs`,
      data(({ stream }) => stream === `btcusdt@${name}`),
    );
  }
  const isKline = ({ stream }: Body): boolean => stream === 'btcusdt@kline_1h';
  await keep('ws/kline.open.docs', data(isKline));
  await keep('ws/kline.combined.derived', streams.frame(isKline));
}

async function useUsdm(): Promise<void> {
  const keep = async (name: string, answer: unknown): Promise<Body> => {
    const kept = (await answer) as Body;
    answers.set(`usdm/${name}.json`, kept);
    return kept;
  };
  const created = await fetch(`${server.url}/fapi/v1/listenKey`, {
    method: 'POST',
    headers: { 'X-MBX-APIKEY': SIGNER.apiKey },
  });
  const { listenKey } = await keep('rest/listenKey.docs', created.json());
  const user = await connect(`/private/ws/${String(listenKey)}`);
  const of = (path: string, more = '') => get(`/fapi/v1/${path}?symbol=BTCUSDT${more}`);
  await keep('rest/exchangeInfo.recorded-2026-09-15-prod.BTCUSDT', of('exchangeInfo'));
  await keep('rest/time.recorded', of('time'));
  await keep('rest/klines.recorded-2026-09-15', of('klines', '&interval=1h'));
  await keep('rest/markPriceKlines.docs', of('markPriceKlines', '&interval=1h'));
  await keep('rest/premiumIndex.recorded-2026-09-15', of('premiumIndex'));
  await keep('rest/fundingRate.recorded-2026-09-15', of('fundingRate'));
  await keep('rest/depth.recorded-2026-09-15', of('depth', '&limit=5'));
  await keep('rest/bookTicker.recorded-2026-09-15', of('ticker/bookTicker'));
  await keep('rest/aggTrades.recorded-2026-09-15', of('aggTrades'));

  const symbol = { symbol: 'BTCUSDT' };
  const ask = (method: string, path: string, parameters: RequestParameters = {}) =>
    signed(method, `/fapi/${path}`, { ...symbol, ...parameters });
  await keep('rest/leverage.docs', ask('POST', 'v1/leverage', { leverage: 10 }));
  await keep('rest/marginType.docs', ask('POST', 'v1/marginType', { marginType: 'ISOLATED' }));
  const limit = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: '20300' };
  const { orderId } = await keep('rest/order.new.docs-2026-05', ask('POST', 'v1/order', limit));
  const one = { orderId: orderId as number };
  await keep('rest/order.query.docs', ask('GET', 'v1/order', one));
  await keep('rest/openOrders.docs', ask('GET', 'v1/openOrders'));
  await keep('rest/order.cancel.docs', ask('DELETE', 'v1/order', one));
  const batch = [
    { ...symbol, ...limit },
    { ...symbol, ...limit, quantity: '0' },
  ];
  const orders = { batchOrders: JSON.stringify(batch) };
  await keep('rest/batchOrders.mixed.docs', signed('POST', '/fapi/v1/batchOrders', orders));
  await keep('rest/allOpenOrders.cancel.docs', ask('DELETE', 'v1/allOpenOrders'));
  await ask('POST', 'v1/order', { side: 'BUY', type: 'MARKET', quantity: '0.3' });
  const stop = { algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET', quantity: '0.1' };
  const placed = ask('POST', 'v1/algoOrder', { ...stop, triggerPrice: '19000' });
  const { algoId } = await keep('rest/algoOrder.new.docs', placed);
  const algo = { algoId: algoId as number };
  await keep('rest/algoOrder.query.docs', ask('GET', 'v1/algoOrder', algo));
  await keep('rest/openAlgoOrders.docs', ask('GET', 'v1/openAlgoOrders'));
  await keep('rest/algoOrder.cancel.docs', ask('DELETE', 'v1/algoOrder', algo));
  await keep('rest/account.v3.single-asset.docs', signed('GET', '/fapi/v3/account'));
  await keep('rest/balance.v3.docs', signed('GET', '/fapi/v3/balance'));
  await keep('rest/positionRisk.v3.one-way.docs', ask('GET', 'v3/positionRisk'));
  await keep('rest/accountConfig.docs', signed('GET', '/fapi/v1/accountConfig'));
  await keep('rest/symbolConfig.docs', ask('GET', 'v1/symbolConfig'));
  await keep('rest/leverageBracket.all.docs', signed('GET', '/fapi/v1/leverageBracket'));
  await keep('rest/leverageBracket.one.docs', ask('GET', 'v1/leverageBracket'));
  await keep('rest/commissionRate.docs', ask('GET', 'v1/commissionRate'));
  await keep('rest/positionSide.dual.docs', signed('GET', '/fapi/v1/positionSide/dual'));
  await keep('rest/rateLimit.order.docs', signed('GET', '/fapi/v1/rateLimit/order'));
  await keep('rest/userTrades.docs', ask('GET', 'v1/userTrades'));
  await keep('rest/income.docs', signed('GET', '/fapi/v1/income'));

  const event = (name: string, wanted: (frame: Body) => boolean = () => true) =>
    user.frame((frame) => frame.e === name && wanted(frame));
  await keep('uds/ORDER_TRADE_UPDATE.NEW.docs', event('ORDER_TRADE_UPDATE'));
  await keep('uds/ACCOUNT_UPDATE.docs', event('ACCOUNT_UPDATE'));
  await keep('uds/ACCOUNT_CONFIG_UPDATE.leverage.docs', event('ACCOUNT_CONFIG_UPDATE'));
  await keep('uds/ALGO_UPDATE.docs', event('ALGO_UPDATE'));
  await keep('uds/TRADE_LITE.docs', event('TRADE_LITE'));

  const streams = await connect('/market/stream?streams=btcusdt@aggTrade/btcusdt@markPrice');
  const book = await connect('/public/ws/btcusdt@bookTicker');
  await control('step', { ms: HOUR_MS / 2 });
  const data = async (name: string): Promise<unknown> =>
    (await streams.frame(({ stream }) => stream === `btcusdt@${name}`)).data;
  await keep('ws/aggTrade.docs', data('aggTrade'));
  await keep('ws/markPrice.docs', data('markPrice'));
  await keep(
    'ws/bookTicker.docs',
    book.frame(() => true),
  );
}

async function control(path: string, body: unknown): Promise<void> {
  await fetch(`${server.url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
}

describe.skipIf(!hasFixtures)('payloads as Binance documents or sends them', () => {
  beforeAll(async () => {
    const rows = Array.from({ length: 24 * 60 }, (_, i) => {
      const open = 20_000 + i;
      return [DAY + i * HOUR_MS, open, open + 2, open - 2, open + 1, 10];
    });
    const { apiKey } = SIGNER;
    server = await startExchangeServer({
      series: MARKETS.map((market) =>
        candleSeriesFromRows({ symbol: 'BTCUSDT', market, timeframe: '1h' }, rows),
      ),
      startTime: START,
      pace: { kind: 'stepped' },
      keys: [
        { apiKey, secret: 'secret', canTrade: true, canWithdraw: false, isIpRestricted: true },
      ],
      balances: { USDT: decimal('100000'), BTC: decimal('5') },
      liquidity: { levelQuantity: decimal('0.5'), levels: 3, spreadTicks: 1 },
    });
    await useSpot();
    await useUsdm();
  });
  afterAll(async () => {
    for (const socket of sockets) socket.terminate();
    await server.close();
  });

  test('every answer, stream and event has the documented members and types', () => {
    const differences: Record<string, string[]> = {};
    for (const [name, answer] of answers) {
      const [ours, documented] = [shapeOf(answer), shapeOf(fixture(name))];
      const both = [
        ...without(documented, ours).map((member) => `less ${member}`),
        ...without(ours, documented).map((member) => `more ${member}`),
      ];
      if (both.length > 0) differences[name] = both;
    }
    expect(differences).toEqual(EXPECTED);
    expect(answers.size).toBe(72);
  });

  test.each(MARKETS)('errors of %s have the documented codes and texts', (market) => {
    const sample = (made: unknown, text: string): string => {
      const { code, message } = (made as (text: string) => Refusal)(text);
      return `${code} ${message}`;
    };
    const limits = new LimitCounter({
      weightPerMinute: market === 'spot' ? 6_000 : 2_400,
      ordersPer10Seconds: 100,
      ordersPerMinute: 1_200,
      ordersPerDay: 200_000,
    });
    const perWindow = `${market === 'spot' ? 100 : 300} orders per 10 SECOND`;
    const words = ['quantity', 'limit', 'LOT_SIZE', 'NOTIONAL', 'PRICE_FILTER', '3', '5.0'];
    const known = new Set([
      ...Object.values({ ...refusals, ...(market === 'spot' ? {} : usdmRefusals) }).flatMap(
        (made) => [...words, 'PERCENT_PRICE_BY_SIDE'].map((word) => sample(made, word)),
      ),
      ...[
        limited(market, limits, 0),
        banned(market, 1_790_000_120_000, 0),
        tooManyOrders(perWindow, 0),
        overloaded(market),
        unknownOutcome(market),
      ].map(({ body }) => {
        const { code, msg } = body as { code: number; msg: string };
        return `${code} ${msg}`;
      }),
      '-4021 3 is not valid depth limit',
      ...NEVER_GIVEN,
    ]);
    const documented = fixture(`errors/${market}.json`) as {
      body: { code: number | null; msg: string } | null;
    }[];
    const unknown = documented
      .filter(({ body }) => body !== null)
      .map(({ body }) => `${body!.code} ${body!.msg}`)
      .filter((text) => !known.has(text));
    expect(unknown).toEqual([]);
  });

  test.each(['spot-hmac', 'spot-hmac-nonascii', 'usdm-hmac'])('%s is signed alike', (name) => {
    const vectors = fixture('errors/signing-vectors.json') as Record<
      string,
      { secretKey: string; payload: string; signature: string }
    >;
    const { secretKey, payload, signature } = vectors[name]!;
    expect(hmacSigner('key', secretKey).sign(payload)).toBe(signature);
  });
});
