import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decimal, decimal, trimDecimal } from '../../domain/index.js';
import type { Refusal } from './refusal.js';
import type { Payload } from './spot-payloads.js';
import { UsdmExchange, type UsdmExchangeOptions } from './usdm-exchange.js';
import type { AlgoOrder, UsdmOrder } from './usdm-order.js';
import { readAlgoOrderTerms, readUsdmOrderTerms } from './usdm-parameters.js';
import { usdmSymbol } from './usdm-symbol.js';

/** Midnight: funding falls due at 08:00, 16:00 and 24:00. */
const START = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;

function exchangeAt(price: string, options: Partial<UsdmExchangeOptions> = {}): UsdmExchange {
  const exchange = new UsdmExchange({
    symbols: [usdmSymbol('BTCUSDT'), usdmSymbol('ETHUSDT')],
    balances: { USDT: decimal('10000') },
    startTime: START,
    ...options,
  });
  jump(exchange, price);
  exchange.takeEvents();
  return exchange;
}

function go(exchange: UsdmExchange, price: string, isJump: boolean, symbol: string): void {
  const time = exchange.time + 1_000;
  exchange.move(symbol, { time, price: decimal(price), quantity: decimal('1'), isJump });
}
const jump = (exchange: UsdmExchange, price: string, symbol = 'BTCUSDT'): void =>
  go(exchange, price, true, symbol);
const walk = (exchange: UsdmExchange, price: string, symbol = 'BTCUSDT'): void =>
  go(exchange, price, false, symbol);

const parameters = (text: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(`symbol=BTCUSDT&${text}`));
const place = (exchange: UsdmExchange, text: string): UsdmOrder =>
  exchange.place(readUsdmOrderTerms(parameters(text)));
const placeAlgo = (exchange: UsdmExchange, text: string): AlgoOrder =>
  exchange.placeAlgo(readAlgoOrderTerms(parameters(`algoType=CONDITIONAL&${text}`)));

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return `${(error as Refusal).code} ${(error as Refusal).message}`;
  }
  return 'accepted';
}

const wallet = (exchange: UsdmExchange): string => trimDecimal(exchange.state.wallets.USDT ?? 0n);
const position = (exchange: UsdmExchange, symbol = 'BTCUSDT'): string =>
  trimDecimal(exchange.state.positions[symbol]?.quantity ?? 0n);

/** Events as words: order and algo events with their status, account events with their reason. */
function words(exchange: UsdmExchange): string[] {
  return exchange.takeEvents().map((event) => {
    const o = event.o as Payload | undefined;
    const a = event.a as Payload | undefined;
    if (event.e === 'ORDER_TRADE_UPDATE') return `order ${String(o?.x)} ${String(o?.X)}`;
    if (event.e === 'ALGO_UPDATE') return `algo ${String(o?.X)}`;
    return event.e === 'ACCOUNT_UPDATE' ? `account ${String(a?.m)}` : String(event.e);
  });
}

