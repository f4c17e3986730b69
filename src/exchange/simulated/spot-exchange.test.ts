import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decimal, decimal, formatDecimal, trimDecimal } from '../../domain/index.js';
import { readOCOTerms, readOrderTerms } from './order-parameters.js';
import type { Refusal } from './refusal.js';
import { SpotExchange, type SpotExchangeOptions } from './spot-exchange.js';
import type { SpotOrder } from './spot-order.js';
import { spotSymbol } from './spot-symbol.js';

const START = 1_700_000_000_000;

function exchangeAt(price: string, options: Partial<SpotExchangeOptions> = {}): SpotExchange {
  const exchange = new SpotExchange({
    symbols: [spotSymbol('BTCUSDT'), spotSymbol('BNBUSDT')],
    balances: { USDT: decimal('10000'), BTC: decimal('1') },
    startTime: START,
    ...options,
  });
  jump(exchange, price);
  exchange.takeEvents();
  return exchange;
}

function jump(exchange: SpotExchange, price: string, symbol = 'BTCUSDT'): void {
  const time = exchange.time + 1_000;
  exchange.move(symbol, { time, price: decimal(price), quantity: decimal('1'), isJump: true });
}

function walk(exchange: SpotExchange, price: string): void {
  const time = exchange.time + 1_000;
  exchange.move('BTCUSDT', { time, price: decimal(price), quantity: decimal('1'), isJump: false });
}

function place(exchange: SpotExchange, text: string): SpotOrder {
  return exchange.place(readOrderTerms(parameters(text)));
}

function parameters(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(`symbol=BTCUSDT&${text}`));
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return `${(error as Refusal).code} ${(error as Refusal).message}`;
  }
  return 'accepted';
}

function balances(exchange: SpotExchange): Record<string, string> {
  return Object.fromEntries(
    Object.entries(exchange.state.balances).map(([asset, { free, locked }]) => [
      asset,
      `${trimDecimal(free)}+${trimDecimal(locked)}`,
    ]),
  );
}

/** The user events as `type status execution` words. */
function events(exchange: SpotExchange): string[] {
  return exchange
    .takeEvents()
    .map((event) =>
      event.e === 'executionReport'
        ? `${event.x as string} ${event.X as string} ${event.o as string}`
        : (event.e as string) + (event.e === 'listStatus' ? ` ${event.L as string}` : ''),
    );
}

describe('market orders', () => {
  test('a buy is filled at the ask and pays its commission in the base asset', () => {
    const exchange = exchangeAt('60000');
    const order = place(exchange, 'side=BUY&type=MARKET&quantity=0.01');
    expect(order).toMatchObject({ status: 'FILLED', executedQuantity: decimal('0.01') });
    expect(formatDecimal(order.executedNotional)).toBe('600.00010000');
    expect(balances(exchange)).toEqual({ USDT: '9399.9999+0', BTC: '1.00999+0' });
    expect(events(exchange)).toEqual([
      'NEW NEW MARKET',
      'TRADE FILLED MARKET',
      'outboundAccountPosition',
    ]);
  });

  test('a sell pays its commission in the quote asset', () => {
    const exchange = exchangeAt('60000');
    place(exchange, 'side=SELL&type=MARKET&quantity=0.01');
    expect(balances(exchange)).toEqual({ USDT: '10599.4+0', BTC: '0.99+0' });
  });

  test('commission is paid in BNB at the discount until the BNB run out', () => {
    const exchange = exchangeAt('60000', {
      balances: { USDT: decimal('10000'), BNB: decimal('0.001') },
      commission: { paysWithBNB: true },
    });
    jump(exchange, '500', 'BNBUSDT');
    place(exchange, 'side=BUY&type=MARKET&quantity=0.01');
    expect(exchange.trades('BTCUSDT')[0]).toMatchObject({
      commission: decimal('0.0009'),
      commissionAsset: 'BNB',
    });
    place(exchange, 'side=BUY&type=MARKET&quantity=0.01');
    expect(exchange.trades('BTCUSDT')[1]).toMatchObject({
      commission: decimal('0.00001'),
      commissionAsset: 'BTC',
    });
  });

  test('a thin book fills level by level and lets the rest expire', () => {
    const exchange = exchangeAt('60000', {
      liquidity: { levelQuantity: decimal('0.02'), levels: 2, spreadTicks: 0 },
    });
    const order = place(exchange, 'side=BUY&type=MARKET&quantity=0.05');
    expect(order.status).toBe('EXPIRED');
    expect(exchange.trades('BTCUSDT').map(({ price }) => trimDecimal(price))).toEqual([
      '60000',
      '60000.01',
    ]);
    expect(order.executedQuantity).toBe(decimal('0.04'));
    expect(events(exchange)).toEqual([
      'NEW NEW MARKET',
      'TRADE PARTIALLY_FILLED MARKET',
      'TRADE PARTIALLY_FILLED MARKET',
      'EXPIRED EXPIRED MARKET',
      'outboundAccountPosition',
    ]);
    expect(refusal(() => place(exchange, 'side=BUY&type=MARKET&quantity=0.05'))).toBe('accepted');
    expect(exchange.trades('BTCUSDT')).toHaveLength(2);
  });

  test('quoteOrderQty spends at most that much', () => {
    const exchange = exchangeAt('60000');
    const order = place(exchange, 'side=BUY&type=MARKET&quoteOrderQty=100');
    expect(order.status).toBe('FILLED');
    expect(trimDecimal(order.executedQuantity)).toBe('0.00166');
    expect(order.quantity).toBe(order.executedQuantity);
    expect(order.executedNotional <= decimal('100')).toBe(true);
  });
});

