import { describe, expect, test } from 'vitest';
import { type Decimal, decimal, decimalToNumber } from '../domain/index.js';
import {
  type Broker,
  type Clock,
  type InstrumentRules,
  isUsdmBroker,
  type MarketEvent,
  type OrderRequest,
  RequestNotSent,
  SpotExchange,
  spotSymbol,
  type UserEvent,
} from '../exchange/index.js';
import { SimulatedAccount } from '../live/index.js';
import { guardedBroker } from './guarded-broker.js';
import { PaperAccount } from './paper-account.js';
import { paperVenue } from './paper-venue.js';

const SYMBOL = 'BTCUSDT';
const rules: InstrumentRules = new SimulatedAccount(
  new SpotExchange({ symbols: [spotSymbol(SYMBOL, 100)], balances: {}, startTime: 1_000 }),
).rules(SYMBOL);

function world(
  options: {
    saved?: string;
    isContinuous?: boolean;
    failing?: boolean;
    rules?: InstrumentRules;
    fundingRate?: () => Promise<Decimal>;
    now?: () => number;
  } = {},
) {
  const clock: Clock = { now: options.now ?? (() => 1_000), after: () => () => undefined };
  const saves: string[] = [];
  const account = new PaperAccount({
    rules: options.rules ?? rules,
    initialQuote: 1_000,
    commissionBps: 10,
    clock,
    saved: options.saved,
    save: (text) => {
      if (options.failing === true) return Promise.reject(new Error('ENOSPC'));
      saves.push(text);
      return Promise.resolve();
    },
    hasContinuousPrices: options.isContinuous === true,
    ...(options.fundingRate !== undefined && { fundingRate: options.fundingRate }),
  });
  let tell: (event: MarketEvent) => void = () => undefined;
  account
    .feed({
      subscribe: (_, listener) => {
        tell = listener;
        return () => undefined;
      },
    })
    .subscribe({ candles: [] }, () => undefined);
  const events: UserEvent[] = [];
  account.userEvents.subscribe((event) => events.push(event));
  const price = (bid: string, ask: string): void =>
    tell({
      type: 'price',
      time: 1_000,
      symbol: SYMBOL,
      bidPrice: decimal(bid),
      askPrice: decimal(ask),
    });
  return { account, saves, events, price };
}

const buy = (id = 'a'): OrderRequest => ({
  type: 'market',
  symbol: SYMBOL,
  side: 'buy',
  clientOrderId: id,
  quantity: decimal('1'),
});
const stop = (price: string): OrderRequest => ({
  type: 'stop-loss',
  symbol: SYMBOL,
  side: 'sell',
  clientOrderId: 's',
  quantity: decimal('0.999'),
  triggerPrice: decimal(price),
});