describe('orders and positions', () => {
  test('a market order opens a long at the ask, and pays commission in USDT', () => {
    const exchange = exchangeAt('20000');
    const order = place(exchange, 'side=BUY&type=MARKET&quantity=0.1');
    expect([order.status, trimDecimal(order.executedNotional)]).toEqual(['FILLED', '2000.01']);
    expect([position(exchange), wallet(exchange)]).toEqual(['0.1', '9998.999995']);
    expect(words(exchange)).toEqual([
      'order NEW NEW',
      'TRADE_LITE',
      'order TRADE FILLED',
      'account ORDER',
    ]);
  });

  test('a sell larger than the long closes it, realises its profit, and opens a short', () => {
    const exchange = exchangeAt('20000');
    place(exchange, 'side=BUY&type=MARKET&quantity=0.1');
    jump(exchange, '21000');
    place(exchange, 'side=SELL&type=MARKET&quantity=0.3');
    expect(position(exchange)).toBe('-0.2');
    const [closing] = exchange.trades('BTCUSDT').slice(-1);
    expect(trimDecimal(closing!.realizedPnl)).toBe('99.99');
    expect(exchange.positionRisk('BTCUSDT')[0]).toMatchObject({
      positionAmt: '-0.2',
      entryPrice: '21000',
      notional: '-4200',
      positionInitialMargin: '210',
      marginAsset: 'USDT',
    });
  });

  test('a limit order rests, binds margin, and is filled as maker at its own price', () => {
    const exchange = exchangeAt('20000');
    place(exchange, 'side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=19500');
    expect(trimDecimal(exchange.margin('USDT').available)).toBe('9025');
    walk(exchange, '19000');
    expect(exchange.trades('BTCUSDT')).toMatchObject([
      { price: decimal('19500'), isMaker: true, commission: decimal('3.9') },
    ]);
    expect(exchange.margin('USDT')).toMatchObject({
      wallet: decimal('9996.1'),
      unrealized: decimal('-500'),
      positionInitial: decimal('950'),
      openOrderInitial: 0n,
    });
  });

  test.each([
    [
      'more than the margin allows',
      'side=BUY&type=MARKET&quantity=10.1',
      '-2019 Margin is insufficient.',
    ],
    [
      'no position to reduce',
      'side=SELL&type=MARKET&quantity=1&reduceOnly=true',
      '-2022 ReduceOnly Order is rejected.',
    ],
    [
      'a stop at the old place',
      'side=SELL&type=STOP_MARKET&stopPrice=19000&quantity=1',
      '-4120 Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
    ],
    [
      'hedge mode',
      'side=SELL&type=MARKET&quantity=1&positionSide=SHORT',
      "-4061 Order's position side does not match user's setting.",
    ],
    [
      'a post-only order that would match',
      'side=BUY&type=LIMIT&timeInForce=GTX&quantity=1&price=20001',
      '-5022 Due to the order could not be executed as maker, the Post Only order will be rejected.',
    ],
    [
      'fill or kill that cannot fill',
      'side=BUY&type=LIMIT&timeInForce=FOK&quantity=1&price=19000',
      '-5021 Due to the order could not be filled immediately, the FOK order has been rejected.',
    ],
    [
      'a price between two ticks',
      'side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=19000.05',
      '-1111 Precision is over the maximum defined for this asset.',
    ],
    [
      'a quantity between two steps',
      'side=BUY&type=MARKET&quantity=0.1005',
      '-1111 Precision is over the maximum defined for this asset.',
    ],
    ['a negative quantity', 'side=BUY&type=MARKET&quantity=-1', '-4003 Quantity less than zero.'],
    [
      'too large a market order',
      'side=BUY&type=MARKET&quantity=120.001',
      '-4005 Quantity greater than max quantity.',
    ],
    [
      'too small a notional',
      'side=BUY&type=MARKET&quantity=0.002',
      "-4164 Order's notional must be no smaller than 50 (unless you choose reduce only)",
    ],
    [
      'a price far above the mark',
      'side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=21000.1',
      "-4016 Limit price can't be higher than 21000.",
    ],
    [
      'a price far below the mark',
      'side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=18999.9',
      "-4024 Limit price can't be lower than 19000.",
    ],
    [
      'no time in force',
      'side=BUY&type=LIMIT&quantity=1&price=19000',
      "-1102 Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed.",
    ],
    [
      'a GTD order that ends too soon',
      `side=BUY&type=LIMIT&timeInForce=GTD&goodTillDate=${START + 2_000}&quantity=1&price=19000`,
      "-1130 Data sent for parameter 'goodTillDate' is not valid.",
    ],
  ])('refuses %s, and changes nothing', (_, text, message) => {
    const exchange = exchangeAt('20000');
    const before = exchange.snapshot();
    expect(refusal(() => place(exchange, text))).toBe(message);
    expect(exchange.snapshot()).toBe(before);
  });

  test('an id is unique among open orders only', () => {
    const exchange = exchangeAt('20000');
    const text = 'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=19000&newClientOrderId=a';
    place(exchange, text);
    expect(refusal(() => place(exchange, text))).toBe('-4116 clientOrderId is duplicated');
    exchange.cancel('BTCUSDT', { clientOrderId: 'a' });
    expect(place(exchange, text).status).toBe('NEW');
  });

  test('a market order ends at the bound around the mark price, its rest expires', () => {
    const liquidity = { levelQuantity: decimal('0.5'), levels: 3, spreadTicks: 1 };
    const exchange = exchangeAt('20000', { liquidity });
    const order = place(exchange, 'side=BUY&type=MARKET&quantity=2');
    expect(order).toMatchObject({ status: 'EXPIRED', executedQuantity: decimal('1.5'), expiry: 9 });
    exchange.setMark('BTCUSDT', decimal('25000'));
    expect(refusal(() => place(exchange, 'side=SELL&type=MARKET&quantity=1'))).toMatch(/^-4131/);
  });

  test('a GTD order ends at its time', () => {
    const exchange = exchangeAt('20000');
    const end = START + 3_600_000;
    const order = place(
      exchange,
      `side=BUY&type=LIMIT&timeInForce=GTD&goodTillDate=${end}&quantity=0.1&price=19000`,
    );
    exchange.setTime(end - 1);
    expect(order.status).toBe('NEW');
    exchange.setTime(end);
    expect(order).toMatchObject({ status: 'EXPIRED', expiry: 6 });
  });

  test('reduce-only orders never open a position: they shrink with it and end with it', () => {
    const exchange = exchangeAt('20000');
    place(exchange, 'side=BUY&type=MARKET&quantity=0.3');
    const partly = place(
      exchange,
      'side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.3&price=20500&reduceOnly=true',
    );
    const never = place(
      exchange,
      'side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.1&price=20900&reduceOnly=true',
    );
    place(exchange, 'side=SELL&type=MARKET&quantity=0.1');
    walk(exchange, '20600');
    expect(partly).toMatchObject({
      status: 'EXPIRED',
      executedQuantity: decimal('0.2'),
      expiry: 4,
    });
    expect(never).toMatchObject({ status: 'EXPIRED', executedQuantity: 0n, expiry: 4 });
    expect(position(exchange)).toBe('0');
  });
});

