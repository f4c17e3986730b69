import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Decimal, readDecimal, trimDecimal } from '../../domain/index.js';
import type { Clock, MarketEvent, OrderStatus, ReadingNote, UserEvent } from '../ports/index.js';
import { ExchangeError, type RequestRefused } from '../ports/index.js';
import { HttpClient } from './http-client.js';
import { marketFeed, usdmMarketFeed } from './market-stream.js';
import { restCandleSource } from './rest-candle-source.js';
import { hmacSigner } from './signing.js';
import type { SocketEvents } from './socket.js';
import { spotBroker } from './spot-broker.js';
import { usdmBroker } from './usdm-broker.js';
import { usdmUserEvents } from './usdm-user-stream.js';
import { spotUserEvents } from './user-stream.js';

const FOLDER = join(import.meta.dirname, '../../../../shared/fixtures/binance/wild');
const isMissing = !existsSync(FOLDER);
if (isMissing) console.warn(`SKIPPED: no recorded payloads at ${FOLDER}`);

interface Recorded {
  readonly kind: string;
  readonly payload?: unknown;
  readonly text?: string;
  readonly httpStatus?: number;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly symbol?: string;
  readonly interval?: string;
  readonly now?: number;
  readonly expect?: {
    readonly outcome?: string;
    readonly reason?: readonly string[];
    readonly banUntil?: number;
    readonly positions?: readonly Record<string, string>[];
    readonly forced?: string;
    readonly ignored?: boolean;
  };
}
type Row = Record<string, unknown>;

const FILES = isMissing
  ? []
  : ['spot', 'usdm'].flatMap((market) =>
      readdirSync(join(FOLDER, market)).map((name) => join(market, name)),
    );
const recorded = (file: string): Recorded =>
  JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recorded;
const ofKinds = (...kinds: string[]): string[] =>
  FILES.filter((file) => kinds.includes(recorded(file).kind));
const bodyOf = ({ text, payload }: Recorded): string => text ?? JSON.stringify(payload);
/** Ids beyond 2^53 as texts, whatever the parser of the product does. */
const exactly = (text: string): unknown =>
  JSON.parse(text.replace(/([:[,]\s*)(-?\d{16,})(?=\s*[,\]}])/g, '$1"$2"'));

const STATUSES: Record<string, OrderStatus> = {
  NEW: 'new',
  PARTIALLY_FILLED: 'partially-filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  TRIGGERING: 'new',
  TRIGGERED: 'new',
};

/** A client to which every path answers as given, and its clock at a time. */
function answering(record: Recorded, answers: Record<string, unknown> = {}) {
  const clock: Clock = { now: () => record.now ?? 0, after: () => () => {} };
  const notes: ReadingNote[] = [];
  const client = new HttpClient({
    baseUrl: 'https://api.example.com',
    clock,
    signer: hmacSigner('key', 'secret'),
    fetch: (url) => {
      const { pathname } = new URL(url);
      const other = Object.entries(answers).find(([end]) => pathname.endsWith(end));
      return Promise.resolve(
        other === undefined
          ? new Response(bodyOf(record), {
              status: record.httpStatus ?? 200,
              ...(record.headers && { headers: record.headers }),
            })
          : Response.json(other[1]),
      );
    },
  });
  const onNote = (note: ReadingNote): void => void notes.push(note);
  return {
    client,
    notes,
    spot: spotBroker(client, { onNote }),
    usdm: usdmBroker(client, { onNote }),
  };
}

/** Digit for digit, and within a hundred-millionth where there are more of them. */
function same(read: Decimal | undefined, value: unknown): void {
  const text = value as string | number | null | undefined;
  if (text === undefined || text === null || text === '') {
    expect(read === undefined || read === 0n).toBe(true);
    return;
  }
  const exact = /^-?\d+(\.\d{1,8})?0*$/.test(String(text));
  if (exact) expect(trimDecimal(read!)).toBe(trimDecimal(readDecimal(text)!));
  const double = Number(text);
  expect(Math.abs(Number(trimDecimal(read!)) - double)).toBeLessThanOrEqual(
    1e-8 + Math.abs(double) * 1e-15,
  );
}

