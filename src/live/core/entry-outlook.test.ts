import { describe, expect, test } from 'vitest';
import { decimal, decimalFromNumber, maxDecimal, multiplyDecimals } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/index.js';
import type { TradeRules } from '../../semantics/index.js';
import { type Random, seededRandom } from '../../util/index.js';
import { type EntryFacts, entryOutlook } from './entry-outlook.js';
import { assessRisk } from './risk.js';
import { type SizeFacts, sizeBounds } from './size-bounds.js';

const SEED = Number(process.env.WUS_SEED ?? 20260101);
const RUNS = Number(process.env.WUS_RUNS ?? 4_000);

const SPOT: InstrumentRules = {
  symbol: 'BTCUSDT',
  market: 'spot',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  status: 'trading',
  tickSize: decimal('0.01'),
  priceMin: decimal('0.01'),
  priceMax: decimal('10000000'),
  stepSize: decimal('0.00001'),
  quantityMin: decimal('0.00001'),
  quantityMax: decimal('9000'),
  marketStepSize: 0n,
  marketQuantityMin: 0n,
  marketQuantityMax: decimal('100'),
  notionalMin: decimal('5'),
  notionalMax: decimal('9000000'),
  notionalMinAppliesToMarket: true,
  notionalMaxAppliesToMarket: false,
  ordersMax: 200,
  stopOrdersMax: 5,
  orderTypes: ['market', 'limit', 'limit-maker', 'stop-loss', 'stop-loss-limit'],
  ocoAllowed: true,
};
const USDM: InstrumentRules = {
  ...SPOT,
  market: 'usdm',
  stepSize: decimal('0.001'),
  quantityMin: decimal('0.001'),
  quantityMax: decimal('1000'),
  marketQuantityMax: decimal('120'),
  notionalMin: decimal('50'),
  notionalMax: 0n,
  ocoAllowed: false,
};
const RULES: TradeRules = {
  market: 'spot',
  direction: 'both',
  initialBalance: 10_000,
  size: { equityFraction: 1 },
  leverage: 1,
  allowOverdraft: false,
  commissionRate: 0.001,
  slippageRate: 0.0001,
  exitOnNeutral: false,
  reEntry: 'immediate',
};

interface FactChanges extends Partial<Omit<EntryFacts, 'rules' | 'instrument'>> {
  readonly rules?: Partial<TradeRules>;
  readonly instrument?: Partial<InstrumentRules>;
}

function facts(base: InstrumentRules, { rules, instrument, ...rest }: FactChanges): EntryFacts {
  return {
    rules: {
      ...RULES,
      market: base.market,
      ...(base.market === 'usdm' && { commissionRate: 0.0005 }),
      ...rules,
    },
    limits: {},
    instrument: { ...base, ...instrument },
    side: 1,
    price: decimal('80000'),
    balance: decimal('10000'),
    quoteFree: decimal('10000'),
    leverage: 1,
    bracketNotional: 0n,
    ...rest,
  };
}