describe('leverage and margin', () => {
  test('leverage decides what an order binds, and how large a position may be', () => {
    const exchange = exchangeAt('20000');
    exchange.setLeverage('BTCUSDT', 5);
    expect(words(exchange)).toEqual(['ACCOUNT_CONFIG_UPDATE']);
    place(exchange, 'side=BUY&type=MARKET&quantity=1');
    expect(trimDecimal(exchange.margin('USDT').positionInitial)).toBe('4000');
    const rich = exchangeAt('20000', { balances: { USDT: decimal('10000000') } });
    rich.setLeverage('BTCUSDT', 125);
    expect(refusal(() => place(rich, 'side=BUY&type=MARKET&quantity=2.5'))).toBe(
      '-2027 Exceeded the maximum allowable position at current leverage.',
    );
  });

  test.each([
    ['no leverage', 0, '-4028 Leverage 0 is not valid'],
    ['too much', 126, '-4028 Leverage 126 is not valid'],
    [
      'so little that the margin no longer suffices',
      1,
      '-2028 Leverage is smaller than permitted: insufficient margin balance.',
    ],
  ])('%s is refused', (_, leverage, message) => {
    const exchange = exchangeAt('20000');
    place(exchange, 'side=BUY&type=MARKET&quantity=1');
    expect(refusal(() => exchange.setLeverage('BTCUSDT', leverage))).toBe(message);
    expect(exchange.config('BTCUSDT').leverage).toBe(20);
  });

  test('the margin type changes only without orders and position', () => {
    const exchange = exchangeAt('20000');
    const change = (): string => refusal(() => exchange.setMarginType('BTCUSDT', 'isolated'));
    expect(refusal(() => exchange.setMarginType('BTCUSDT', 'cross'))).toBe(
      '-4046 No need to change margin type.',
    );
    place(
      exchange,
      'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=19000&newClientOrderId=a',
    );
    expect(change()).toMatch(/^-4047/);
    exchange.cancelAll('BTCUSDT');
    place(exchange, 'side=BUY&type=MARKET&quantity=0.1');
    expect(change()).toMatch(/^-4048/);
    place(exchange, 'side=SELL&type=MARKET&quantity=0.1');
    expect(change()).toBe('accepted');
  });

  test('an isolated position takes its margin out of the wallet and gives it back', () => {
    const exchange = exchangeAt('20000');
    exchange.setMarginType('BTCUSDT', 'isolated');
    place(exchange, 'side=SELL&type=MARKET&quantity=0.2');
    const { isolatedWallet } = exchange.state.positions.BTCUSDT!;
    expect(trimDecimal(isolatedWallet)).toBe('200');
    expect(trimDecimal(exchange.margin('USDT').crossWallet)).toBe('9798');
    expect(refusal(() => exchange.setLeverage('BTCUSDT', 10))).toMatch(/^-4161/);
    place(exchange, 'side=BUY&type=MARKET&quantity=0.2&reduceOnly=true');
    expect(exchange.state.positions.BTCUSDT!.isolatedWallet).toBe(0n);
    expect(exchange.margin('USDT').crossWallet).toBe(exchange.state.wallets.USDT);
  });
});