describe('what changes an account is saved before it is confirmed', () => {
  const sell = { symbol: SYMBOL, side: 'sell', quantity: decimal('0.999') } as const;
  const pair = {
    ...sell,
    listClientOrderId: 'pair',
    takeProfit: { clientOrderId: 't1', price: decimal('110') },
    stopLoss: { clientOrderId: 's1', triggerPrice: decimal('95') },
  };
  type Writes = readonly [
    string,
    'spot' | 'usdm',
    (broker: Broker) => unknown,
    (broker: Broker) => unknown,
  ];
  const nothing = (): undefined => undefined;
  const writes: readonly Writes[] = [
    ['an order', 'spot', nothing, (broker) => broker.place(buy('b'))],
    ['a stop', 'spot', nothing, (broker) => broker.place(stop('95'))],
    ['a pair', 'spot', nothing, (broker) => broker.placeOCO(pair)],
    [
      'a moved stop',
      'spot',
      (broker) => broker.place(stop('95')),
      (broker) => broker.cancelReplace(SYMBOL, 's', { ...stop('97'), clientOrderId: 's2' }),
    ],
    [
      'a cancellation',
      'spot',
      (broker) => broker.place(stop('95')),
      (broker) => broker.cancel(SYMBOL, 's'),
    ],
    ['a stop on USD-M', 'usdm', nothing, (broker) => broker.place(stop('95'))],
    [
      'a leverage',
      'usdm',
      nothing,
      (broker) => isUsdmBroker(broker) && broker.setLeverage(SYMBOL, 7),
    ],
  ];

  test.each(writes)('%s', async (_, market, prepare, change) => {
    const its = { rules: { ...rules, market } };
    const { account, price, saves } = world(its);
    price('100', '100.05');
    await account.broker.place(buy());
    await prepare(account.broker);
    const before = saves.length;
    await change(account.broker);
    expect(saves.length).toBeGreaterThan(before);
    const again = world({ ...its, saved: saves.at(-1)! }).account;
    const stateOf = async ({ broker }: PaperAccount): Promise<unknown> => [
      (await broker.openOrders(SYMBOL)).map(({ clientOrderId }) => clientOrderId).sort(),
      (await broker.account()).balances,
      isUsdmBroker(broker) ? (await broker.symbolSettings(SYMBOL)).leverage : 1,
    ];
    expect(await stateOf(again)).toEqual(await stateOf(account));
  });

  test.each(['spot', 'usdm'] as const)(
    'no method of a broker on %s goes past the account',
    (market) => {
      const guarded: string[] = [];
      const method = (name: string) => [name, () => Promise.resolve(name)] as const;
      const inner = paperVenue({
        rules: { ...rules, market },
        initialQuote: 1_000,
        commissionRate: 0n,
        now: () => 1_000,
        saved: undefined,
      }).broker;
      const names = Object.entries(inner).flatMap(([name, part]) =>
        typeof part === 'function' && name !== 'instrumentRules' ? [name] : [],
      );
      const broker = guardedBroker({ market, ...Object.fromEntries(names.map(method)) } as never, {
        writes: (action) => {
          guarded.push('writes');
          return action();
        },
        reads: (action) => {
          guarded.push('reads');
          return action();
        },
      }) as unknown as Record<string, () => unknown>;
      for (const name of names) broker[name]!();
      expect(guarded).toHaveLength(names.length);
    },
  );
});

describe('PaperAccount on USD-M', () => {
  const short: OrderRequest = { ...buy('a'), side: 'sell' };

  test('sells short at the best bid, is stopped, and goes on after a restart', async () => {
    const usdm: InstrumentRules = { ...rules, market: 'usdm' };
    const { account, price, saves } = world({ rules: usdm, isContinuous: true });
    price('100', '100.05');
    const report = await account.broker.place(short);
    expect(report.status).toBe('filled');
    await account.broker.place({
      ...stop('102'),
      side: 'buy',
      quantity: decimal('1'),
      reduceOnly: true,
    });
    const again = world({ rules: usdm, isContinuous: true, saved: saves.at(-1)! });
    const { positions } = await again.account.broker.account();
    expect(positions.map(({ quantity }) => decimalToNumber(quantity))).toEqual([-1]);
    expect(await again.account.broker.openOrders(SYMBOL)).toHaveLength(1);
    again.price('101', '101.05');
    expect(await again.account.broker.openOrders(SYMBOL)).toHaveLength(1);
    again.price('102.5', '102.55');
    expect(await again.account.broker.openOrders(SYMBOL)).toEqual([]);
    const { positions: left } = await again.account.broker.account();
    expect(left.every(({ quantity }) => quantity === 0n)).toBe(true);
  });
});

describe('PaperAccount and the funding rate of the market', () => {
  const usdm: InstrumentRules = { ...rules, market: 'usdm' };
  const EIGHT_HOURS = 28_800_000;
  /** Funding of a short of 1 at 100 after eight hours. */
  const fundingAt = async (fundingRate?: () => Promise<Decimal>): Promise<number[]> => {
    let time = 1_000;
    const { account, price } = world({
      rules: usdm,
      now: () => time,
      ...(fundingRate !== undefined && { fundingRate }),
    });
    const source = account.instruments({
      instrumentRules: () => Promise.resolve(new Map([[SYMBOL, usdm]])),
    });
    price('100', '100.05');
    await account.broker.place({ ...buy(), side: 'sell' });
    await source.instrumentRules([SYMBOL]);
    time = EIGHT_HOURS + 1_000;
    price('100', '100.05');
    const { broker } = account;
    if (!isUsdmBroker(broker)) throw new Error('not USD-M');
    return (await broker.fundingPayments(SYMBOL, 0)).map(({ amount }) => decimalToNumber(amount));
  };

  test.each<[string, (() => Promise<Decimal>) | undefined, number]>([
    ['the published one', () => Promise.resolve(decimal('0.0025')), 0.25],
    ['a negative one is paid by shorts', () => Promise.resolve(decimal('-0.001')), -0.1],
    [
      'one that cannot be read leaves the interest rate',
      () => Promise.reject(new RequestNotSent('x')),
      0.01,
    ],
    ['without a source it is the interest rate', undefined, 0.01],
  ])('%s', async (_, fundingRate, payment) => {
    expect(await fundingAt(fundingRate)).toEqual([payment]);
  });
});