describe('limit orders', () => {
  test('a resting buy binds its cost and is filled as maker at its own price', () => {
    const exchange = exchangeAt('60000');
    place(exchange, 'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000');
    expect(balances(exchange)).toEqual({ USDT: '9410+590', BTC: '1+0' });
    walk(exchange, '58000');
    expect(exchange.trades('BTCUSDT')[0]).toMatchObject({
      price: decimal('59000'),
      isMaker: true,
    });
    expect(balances(exchange)).toEqual({ USDT: '9410+0', BTC: '1.00999+0' });
  });

  test('a crossing buy is filled at the better price and frees the rest of its lock', () => {
    const exchange = exchangeAt('60000');
    place(exchange, 'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=61000');
    expect(balances(exchange)).toEqual({ USDT: '9399.9999+0', BTC: '1.00999+0' });
  });

  test('partial fills and a cancel leave exactly what was bought', () => {
    const exchange = exchangeAt('60000', {
      liquidity: { levelQuantity: decimal('0.004'), levels: 5, spreadTicks: 1 },
    });
    const { orderId } = place(
      exchange,
      'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000&newClientOrderId=entry-1',
    );
    walk(exchange, '59000');
    walk(exchange, '58999');
    exchange.takeEvents();
    exchange.cancel('BTCUSDT', { orderId }, 'cancel-1');
    const canceled = exchange.takeEvents()[0];
    expect(canceled).toMatchObject({ x: 'CANCELED', c: 'cancel-1', C: 'entry-1', z: '0.00800000' });
    expect(balances(exchange)).toEqual({ USDT: '9528+0', BTC: '1.007992+0' });
  });

  test('IOC keeps what it got, FOK takes all or nothing', () => {
    const exchange = exchangeAt('60000', {
      liquidity: { levelQuantity: decimal('0.004'), levels: 1, spreadTicks: 0 },
    });
    const limit = 'side=BUY&type=LIMIT&quantity=0.01&price=60000';
    const fok = place(exchange, `${limit}&timeInForce=FOK`);
    expect([fok.status, fok.executedQuantity]).toEqual(['EXPIRED', 0n]);
    const ioc = place(exchange, `${limit}&timeInForce=IOC`);
    expect([ioc.status, ioc.executedQuantity]).toEqual(['EXPIRED', decimal('0.004')]);
    expect(exchange.state.locks).toEqual({});
  });

  test('better prices are filled before older orders', () => {
    const exchange = exchangeAt('60000', {
      liquidity: { levelQuantity: decimal('0.001'), levels: 1, spreadTicks: 0 },
    });
    place(exchange, 'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=59000');
    place(exchange, 'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=59500');
    jump(exchange, '58000');
    expect(exchange.trades('BTCUSDT').map(({ price }) => trimDecimal(price))).toEqual(['59500']);
  });
});

describe('stops', () => {
  test('a stop-loss is filled at its trigger when the market trades through, at the price after a jump', () => {
    const stop = 'side=SELL&type=STOP_LOSS&quantity=0.01&stopPrice=59000';
    const through = exchangeAt('60000');
    place(through, stop);
    walk(through, '58000');
    expect(through.trades('BTCUSDT')[0]!.price).toBe(decimal('59000'));
    const gap = exchangeAt('60000');
    place(gap, stop);
    jump(gap, '58000');
    expect(gap.trades('BTCUSDT')[0]!.price).toBe(decimal('58000'));
    expect(events(gap)).toEqual([
      'NEW NEW STOP_LOSS',
      'outboundAccountPosition',
      'NEW NEW STOP_LOSS',
      'TRADE FILLED STOP_LOSS',
      'outboundAccountPosition',
    ]);
  });

  test('a stop-limit whose limit the market jumped over rests unfilled', () => {
    const exchange = exchangeAt('60000');
    const order = place(
      exchange,
      'side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=0.01&stopPrice=59000&price=58900',
    );
    jump(exchange, '58000');
    expect(order).toMatchObject({
      status: 'NEW',
      executedQuantity: 0n,
      workingTime: exchange.time,
    });
    walk(exchange, '58950');
    expect(order.status).toBe('FILLED');
    expect(exchange.trades('BTCUSDT')[0]).toMatchObject({ price: decimal('58900'), isMaker: true });
  });
});