describe.skipIf(isMissing)('recorded answers', () => {
  test.each(ofKinds('spot.error', 'usdm.error'))('%s', async (file) => {
    const record = recorded(file);
    const { client } = answering(record);
    const method = (record.method ?? 'GET') as 'GET';
    const error: unknown = await client
      .call({ method, path: '/x', weight: 1, isSigned: true, isOrder: method !== 'GET' })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExchangeError);
    const { outcome, reason, banUntil } = record.expect!;
    expect((error as ExchangeError).outcome).toBe(outcome);
    if (reason !== undefined) expect(reason).toContain((error as RequestRefused).reason);
    if (banUntil !== undefined) expect(client.budget.bannedUntil).toBe(banUntil);
  });

  test.each(ofKinds('usdm.setMarginType', 'usdm.setOneWayMode'))('%s', async (file) => {
    const record = recorded(file);
    const { usdm } = answering(record, {
      symbolConfig: [{ symbol: 'BTCUSDT', marginType: 'CROSSED', leverage: 5 }],
      accountConfig: { dualSidePosition: false },
    });
    const set = record.kind === 'usdm.setMarginType';
    await expect(
      set ? usdm.setMarginType('BTCUSDT', 'cross') : usdm.setOneWayMode(),
    ).resolves.toBeUndefined();
    const isolated = answering(record, {
      symbolConfig: [{ symbol: 'BTCUSDT', marginType: 'ISOLATED', leverage: 5 }],
    });
    if (set) await expect(isolated.usdm.setMarginType('BTCUSDT', 'cross')).rejects.toThrow('-4067');
  });

  test.each(ofKinds('spot.order', 'usdm.order'))('%s', async (file) => {
    const record = recorded(file);
    const { spot, usdm, notes } = answering(record, { algoOrder: { code: 0 } });
    const row = exactly(bodyOf(record)) as Row;
    const symbol = String(row.symbol);
    const isSpot = record.kind.startsWith('spot');
    const order = isSpot ? await spot.queryById(symbol, '1') : await usdm.queryById(symbol, '1');
    expect(notes).toEqual([]);
    expect(order).toMatchObject({
      symbol,
      orderId: String(row.orderId),
      clientOrderId: row.clientOrderId,
      side: String(row.side).toLowerCase(),
      status: STATUSES[String(row.status)],
    });
    same(order!.quantity, row.origQty);
    same(order!.executedQuantity, row.executedQty);
    same(order!.price, row.price);
    const notional = row.cummulativeQuoteQty ?? row.cumQuote;
    if (notional !== undefined) same(order!.executedNotional, notional);
    for (const [i, fill] of ((row.fills ?? []) as Row[]).entries()) {
      same(order!.fills[i]!.price, fill.price);
      same(order!.fills[i]!.quantity, fill.qty);
      same(order!.fills[i]!.commission, fill.commission);
    }
  });

  test.each(ofKinds('usdm.openOrders', 'usdm.openAlgoOrders'))('%s', async (file) => {
    const record = recorded(file);
    const rows = exactly(bodyOf(record)) as Row[];
    const isAlgo = record.kind === 'usdm.openAlgoOrders';
    const none = isAlgo ? { '/openOrders': [] } : { openAlgoOrders: [] };
    const { usdm, notes } = answering(record, none);
    const orders = await usdm.openOrders(String(rows[0]!.symbol));
    expect(notes).toEqual([]);
    expect(orders.map(({ clientOrderId }) => clientOrderId)).toEqual(
      rows.map((row) => row.clientOrderId ?? row.clientAlgoId),
    );
    for (const [i, row] of rows.entries()) {
      same(orders[i]!.quantity, row.origQty ?? row.quantity);
      same(orders[i]!.triggerPrice, row.triggerPrice ?? '0');
    }
  });

  test.each(ofKinds('spot.myTrades', 'usdm.userTrades'))('%s', async (file) => {
    const record = recorded(file);
    const rows = exactly(bodyOf(record)) as Row[];
    const { spot, usdm } = answering(record);
    const symbol = String(rows[0]!.symbol);
    const fills = await (record.kind === 'spot.myTrades' ? spot : usdm).fills({ symbol });
    expect(fills.map(({ tradeId }) => tradeId)).toEqual(rows.map((row) => String(row.id)));
    for (const [i, row] of rows.entries()) {
      expect(fills[i]!.orderId).toBe(String(row.orderId));
      same(fills[i]!.price, row.price);
      same(fills[i]!.quantity, row.qty);
      same(fills[i]!.commission, row.commission);
    }
  });

  test.each(ofKinds('usdm.positionRisk', 'usdm.positionRisk.v2'))('%s', async (file) => {
    const record = recorded(file);
    const rows = (exactly(bodyOf(record)) as Row[]).filter((row) => Number(row.positionAmt) !== 0);
    const { usdm, notes } = answering(record);
    const positions = await usdm.positions();
    expect(notes).toEqual([]);
    expect(positions.map(({ symbol }) => symbol)).toEqual(rows.map((row) => row.symbol));
    for (const [i, row] of rows.entries()) {
      const position = positions[i]!;
      same(position.quantity, row.positionAmt);
      same(position.entryPrice, row.entryPrice);
      same(position.markPrice, row.markPrice);
      same(position.unrealizedPnl, row.unRealizedProfit);
      const sides: Record<string, string> = { LONG: 'long', SHORT: 'short' };
      expect(position.hedgeSide).toBe(sides[String(row.positionSide)]);
    }
    const exact = positions.map(({ symbol, quantity, entryPrice }) => ({
      symbol,
      quantity: trimDecimal(quantity),
      entryPrice: trimDecimal(entryPrice ?? 0n),
    }));
    if (record.expect?.positions !== undefined) expect(exact).toEqual(record.expect.positions);
  });

  test.each(ofKinds('spot.account', 'usdm.account'))('%s', async (file) => {
    const record = recorded(file);
    const { spot, usdm } = answering(record, {
      accountConfig: { canTrade: true, dualSidePosition: false },
      commissionRate: { makerCommissionRate: '0.0002', takerCommissionRate: '0.0005' },
      positionRisk: [],
      balance: [],
    });
    const answer = exactly(bodyOf(record)) as { balances?: Row[]; assets?: Row[] };
    const { balances, margin } = await (answer.assets === undefined ? spot : usdm).account();
    const rows = answer.balances ?? answer.assets!.filter((row) => Number(row.walletBalance) !== 0);
    expect(balances.map(({ asset }) => asset)).toEqual(rows.map(({ asset }) => asset));
    for (const [i, row] of rows.entries()) {
      same(balances[i]!.free, row.free ?? row.walletBalance);
      same(balances[i]!.locked, row.locked ?? '0');
    }
    const own = answer.assets?.find(({ asset }) => asset === 'USDT');
    if (own !== undefined) same(margin!.availableBalance, own.availableBalance);
  });

  test.each(ofKinds('spot.exchangeInfo', 'usdm.exchangeInfo'))('%s', async (file) => {
    const record = recorded(file);
    const answer = exactly(bodyOf(record)) as { symbols: Row[] };
    const symbols = answer.symbols.map(({ symbol }) => String(symbol));
    const { spot, usdm, notes } = answering(record);
    const rules = await (record.kind === 'spot.exchangeInfo' ? spot : usdm).instrumentRules(
      symbols,
    );
    expect(notes).toEqual([]);
    for (const row of answer.symbols) {
      const read = rules.get(String(row.symbol))!;
      const filters = row.filters as Row[];
      const filter = (type: string): Row | undefined =>
        filters.find(({ filterType }) => filterType === type);
      same(read.tickSize, filter('PRICE_FILTER')?.tickSize);
      same(read.stepSize, filter('LOT_SIZE')?.stepSize);
      same(read.quantityMin, filter('LOT_SIZE')?.minQty);
      same(read.marketQuantityMax, filter('MARKET_LOT_SIZE')?.maxQty);
      const least = filter('NOTIONAL')?.minNotional ?? filter('MIN_NOTIONAL')?.minNotional;
      same(read.notionalMin, least ?? filter('MIN_NOTIONAL')?.notional);
      expect(read.status === 'trading').toBe(row.status === 'TRADING');
      expect(read.contractType).toBe(row.contractType);
      if (row.marginAsset !== undefined) expect(read.marginAsset).toBe(row.marginAsset);
    }
  });

  test.each(ofKinds('usdm.leverageBracket', 'usdm.premiumIndex'))('%s', async (file) => {
    const record = recorded(file);
    const { usdm, notes } = answering(record);
    const [row] = [exactly(bodyOf(record))].flat() as Row[];
    const symbol = String(row!.symbol);
    if (record.kind === 'usdm.premiumIndex') {
      const mark = await usdm.markPrice(symbol);
      same(mark.markPrice, row!.markPrice);
      same(mark.indexPrice, row!.indexPrice);
      expect(mark.fundingRate === undefined).toBe(row!.lastFundingRate === '');
      same(mark.fundingRate, row!.lastFundingRate);
    } else {
      const brackets = await usdm.leverageBrackets(symbol);
      for (const [i, bracket] of (row!.brackets as Row[]).entries()) {
        same(brackets[i]!.notionalCap, bracket.notionalCap);
        same(brackets[i]!.maintenanceRate, bracket.maintMarginRatio);
        same(brackets[i]!.maintenanceDeduction, bracket.cum);
        expect(brackets[i]!.leverageMax).toBe(bracket.initialLeverage);
      }
    }
    expect(notes).toEqual([]);
  });

  test.each(ofKinds('spot.klines', 'usdm.klines', 'usdm.fundingRate'))('%s', async (file) => {
    const record = recorded(file);
    const { client } = answering({ now: 2e12, ...record });
    const source = restCandleSource(client, record.kind.startsWith('spot') ? 'spot' : 'usdm');
    const query = { symbol: 'BTCUSDT', startTime: 0, endTime: 2e12 };
    if (record.kind === 'usdm.fundingRate') {
      const rows = exactly(bodyOf(record)) as Row[];
      const rates = await source.fundingRates(query);
      for (const [i, row] of rows.entries()) {
        expect(rates[i]!.time).toBe(row.fundingTime);
        expect(Number(rates[i]!.rate)).toBe(Number(row.fundingRate));
        const hasPrice = row.markPrice !== undefined && row.markPrice !== '';
        expect(rates[i]!.markPrice !== undefined).toBe(hasPrice);
      }
      return;
    }
    const now = record.now ?? 2e12;
    const rows = (exactly(bodyOf(record)) as unknown[][]).filter((row) => Number(row[6]) < now);
    const candles = await source.candles({ ...query, timeframe: '1d' });
    expect(candles.length).toBe(rows.length);
    for (const [i, row] of rows.entries()) {
      const { openTime, open, high, low, close, volume } = candles[i]!;
      expect([openTime, open, high, low, close, volume].map(Number)).toEqual(
        row.slice(0, 6).map(Number),
      );
    }
  });
});