describe('PaperAccount', () => {
  test('buys at the best ask, sells at the best bid, keeps commission', async () => {
    const { account, price } = world();
    price('100', '100.05');
    const bought = await account.broker.place(buy());
    expect(bought.fills.map((fill) => decimalToNumber(fill.price))).toEqual([100.05]);
    expect(decimalToNumber(bought.fills[0]!.commission)).toBe(0.001);
    const sold = await account.broker.place({
      ...buy('b'),
      side: 'sell',
      quantity: decimal('0.999'),
    });
    expect(sold.fills.map((fill) => decimalToNumber(fill.price))).toEqual([100]);
    const { balances } = await account.broker.account();
    const quote = balances.find(({ asset }) => asset === 'USDT')!;
    // 1000 − 100.05 + 99.9 × (1 − 0.001)
    expect(decimalToNumber(quote.free)).toBeCloseTo(999.7501, 8);
  });

  test.each([
    [false, 98.5, 'a real market is not known between two frames: the fill is at the new price'],
    [true, 99, 'a replayed market trades every price on the way'],
  ])('a stop under continuous prices %s fills at %d: %s', async (isContinuous, expected) => {
    const { account, price, events } = world({ isContinuous });
    price('100', '100.01');
    await account.broker.place(buy());
    await account.broker.place(stop('99'));
    price('99.5', '99.51');
    expect((await account.broker.openOrders(SYMBOL)).length).toBe(1);
    price('98.5', '98.51');
    expect((await account.broker.openOrders(SYMBOL)).length).toBe(0);
    const fills = await account.broker.fills({ symbol: SYMBOL });
    expect(decimalToNumber(fills.at(-1)!.price)).toBe(expected);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(
      events.some((event) => event.type === 'order' && event.fill?.price === fills.at(-1)!.price),
    ).toBe(true);
  });

  test('goes on after a restart where it was: balances, the resting stop, known ids', async () => {
    const { account, price, saves } = world();
    price('100', '100.01');
    await account.broker.place(buy());
    await account.broker.place(stop('99'));
    const again = world({ saved: saves.at(-1)! });
    expect(await again.account.broker.account()).toEqual(await account.broker.account());
    expect(await again.account.broker.openOrders(SYMBOL)).toEqual(
      await account.broker.openOrders(SYMBOL),
    );
    expect((await again.account.broker.query(SYMBOL, 'a'))?.status).toBe('filled');
    again.price('98', '98.01');
    expect(await again.account.broker.openOrders(SYMBOL)).toEqual([]);
  });

  test('an order that could not be saved has an unknown outcome, and is found when asked for', async () => {
    const { account, price } = world({ failing: true });
    price('100', '100.01');
    await expect(account.broker.place(buy())).rejects.toMatchObject({ outcome: 'unknown' });
    expect((await account.broker.query(SYMBOL, 'a'))?.status).toBe('filled');
  });

  test('refuses as an exchange does', async () => {
    const { account, price } = world();
    price('2000', '2000.01');
    await expect(account.broker.place(buy())).rejects.toMatchObject({
      outcome: 'refused',
      reason: 'insufficient-balance',
    });
  });

  test('what is saved does not grow with the number of trades', async () => {
    const { account, price, saves } = world();
    price('100', '100');
    for (let i = 0; i < 700; i++) {
      await account.broker.place({ ...buy(`b${i}`), quantity: decimal('0.1') });
      await account.broker.place({
        ...buy(`s${i}`),
        side: 'sell',
        quantity: decimal('0.0999'),
      });
    }
    expect(saves.at(-1)!.length).toBeLessThan(100_000);
    expect((await account.broker.openOrders(SYMBOL)).length).toBe(0);
  });
});