describe('OCO', () => {
  const OCO =
    `side=SELL&quantity=0.01&aboveType=LIMIT_MAKER&abovePrice=62000&belowType=STOP_LOSS_LIMIT
    &belowPrice=58900&belowStopPrice=59000&belowTimeInForce=GTC`.replace(/\s/g, '');
  const placeOCO = (exchange: SpotExchange) => exchange.placeOCO(readOCOTerms(parameters(OCO)));

  test('binds the quantity once; the stop expires when the take-profit is filled', () => {
    const exchange = exchangeAt('60000');
    const { legs } = placeOCO(exchange);
    expect(balances(exchange).BTC).toBe('0.99+0.01');
    expect(events(exchange)).toEqual([
      'NEW NEW STOP_LOSS_LIMIT',
      'NEW NEW LIMIT_MAKER',
      'listStatus EXECUTING',
      'outboundAccountPosition',
    ]);
    walk(exchange, '62500');
    expect(legs.map(({ status }) => status)).toEqual(['EXPIRED', 'FILLED']);
    expect(events(exchange)).toEqual([
      'EXPIRED EXPIRED STOP_LOSS_LIMIT',
      'TRADE FILLED LIMIT_MAKER',
      'listStatus ALL_DONE',
      'outboundAccountPosition',
    ]);
    expect(balances(exchange)).toEqual({ USDT: '10619.38+0', BTC: '0.99+0' });
  });

  test('the take-profit expires when the stop is released', () => {
    const exchange = exchangeAt('60000');
    const { legs } = placeOCO(exchange);
    walk(exchange, '58000');
    expect(legs.map(({ status }) => status)).toEqual(['FILLED', 'EXPIRED']);
    expect(legs[1]!.expiryReason).toBe('OCO_TRIGGER');
    expect(exchange.state.locks).toEqual({});
  });

  test('cancelling one leg cancels both', () => {
    const exchange = exchangeAt('60000');
    const { legs, list } = placeOCO(exchange);
    exchange.cancel('BTCUSDT', { orderId: legs[1]!.orderId });
    expect(legs.map(({ status }) => status)).toEqual(['CANCELED', 'CANCELED']);
    expect(list.status).toBe('ALL_DONE');
    expect(balances(exchange).BTC).toBe('1+0');
  });

  test('prices on the wrong side of the market are refused', () => {
    const exchange = exchangeAt('63000');
    expect(refusal(() => placeOCO(exchange))).toBe(
      '-2010 The relationship of the prices for the orders is not correct.',
    );
  });
});