/** A socket that is fed by hand. */
function handFed(now: number) {
  const sockets: SocketEvents[] = [];
  const malformed: string[] = [];
  const notes: ReadingNote[] = [];
  const clock: Clock = { now: () => now, after: () => () => {} };
  const common = {
    url: 'wss://example.com',
    clock,
    exchangeNow: () => now,
    openSocket: (_: string, events: SocketEvents) => {
      sockets.push(events);
      return { send: () => {}, terminate: () => {} };
    },
    onMalformed: (frame: string) => void malformed.push(frame),
    onNote: (note: ReadingNote) => void notes.push(note),
  };
  return { sockets, malformed, notes, common };
}

/** Sends bare events to the stream of a market and returns what it makes of them. */
async function received(market: string, texts: readonly string[]) {
  const { sockets, malformed, notes, common } = handFed(0);
  const events: UserEvent[] = [];
  const stream =
    market === 'spot'
      ? spotUserEvents({ ...common, signer: hmacSigner('key', 'secret') })
      : usdmUserEvents({ ...common, caller: { call: () => Promise.resolve({ listenKey: 'k' }) } });
  const end = stream.subscribe((event) => void events.push(event));
  await new Promise((resolve) => setImmediate(resolve));
  sockets[0]!.onOpen();
  for (const text of texts) {
    sockets[0]!.onMessage(market === 'spot' ? `{"subscriptionId":0,"event":${text}}` : text);
  }
  end();
  return { events: events.filter(({ type }) => type !== 'gap'), malformed, notes };
}