describe('entryOutlook()', () => {
  test.each<[string, InstrumentRules, FactChanges, string]>([
    [
      'a size that cannot be sold at its stop',
      SPOT,
      { rules: { size: { equityFraction: 0.0006 }, stopLoss: 0.3 } },
      '--equity-fraction 0.0006 is too small (0.00007 BTC, about 5.6 USDT): its value at its stop 30 % lower, less a margin of 10 %, is 3.02 USDT, too little to sell: an order for BTCUSDT must be worth at least 5 USDT; use --equity-fraction 0.000899 or more',
    ],
    [
      'too little for any order',
      SPOT,
      { rules: { size: { units: 0.00001 } } },
      '--units 0.00001 is too small (0.00001 BTC, about 0.8 USDT): an order for BTCUSDT must be worth at least 5 USDT; use --units 0.00009 or more',
    ],
    [
      'less than one step',
      USDM,
      { rules: { size: { equityFraction: 0.001 } } },
      '--equity-fraction 0.001 is too small (less than 0.001 BTC): an order for BTCUSDT must be 0.001 to 120 BTC; use --equity-fraction 0.00817 or more',
    ],
    [
      'the whole balance in a cheap coin',
      SPOT,
      {
        price: decimal('0.00001'),
        instrument: { marketQuantityMax: decimal('100000000'), quantityMax: decimal('900000000') },
      },
      'an order for BTCUSDT must be 0.00001 to 100000000 BTC (--equity-fraction 1 is 998901108.8901 BTC, about 9,989.01 USDT); use --equity-fraction 0.0981 or less',
    ],
    [
      'more units than one order holds',
      SPOT,
      {
        rules: { size: { units: 150 } },
        quoteFree: decimal('100000000'),
        balance: decimal('100000000'),
      },
      'an order for BTCUSDT must be 0.00001 to 100 BTC (--units 150 is 150 BTC, about 12,000,000 USDT); use --units 100 or less',
    ],
    [
      'more units than the balance carries',
      USDM,
      { rules: { size: { units: 1 }, leverage: 5 }, leverage: 20 },
      'margin and commission are 16,040 USDT, but the bot has 10,000 USDT (--units 1 is 1 BTC, about 80,000 USDT); use --units 0.61 or less',
    ],
    [
      'an account below the leverage that the bot sizes with',
      USDM,
      { rules: { leverage: 5 }, leverage: 3 },
      "10,000 USDT are free, but an entry needs 16,638.25 USDT of margin and commission at the account's leverage of 3 (--equity-fraction 1 is 0.623 BTC, about 49,840 USDT); use --equity-fraction 0.587 or less, or leverage 5 for BTCUSDT at the exchange",
    ],
    [
      'a limit below the size',
      USDM,
      { limits: { maxOrderNotional: 500 } },
      '--max-order-notional is 500 USDT (--equity-fraction 1 is 0.124 BTC, about 9,920 USDT); use --equity-fraction 0.047 or less, or a larger --max-order-notional',
    ],
    [
      'a position larger than the leverage of the account allows',
      USDM,
      { rules: { leverage: 50 }, leverage: 50, bracketNotional: decimal('100000') },
      'at leverage 50 the exchange limits a position to 100,000 USDT (--equity-fraction 1 is 6.096 BTC, about 487,680 USDT); use --equity-fraction 0.2 or less, or a lower --leverage',
    ],
    [
      'a balance too small for any order',
      USDM,
      { rules: { size: { equityFraction: 1 } }, balance: decimal('20'), quoteFree: decimal('20') },
      '--equity-fraction 1 is too small (less than 0.001 BTC): an order for BTCUSDT must be 0.001 to 120 BTC; it needs a balance (--balance) of 81.7 USDT or more',
    ],
    [
      'a stop below the lowest price',
      SPOT,
      { rules: { stopLoss: 0.9 }, instrument: { priceMin: decimal('10000') } },
      'its stop at 8,000.8 USDT would be refused: prices of BTCUSDT must be between 10000 and 10000000; use another stop',
    ],
  ])('%s', (_name, instrument, changes, problem) => {
    expect(entryOutlook(facts(instrument, changes)).problem).toBe(problem);
  });

  test.each<[string, InstrumentRules, FactChanges]>([
    ['the whole balance on spot', SPOT, {}],
    [
      'the whole balance, the account at the leverage of the bot',
      USDM,
      { rules: { leverage: 5 }, leverage: 5 },
    ],
    [
      'the whole balance short',
      USDM,
      { side: -1, rules: { leverage: 20, stopLoss: 0.02 }, leverage: 20 },
    ],
    [
      'the smallest size that can be sold at its stop',
      SPOT,
      { rules: { size: { equityFraction: 0.000899 }, stopLoss: 0.3 } },
    ],
    [
      'a stop for more than one order holds: it rests in parts',
      SPOT,
      { rules: { stopLoss: 0.02 }, instrument: { notionalMax: decimal('5000') } },
    ],
  ])('nothing is wrong with %s', (_name, instrument, changes) => {
    expect(entryOutlook(facts(instrument, changes)).problem).toBeUndefined();
  });

  test('the orders are those of trading: size, stop and what the commission leaves', () => {
    const { order, stop, sizeText } = entryOutlook(facts(SPOT, { rules: { stopLoss: 0.02 } }));
    expect(order).toMatchObject({ type: 'market', side: 'buy', quantity: decimal('0.12486') });
    expect(stop).toMatchObject({
      type: 'stop-loss',
      side: 'sell',
      quantity: decimal('0.12473'),
      triggerPrice: decimal('78407.84'),
    });
    expect(sizeText).toBe('0.12486 BTC, about 9,988.8 USDT');
    const short = entryOutlook(facts(USDM, { side: -1, rules: { stopLoss: 0.02 } }));
    expect(short.order).toMatchObject({ side: 'sell', quantity: decimal('0.124') });
    expect(short.stop).toMatchObject({ side: 'buy', reduceOnly: true, quantity: decimal('0.124') });
  });

  test(`every problem names a size without one (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    let advised = 0;
    for (let run = 0; run < RUNS; run++) {
      const wanted = randomFacts(random);
      const { problem } = entryOutlook(wanted);
      const advice = /use --(units|equity-fraction) ([\d.]+) or/.exec(problem ?? '');
      if (advice === null) continue;
      advised++;
      const value = Number(advice[2]);
      const size = advice[1] === 'units' ? { units: value } : { equityFraction: value };
      const again = entryOutlook({ ...wanted, rules: { ...wanted.rules, size } });
      expect(again.problem, `run ${run}: ${problem}`).toBeUndefined();
    }
    expect(advised).toBeGreaterThan(RUNS / 10);
  });
});

describe('sizeBounds()', () => {
  test(`an entry passes the checks exactly between them (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const count = { passed: 0, refused: 0 };
    for (let run = 0; run < RUNS; run++) {
      const { rules, balance, ...rest } = randomFacts(random);
      const size: SizeFacts = {
        ...rest,
        bracketNotional: 0n,
        decisionPrice: undefined,
        stopPrice: decimalFromNumber((Number(rest.price) / 1e8) * pick(random, [1, 0.98, 0.5])),
        commissionRate: rules.commissionRate,
        entriesInLastHour: 0,
        ownLeverage: rules.leverage,
        ownFunds: Number(balance) / 1e8,
      };
      const { least, most } = sizeBounds(size);
      if (least === undefined) continue;
      const { stepSize, marketStepSize } = size.instrument;
      const step = maxDecimal(stepSize, marketStepSize);
      const near = [least.quantity, ...(most === undefined ? [] : [most.quantity])];
      for (const bound of near) {
        for (const quantity of [bound - step, bound, bound + step]) {
          // What lies within a rounding of the bound decides nothing.
          const isTiny = multiplyDecimals(step, size.price) <= 1_000n;
          const isMoney = isTiny || most?.refusal.endsWith('balance') === true;
          if (isMoney && most !== undefined && quantity > most.quantity) continue;
          if (quantity <= 0n) continue;
          const order = {
            type: 'market',
            symbol: 'BTCUSDT',
            side: 'buy',
            clientOrderId: 'x',
            quantity,
          } as const;
          const result = assessRisk({ leg: 'entry', order }, size);
          const fits =
            quantity >= least.quantity && (most === undefined || quantity <= most.quantity);
          const where = `run ${run}, ${quantity}: ${JSON.stringify({ least, most, size, result }, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`;
          expect(!('refusal' in result), where).toBe(fits);
          count[fits ? 'passed' : 'refused']++;
        }
      }
    }
    expect(count.passed).toBeGreaterThan(RUNS / 2);
    expect(count.refused).toBeGreaterThan(RUNS / 2);
  });
});