describe('funding', () => {
  test('longs pay shorts every eight hours, at the mark price of that instant', () => {
    const rates: Record<number, Decimal> = {
      [START + 8 * HOUR_MS]: decimal('0.0003'),
      [START + 16 * HOUR_MS]: decimal('-0.0001'),
    };
    const fundingRate = (_: string, time: number): Decimal => rates[time] ?? 0n;
    const exchange = exchangeAt('20000', { fundingRate });
    place(exchange, 'side=BUY&type=MARKET&quantity=0.5');
    const before = exchange.state.wallets.USDT!;
    exchange.setTime(START + 8 * HOUR_MS - 1);
    expect(exchange.state.wallets.USDT).toBe(before);
    exchange.takeEvents();
    exchange.setTime(START + 8 * HOUR_MS);
    expect(trimDecimal(exchange.state.wallets.USDT! - before)).toBe('-3');
    expect(exchange.takeEvents()).toMatchObject([
      {
        e: 'ACCOUNT_UPDATE',
        a: { m: 'FUNDING_FEE', S: 'BTCUSDT', B: [{ a: 'USDT', bc: '-3' }], P: [] },
      },
    ]);
    exchange.move('BTCUSDT', {
      time: START + 20 * HOUR_MS,
      price: decimal('30000'),
      quantity: 0n,
      isJump: true,
    });
    expect(trimDecimal(exchange.state.wallets.USDT! - before)).toBe('-2');
    expect(exchange.mark('BTCUSDT').nextFundingTime).toBe(START + 24 * HOUR_MS);
    expect(exchange.state.income.filter(({ type }) => type === 'FUNDING_FEE')).toMatchObject([
      { amount: decimal('-3'), time: START + 8 * HOUR_MS },
      { amount: decimal('1'), time: START + 16 * HOUR_MS },
    ]);
  });
});