describe('refusals', () => {
  const LIMIT = 'side=BUY&type=LIMIT&timeInForce=GTC';
  test.each([
    [
      'side=BUY&type=LIMIT&quantity=1&price=1',
      "-1102 Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed.",
    ],
    [
      'side=BUY&type=MARKET',
      "-1102 Mandatory parameter 'quantity' was not sent, was empty/null, or malformed.",
    ],
    [
      'side=BUY&type=MARKET&quantity=1e-7',
      "-1100 Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
    ],
    [
      'side=BUY&type=MARKET&quantity=0.123456789',
      "-1111 Parameter 'quantity' has too much precision.",
    ],
    ['side=BUY&type=MARKET&quantity=0', '-1013 Invalid quantity.'],
    ['side=BUY&type=MARKET&quantity=1&price=5', "-1106 Parameter 'price' sent when not required."],
    ['side=LONG&type=MARKET&quantity=1', '-1117 Invalid side.'],
    ['side=BUY&type=STOP&quantity=1', '-1116 Invalid orderType.'],
    [`${LIMIT.replace('GTC', 'GTX')}&quantity=1&price=1`, '-1115 Invalid timeInForce.'],
    [
      'side=BUY&type=MARKET&quantity=1&colour=red',
      "-1104 Not all sent parameters were read; read '4' parameter(s) but was sent '5'.",
    ],
    [`${LIMIT}&quantity=0.001&price=59000.001`, '-1013 Filter failure: PRICE_FILTER'],
    [`${LIMIT}&quantity=0.001&price=300001`, '-1013 Filter failure: PERCENT_PRICE_BY_SIDE'],
    [`${LIMIT}&quantity=0.000001&price=59000`, '-1013 Filter failure: LOT_SIZE'],
    [`${LIMIT}&quantity=0.00008&price=59000`, '-1013 Filter failure: NOTIONAL'],
    ['side=SELL&type=MARKET&quantity=121', '-1013 Filter failure: MARKET_LOT_SIZE'],
    [
      'side=SELL&type=MARKET&quantity=2',
      '-2010 Account has insufficient balance for requested action.',
    ],
    [
      `${LIMIT}&quantity=1&price=59000`,
      '-2010 Account has insufficient balance for requested action.',
    ],
    [
      'side=SELL&type=STOP_LOSS&quantity=0.01&stopPrice=60000',
      '-2010 Order would trigger immediately.',
    ],
    [
      'side=BUY&type=TAKE_PROFIT&quantity=0.01&stopPrice=60001',
      '-2010 Order would trigger immediately.',
    ],
    [
      'side=BUY&type=LIMIT_MAKER&quantity=0.01&price=60000.01',
      '-2010 Order would immediately match and take.',
    ],
    [
      'side=BUY&type=MARKET&quantity=0.01&newClientOrderId=a%20b',
      "-1100 Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.",
    ],
  ])('%s', (text, expected) => {
    const exchange = exchangeAt('60000');
    const before = exchange.snapshot();
    expect(refusal(() => place(exchange, text))).toBe(expected);
    expect(exchange.snapshot()).toBe(before);
  });

  test('a client id is taken while its order is open, and free again afterwards', () => {
    const exchange = exchangeAt('60000');
    const order = `${LIMIT}&quantity=0.001&price=59000&newClientOrderId=same`;
    place(exchange, order);
    expect(refusal(() => place(exchange, order))).toBe('-2010 Duplicate order sent.');
    walk(exchange, '58999');
    jump(exchange, '60000');
    expect(refusal(() => place(exchange, order))).toBe('accepted');
  });

  test('the sixth untriggered stop is one too many', () => {
    const exchange = exchangeAt('60000');
    const stop = 'side=SELL&type=STOP_LOSS&quantity=0.001&stopPrice=59000';
    for (let i = 0; i < 5; i++) place(exchange, stop);
    expect(refusal(() => place(exchange, stop))).toBe('-1013 Filter failure: MAX_NUM_ALGO_ORDERS');
  });

  test('unknown symbols, closed markets and unknown orders', () => {
    const exchange = exchangeAt('60000');
    expect(refusal(() => exchange.cancel('BTCUSDT', { orderId: 9 }))).toBe(
      '-2011 Unknown order sent.',
    );
    expect(refusal(() => exchange.find('BTCUSDT', { clientOrderId: 'x' }))).toBe(
      '-2013 Order does not exist.',
    );
    expect(refusal(() => exchange.find('NOPE', { orderId: 1 }))).toBe('-1121 Invalid symbol.');
    exchange.setRules({ ...exchange.rules('BTCUSDT'), status: 'BREAK' });
    expect(refusal(() => place(exchange, 'side=SELL&type=MARKET&quantity=0.01'))).toBe(
      '-2010 Market is closed.',
    );
  });
});

describe('cancelReplace()', () => {
  const replacement = (price: string) =>
    readOrderTerms(parameters(`side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=${price}`));

  test('frees the old lock before it takes the new one', () => {
    const exchange = exchangeAt('60000', { balances: { USDT: decimal('600') } });
    const { orderId } = place(
      exchange,
      'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000',
    );
    const outcome = exchange.cancelReplace({ orderId }, replacement('59500'), 'STOP_ON_FAILURE');
    expect(outcome.canceled).toMatchObject({ status: 'CANCELED' });
    expect(outcome.placed).toMatchObject({ status: 'NEW' });
    expect(balances(exchange)).toEqual({ USDT: '5+595' });
  });

  test('places nothing when there was nothing to cancel, unless asked to', () => {
    const exchange = exchangeAt('60000');
    const stop = exchange.cancelReplace({ orderId: 9 }, replacement('59500'), 'STOP_ON_FAILURE');
    expect([(stop.canceled as Refusal).code, stop.placed]).toEqual([-2011, undefined]);
    const allow = exchange.cancelReplace({ orderId: 9 }, replacement('59500'), 'ALLOW_FAILURE');
    expect(allow.placed).toMatchObject({ status: 'NEW' });
  });

  test('leaves the old order alone when a filter refuses the new one', () => {
    const exchange = exchangeAt('60000');
    const old = place(exchange, 'side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000');
    expect(
      refusal(() =>
        exchange.cancelReplace({ orderId: old.orderId }, replacement('59500.001'), 'ALLOW_FAILURE'),
      ),
    ).toBe('-1013 Filter failure: PRICE_FILTER');
    expect(old.status).toBe('NEW');
  });
});