function randomFacts(random: Random): EntryFacts {
  const isSpot = random() < 0.5;
  const step = pick(random, ['0.00001', '0.001', '1', '100']);
  const price = 10 ** (random() * 9 - 4);
  const instrument: Partial<InstrumentRules> = {
    tickSize: 1n,
    priceMin: 0n,
    priceMax: 0n,
    stepSize: decimal(step),
    quantityMin: decimal(step),
    marketStepSize: pick(random, [0n, 0n, decimal(step) * 10n]),
    quantityMax: pick(random, [0n, decimalFromNumber(Math.ceil(1e5 / price) * Number(step) * 100)]),
    marketQuantityMax: pick(random, [0n, decimal(step) * 5_000n]),
    notionalMin: pick(random, [0n, decimal('1'), decimal('5'), decimal('100')]),
    notionalMinAppliesToMarket: random() < 0.8,
    notionalMaxAppliesToMarket: random() < 0.3,
    notionalMax: pick(random, [0n, decimal('1000')]),
  };
  const leverage = isSpot ? 1 : pick(random, [1, 3, 7.5, 20]);
  const balance = decimalFromNumber(10 ** (random() * 5));
  const units = (10 ** (random() * 5) / price) * 0.1;
  return facts(isSpot ? SPOT : USDM, {
    instrument,
    price: decimalFromNumber(price),
    balance,
    quoteFree: pick(random, [balance, balance / 2n, balance * 3n]),
    leverage: isSpot ? 1 : Math.max(1, Math.ceil(leverage) + pick(random, [0, 0, -2])),
    side: isSpot || random() < 0.5 ? 1 : -1,
    limits: pick(random, [{}, {}, { maxOrderNotional: 50 }, { maxPositionNotional: 500 }]),
    bracketNotional: isSpot ? 0n : pick(random, [0n, decimal('20000')]),
    rules: {
      leverage,
      commissionRate: pick(random, [0, 0.0005, 0.001]),
      size: random() < 0.5 ? { units } : { equityFraction: pick(random, [1, 0.5, 0.01, 0.0001]) },
      ...(random() < 0.5 && { stopLoss: pick(random, [0.01, 0.1, 0.5]) }),
    },
  });
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}