/** The event without the envelope that it was recorded with. */
function bare(text: string): string {
  const outer = JSON.parse(text) as { event?: unknown; data?: unknown };
  const inner = outer.event ?? outer.data;
  return inner === undefined ? text : JSON.stringify(inner);
}

describe.skipIf(isMissing)('recorded events', () => {
  test.each(ofKinds('spot.event', 'usdm.event'))('%s', async (file) => {
    const record = recorded(file);
    const text = bare(bodyOf(record));
    const { events, malformed, notes } = await received(record.kind.split('.')[0]!, [text]);
    expect(malformed).toEqual([]);
    const event = exactly(text) as Row;
    if (record.expect?.ignored === true) {
      expect(events).toEqual([]);
      return;
    }
    const ofOrder = event.e === 'executionReport' ? event : ((event.o ?? {}) as Row);
    const isHedge = ['LONG', 'SHORT'].includes(String(ofOrder.ps));
    expect(notes.map(({ kind }) => kind)).toEqual(isHedge ? ['hedge mode'] : []);
    const [first] = events;
    if (first?.type === 'order') {
      const o = ofOrder;
      const algoId = (o.aid ?? (o.st === 'ALGO_CONDITION' ? o.si : undefined)) as
        | string
        | undefined;
      expect(first.order.orderId).toBe(algoId === undefined ? String(o.i) : `algo-${algoId}`);
      expect(first.order.clientOrderId).toBe(o.caid ?? (o.C || o.c));
      expect(first.order.status).toBe(o.X === 'FINISHED' ? 'filled' : STATUSES[String(o.X)]);
      same(first.order.quantity, o.q);
      if (o.z !== undefined) same(first.order.executedQuantity, o.z);
      expect(first.fill !== undefined).toBe(o.x === 'TRADE');
      if (first.fill !== undefined) {
        expect(first.fill.tradeId).toBe(String(o.t));
        same(first.fill.price, o.L);
        same(first.fill.quantity, o.l);
        same(first.fill.commission, o.n);
        expect(first.fill.commissionAsset).toBe(o.N ?? '');
      }
      expect(first.order.forced).toBe(record.expect?.forced);
    }
    const wallets = ((event.a as Row | undefined)?.B ?? event.B ?? []) as Row[];
    const balances = events.find((one) => one.type === 'balances');
    for (const [i, row] of wallets.entries()) {
      same(balances!.balances[i]!.free, row.wb ?? row.f);
    }
    if (event.e !== 'ACCOUNT_CONFIG_UPDATE') expect(events.length).toBeGreaterThan(0);
  });

  test.each(ofKinds('spot.sequence', 'usdm.sequence'))('%s', async (file) => {
    const record = recorded(file);
    const sent = (exactly(bodyOf(record)) as Row[]).map((one) => JSON.stringify(one));
    const { events, malformed, notes } = await received(record.kind.split('.')[0]!, sent.map(bare));
    expect([malformed, notes]).toEqual([[], []]);
    const orders = events.filter((event) => event.type === 'order');
    const last = orders.at(-1)!;
    const executed = orders.reduce((sum, { fill }) => sum + (fill?.quantity ?? 0n), 0n);
    expect(executed).toBe(last.order.executedQuantity);
    // One order throughout, also where a released stop becomes another one.
    expect(new Set(orders.map(({ order }) => order.clientOrderId)).size).toBe(1);
    expect(new Set(orders.map(({ order }) => order.orderId)).size).toBe(1);
  });

  test.each(ofKinds('spot.frame', 'usdm.frame'))('%s', (file) => {
    const record = recorded(file);
    const { sockets, malformed, common } = handFed(record.now ?? 0);
    const outer = JSON.parse(bodyOf(record)) as { data?: Row } & Row;
    const data = outer.data ?? outer;
    const symbol = String(data.s);
    const events: MarketEvent[] = [];
    const isSpot = record.kind.startsWith('spot');
    const { client } = answering(record);
    const options = { ...common, candles: restCandleSource(client, isSpot ? 'spot' : 'usdm') };
    const interval = (data.k as Row | undefined)?.i as '1m' | undefined;
    const wanted =
      data.e === 'markPriceUpdate'
        ? { candles: [], markPrices: [symbol] }
        : interval === undefined
          ? { candles: [], prices: [symbol] }
          : { candles: [{ symbol, timeframe: interval }] };
    const feed = isSpot ? marketFeed(options) : usdmMarketFeed(options);
    const end = feed.subscribe(wanted, (event) => void events.push(event));
    sockets[0]!.onMessage(JSON.stringify({ stream: 'x', data }));
    end();
    expect(malformed).toEqual([]);
    expect(events).toHaveLength(1);
    const [event] = events;
    if (event?.type === 'price') same(event.bidPrice, data.b);
    else if (event?.type === 'mark-price') same(event.markPrice, data.p);
    else if (event?.type === 'candle' || event?.type === 'forming') {
      const k = data.k as Row;
      expect(event.type === 'candle').toBe(k.x);
      expect(Number(event.candle.close)).toBe(Number(k.c));
    } else expect.fail('no event of a price or a candle');
  });
});