describe('determinism and conservation', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('walk'), ticks: fc.integer({ min: -200_000, max: 200_000 }) }),
    fc.record({ kind: fc.constant('jump'), ticks: fc.integer({ min: -200_000, max: 200_000 }) }),
    fc.record({
      kind: fc.constantFrom('MARKET', 'LIMIT', 'STOP_LOSS', 'TAKE_PROFIT_LIMIT', 'OCO', 'cancel'),
      ticks: fc.integer({ min: -300_000, max: 300_000 }),
      isBuy: fc.boolean(),
      steps: fc.integer({ min: 10, max: 5_000 }),
    }),
  );

  test('same calls, same bytes, also across a restore; nothing is created or lost but commission', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const options = {
          liquidity: { levelQuantity: decimal('0.01'), levels: 3, spreadTicks: 1 },
        };
        const first = exchangeAt('60000', options);
        let second = exchangeAt('60000', options);
        actions.forEach((step, i) => {
          expect(perform(first, step)).toBe(perform(second, step));
          expect(JSON.stringify(first.takeEvents())).toBe(JSON.stringify(second.takeEvents()));
          if (i % 5 === 0) second = SpotExchange.restore(second.snapshot(), options.liquidity);
          expect(first.snapshot()).toBe(second.snapshot());
          assertConserved(first);
        });
      }),
      { numRuns: 60 },
    );
  });

  function perform(exchange: SpotExchange, step: Record<string, unknown>): string {
    const ticks = BigInt(step.ticks as number);
    const raw = exchange.lastPrice('BTCUSDT') + ticks * 1_000_000n;
    const price = trimDecimal(raw > decimal('1000') ? raw : decimal('1000'));
    const side = step.isBuy === true ? 'BUY' : 'SELL';
    const terms = `side=${side}&quantity=${trimDecimal(BigInt((step.steps as number) || 0) * 1_000n)}`;
    return refusal(() => {
      if (step.kind === 'walk') return walk(exchange, price);
      if (step.kind === 'jump') return jump(exchange, price);
      if (step.kind === 'cancel') return exchange.cancelAll('BTCUSDT');
      if (step.kind === 'MARKET') return place(exchange, `${terms}&type=MARKET`);
      if (step.kind === 'LIMIT') {
        return place(exchange, `${terms}&type=LIMIT&timeInForce=GTC&price=${price}`);
      }
      if (step.kind === 'STOP_LOSS') {
        return place(exchange, `${terms}&type=STOP_LOSS&stopPrice=${price}`);
      }
      if (step.kind === 'OCO') {
        const last = exchange.lastPrice('BTCUSDT');
        const [above, below] = [last + 50_000_000_000n, last - 50_000_000_000n].map(trimDecimal);
        const legs =
          side === 'SELL'
            ? `&aboveType=LIMIT_MAKER&abovePrice=${above}&belowType=STOP_LOSS&belowStopPrice=${below}`
            : `&aboveType=STOP_LOSS&aboveStopPrice=${above}&belowType=LIMIT_MAKER&belowPrice=${below}`;
        return exchange.placeOCO(readOCOTerms(parameters(terms + legs)));
      }
      return place(
        exchange,
        `${terms}&type=TAKE_PROFIT_LIMIT&timeInForce=GTC&stopPrice=${price}&price=${price}`,
      );
    });
  }

  function assertConserved(exchange: SpotExchange): void {
    const { balances: held, trades, locks } = exchange.state;
    const expected: Record<string, Decimal> = { USDT: decimal('10000'), BTC: decimal('1') };
    for (const trade of trades) {
      const direction = trade.isBuyer ? 1n : -1n;
      expected.BTC! += direction * trade.quantity;
      expected.USDT! -= direction * trade.notional;
      expected[trade.commissionAsset]! -= trade.commission;
    }
    for (const asset of ['USDT', 'BTC']) {
      const { free, locked } = held[asset]!;
      expect(free >= 0n && locked >= 0n).toBe(true);
      expect(free + locked).toBe(expected[asset]);
      const bound = Object.values(locks).filter((lock) => lock.asset === asset);
      expect(bound.reduce((sum, { amount }) => sum + amount, 0n)).toBe(locked);
    }
  }
});