describe('algo orders', () => {
  const withLong = (): UsdmExchange => {
    const exchange = exchangeAt('20000');
    place(exchange, 'side=BUY&type=MARKET&quantity=0.5');
    exchange.takeEvents();
    return exchange;
  };

  test('a stop waits without margin, is released by the last price, and becomes an order of the same client id', () => {
    const exchange = withLong();
    const algo = placeAlgo(
      exchange,
      'side=SELL&type=STOP_MARKET&quantity=0.5&triggerPrice=19000&reduceOnly=true&clientAlgoId=s-1',
    );
    walk(exchange, '19000.1');
    expect(algo.status).toBe('NEW');
    walk(exchange, '18500');
    expect(algo.status).toBe('FINISHED');
    expect(exchange.find('BTCUSDT', { orderId: algo.actualOrderId })).toMatchObject({
      clientOrderId: 's-1',
      status: 'FILLED',
      executedNotional: decimal('9500'),
    });
    expect(position(exchange)).toBe('0');
    expect(words(exchange)).toEqual([
      'algo NEW',
      'algo TRIGGERING',
      'order NEW NEW',
      'TRADE_LITE',
      'order TRADE FILLED',
      'algo TRIGGERED',
      'algo FINISHED',
      'account ORDER',
    ]);
  });

  test('a gap fills the stop at the price after the gap', () => {
    const exchange = withLong();
    placeAlgo(exchange, 'side=SELL&type=STOP_MARKET&closePosition=true&triggerPrice=19000');
    jump(exchange, '17000');
    expect(exchange.trades('BTCUSDT').at(-1)).toMatchObject({ price: decimal('17000') });
    expect(position(exchange)).toBe('0');
  });

  test('a stop of the mark price does not look at the last price', () => {
    const exchange = withLong();
    exchange.setMark('BTCUSDT', decimal('20000'));
    const algo = placeAlgo(
      exchange,
      'side=SELL&type=STOP_MARKET&closePosition=true&triggerPrice=19500&workingType=MARK_PRICE',
    );
    walk(exchange, '19400');
    expect(algo.status).toBe('NEW');
    exchange.setMark('BTCUSDT', decimal('19500'));
    expect(algo.status).toBe('FINISHED');
    expect(position(exchange)).toBe('0');
  });

  test('a take-profit with a limit rests at its price after its release', () => {
    const exchange = withLong();
    const algo = placeAlgo(
      exchange,
      'side=SELL&type=TAKE_PROFIT&quantity=0.5&triggerPrice=20500&price=20600&reduceOnly=true',
    );
    walk(exchange, '20550');
    expect([algo.status, exchange.orderOf(algo)?.status]).toEqual(['TRIGGERED', 'NEW']);
    walk(exchange, '20700');
    expect([algo.status, exchange.orderOf(algo)?.status]).toEqual(['FINISHED', 'FILLED']);
  });

  test('closePosition ends with the position; reduce-only stays behind and is rejected at its release', () => {
    const exchange = withLong();
    const closing = placeAlgo(
      exchange,
      'side=SELL&type=STOP_MARKET&closePosition=true&triggerPrice=19000',
    );
    const orphan = placeAlgo(
      exchange,
      'side=SELL&type=STOP_MARKET&quantity=0.5&reduceOnly=true&triggerPrice=19000',
    );
    place(exchange, 'side=SELL&type=MARKET&quantity=0.5');
    expect([closing.status, orphan.status]).toEqual(['EXPIRED', 'NEW']);
    walk(exchange, '18900');
    expect(orphan).toMatchObject({ status: 'REJECTED', rejectReason: 'Reduce Only reject' });
    expect(position(exchange)).toBe('0');
  });

  test.each([
    [
      'a stop beyond the market',
      'side=SELL&type=STOP_MARKET&quantity=0.5&triggerPrice=20100',
      '-2021 Order would immediately trigger.',
    ],
    [
      'a take-profit beyond the market',
      'side=SELL&type=TAKE_PROFIT_MARKET&quantity=0.5&triggerPrice=19900',
      '-2021 Order would immediately trigger.',
    ],
    [
      'closing with a quantity',
      'side=SELL&type=STOP_MARKET&quantity=0.5&closePosition=true&triggerPrice=19000',
      '-4137 Quantity must be zero with closePosition equals true',
    ],
    [
      'closing on the wrong side',
      'side=BUY&type=STOP_MARKET&closePosition=true&triggerPrice=21000',
      '-2022 ReduceOnly Order is rejected.',
    ],
    [
      'closing and reduce-only',
      'side=SELL&type=STOP_MARKET&closePosition=true&reduceOnly=true&triggerPrice=19000',
      '-4138 Reduce only must be true with closePosition equals true',
    ],
    [
      'a trigger between two ticks',
      'side=SELL&type=STOP_MARKET&quantity=0.5&triggerPrice=19000.01',
      '-1111 Precision is over the maximum defined for this asset.',
    ],
    [
      'no trigger',
      'side=SELL&type=STOP_MARKET&quantity=0.5',
      "-1102 Mandatory parameter 'triggerPrice' was not sent, was empty/null, or malformed.",
    ],
    [
      'a trailing stop',
      'side=SELL&type=TRAILING_STOP_MARKET&quantity=0.5&callbackRate=1',
      '-1020 TRAILING_STOP_MARKET is not supported by this exchange.',
    ],
  ])('%s is refused', (_, text, message) => {
    expect(refusal(() => placeAlgo(withLong(), text))).toBe(message);
  });

  test('cancelling all orders leaves algo orders; they have their own', () => {
    const exchange = withLong();
    place(exchange, 'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=19500');
    const algo = placeAlgo(exchange, 'side=SELL&type=STOP_MARKET&quantity=0.5&triggerPrice=19000');
    exchange.cancelAll('BTCUSDT');
    expect([exchange.openOrders().length, algo.status]).toEqual([0, 'NEW']);
    exchange.cancelAllAlgos('BTCUSDT');
    expect(algo.status).toBe('CANCELED');
    expect(refusal(() => exchange.cancelAlgo({ orderId: algo.orderId }))).toBe(
      '-2011 Unknown order sent.',
    );
  });
});

describe('liquidation', () => {
  test('a crossed long is closed where the wallet just bears its maintenance margin', () => {
    const exchange = exchangeAt('20000', { balances: { USDT: decimal('1000') } });
    place(exchange, 'side=BUY&type=MARKET&quantity=0.5');
    // 995.00 (less commission 4.999...) + 0.5 P - 10000.05 = 0.5 P x 0.004
    const { liquidationPrice } = exchange.positionRisk('BTCUSDT')[0]!;
    expect(Number(liquidationPrice)).toBeCloseTo((10_000.05 - 994.999975) / (0.5 - 0.002), 3);
    exchange.takeEvents();
    walk(exchange, '17000');
    expect(exchange.trades('BTCUSDT').at(-1)).toMatchObject({ price: decimal('18082.4') });
    expect(position(exchange)).toBe('0');
    expect(words(exchange)).toEqual(['order NEW NEW', 'order CALCULATED FILLED', 'account ORDER']);
    expect(exchange.orders('BTCUSDT').at(-1)!.clientOrderId).toMatch(/^autoclose-/);
  });

  test('a warning comes first when the price moves in steps', () => {
    const exchange = exchangeAt('20000', { balances: { USDT: decimal('1000') } });
    place(exchange, 'side=BUY&type=MARKET&quantity=0.5');
    exchange.takeEvents();
    walk(exchange, '18095');
    expect(words(exchange)).toEqual(['MARGIN_CALL']);
    walk(exchange, '18094');
    expect(words(exchange)).toEqual([]);
  });

  test('a gap beyond the wallet is paid by the insurance fund', () => {
    const exchange = exchangeAt('20000', { balances: { USDT: decimal('1000') } });
    place(exchange, 'side=BUY&type=MARKET&quantity=0.5');
    jump(exchange, '15000');
    expect([position(exchange), wallet(exchange)]).toEqual(['0', '0']);
    expect(exchange.state.income.at(-1)).toMatchObject({ type: 'INSURANCE_CLEAR' });
  });

  test('an isolated short loses its own margin and nothing else', () => {
    const exchange = exchangeAt('20000');
    exchange.setMarginType('BTCUSDT', 'isolated');
    place(exchange, 'side=SELL&type=MARKET&quantity=0.5');
    const rest = exchange.margin('USDT').crossWallet;
    jump(exchange, '25000');
    expect(position(exchange)).toBe('0');
    expect(exchange.state.wallets.USDT).toBe(rest);
  });

  test('open orders of the symbol go first', () => {
    const exchange = exchangeAt('20000', { balances: { USDT: decimal('1000') } });
    place(exchange, 'side=BUY&type=MARKET&quantity=0.4');
    const resting = place(
      exchange,
      'side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.1&price=20500',
    );
    jump(exchange, '17000');
    expect(resting).toMatchObject({ status: 'EXPIRED', expiry: 5 });
  });
});

describe('the whole account', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constantFrom('MARKET', 'LIMIT', 'STOP_MARKET', 'TAKE_PROFIT_MARKET'),
      side: fc.constantFrom('BUY', 'SELL'),
      quantity: fc.integer({ min: 1, max: 400 }),
      offset: fc.integer({ min: -9_000, max: 9_000 }),
      reduceOnly: fc.boolean(),
      symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT'),
    }),
    fc.record({
      kind: fc.constantFrom('walk', 'jump'),
      symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT'),
      offset: fc.integer({ min: -15_000, max: 15_000 }),
    }),
    fc.record({ kind: fc.constant('wait'), hours: fc.integer({ min: 1, max: 20 }) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function perform(exchange: UsdmExchange, one: Step): void {
    if (!('symbol' in one)) {
      exchange.setTime(exchange.time + one.hours * HOUR_MS);
      return;
    }
    const { symbol, offset } = one;
    const base = exchange.lastPrice(symbol) || decimal(symbol === 'BTCUSDT' ? '20000' : '2000');
    const price = trimDecimal(
      base + ((base * BigInt(offset)) / 100_000n / 10_000_000n) * 10_000_000n,
    );
    if (!('quantity' in one)) {
      go(exchange, price, one.kind === 'jump', symbol);
      return;
    }
    const quantity = (one.quantity / 1_000).toFixed(3);
    const common = {
      symbol,
      side: one.side,
      quantity,
      reduceOnly: String(one.reduceOnly),
      type: one.kind,
    };
    try {
      if (one.kind === 'MARKET' || one.kind === 'LIMIT') {
        exchange.place(readUsdmOrderTerms({ ...common, timeInForce: 'GTC', price }));
      } else {
        exchange.placeAlgo(
          readAlgoOrderTerms({ ...common, algoType: 'CONDITIONAL', triggerPrice: price }),
        );
      }
    } catch (error) {
      if ((error as Error).name !== 'Refusal') throw error;
    }
  }

  test('every unit of the wallet is accounted for, whatever happens, and a restored copy goes on alike', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), fc.nat(59), (steps, half) => {
        let exchange = exchangeAt('20000', { balances: { USDT: decimal('2000') } });
        let copy = exchange;
        steps.forEach((one, i) => {
          if (i === half % steps.length) copy = UsdmExchange.restore(exchange.snapshot());
          perform(exchange, one);
          if (copy !== exchange) perform(copy, one);
        });
        expect(copy.snapshot()).toBe(exchange.snapshot());
        const { income, wallets, trades, positions } = exchange.state;
        const sum = (values: Decimal[]): Decimal => values.reduce((a, b) => a + b, 0n);
        expect(decimal('2000') + sum(income.map(({ amount }) => amount))).toBe(wallets.USDT);
        for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
          const own = trades.filter((trade) => trade.symbol === symbol);
          const signed = (trade: (typeof own)[number], value: Decimal): Decimal =>
            trade.side === 'BUY' ? value : -value;
          const { quantity, cost } = positions[symbol] ?? { quantity: 0n, cost: 0n };
          expect(sum(own.map((trade) => signed(trade, trade.quantity)))).toBe(quantity);
          const realized = sum(own.map(({ realizedPnl }) => realizedPnl));
          expect(sum(own.map((trade) => signed(trade, trade.notional))) + realized).toBe(cost);
        }
        const margin = exchange.margin('USDT');
        const isOpen = Object.values(positions).some(({ quantity }) => quantity !== 0n);
        if (isOpen) expect(margin.wallet + margin.unrealized > 0n).toBe(true);
        exchange = copy;
      }),
      { numRuns: 150 },
    );
  });
});
