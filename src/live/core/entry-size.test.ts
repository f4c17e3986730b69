import { describe, expect, test } from 'vitest';
import { type Decimal, decimal, decimalFromNumber, decimalToNumber } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/index.js';
import { quantityOfBalance, type TradeRules } from '../../semantics/index.js';
import { seededRandom } from '../../util/index.js';
import { entryQuantity } from './entry-size.js';
import { assessRisk, type RiskFacts } from './risk.js';

const SEED = Number(process.env.WUS_SEED ?? 20260101);

const INSTRUMENT: InstrumentRules = {
  symbol: 'BTCUSDT',
  market: 'usdm',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  status: 'trading',
  tickSize: decimal('0.01'),
  priceMin: 0n,
  priceMax: 0n,
  stepSize: decimal('0.001'),
  quantityMin: decimal('0.001'),
  quantityMax: 0n,
  marketStepSize: 0n,
  marketQuantityMin: 0n,
  marketQuantityMax: 0n,
  notionalMin: decimal('5'),
  notionalMax: 0n,
  notionalMinAppliesToMarket: true,
  notionalMaxAppliesToMarket: false,
  ordersMax: 200,
  stopOrdersMax: 10,
  orderTypes: ['market', 'stop-loss'],
  ocoAllowed: false,
};

const RULES: TradeRules = {
  market: 'usdm',
  direction: 'both',
  initialBalance: 10_000,
  size: { equityFraction: 1 },
  leverage: 1,
  allowOverdraft: false,
  commissionRate: 0.0005,
  slippageRate: 0,
  exitOnNeutral: false,
  reEntry: 'immediate',
};

/** What the checks say about the entry that such a bot sends, its account holding exactly the bot's balance. */
function refusalOf(
  rules: TradeRules,
  instrument: InstrumentRules,
  at: {
    readonly price: Decimal;
    readonly balance: Decimal;
    readonly accountLeverage: number;
    readonly side?: 1 | -1;
  },
) {
  const { price, balance, accountLeverage, side = 1 } = at;
  const quantity = entryQuantity(rules, instrument, { side, price, balance });
  const facts: RiskFacts = {
    instrument,
    limits: {},
    price,
    decisionPrice: undefined,
    stopPrice: price,
    commissionRate: rules.commissionRate,
    entriesInLastHour: 0,
    quoteFree: balance,
    leverage: accountLeverage,
    ownLeverage: rules.leverage,
    ownFunds: decimalToNumber(balance),
  };
  const order = {
    type: 'market',
    symbol: 'BTCUSDT',
    side: 'buy',
    clientOrderId: 'x',
    quantity,
  } as const;
  const result = assessRisk({ leg: 'entry', order }, facts);
  return 'refusal' in result ? result.refusal : undefined;
}

describe('entryQuantity()', () => {
  test.each([
    ['a fixed quantity, down to the grid', { size: { units: 1.23456 } }, '1.234'],
    ['the whole balance, room for the commission', {}, '99.95'],
    ['with leverage the commission counts leverage times', { leverage: 20 }, '1980.198'],
    ['half the balance', { size: { equityFraction: 0.5 } }, '49.975'],
    ['at the price after slippage', { slippageRate: 0.01 }, '98.96'],
    ['less than a step', { size: { equityFraction: 0.000001 } }, '0'],
  ])('%s', (_name, rules, quantity) => {
    const basis = { side: 1, price: decimal('100'), balance: decimal('10000') } as const;
    expect(entryQuantity({ ...RULES, ...rules }, INSTRUMENT, basis)).toBe(decimal(quantity));
  });

  test.each([
    ['half the balance at the price after slippage', 0.5, '50.479'],
    ['the whole balance at the price that the exchange counts', 1, '99.95'],
  ])('a short: %s', (_name, equityFraction, quantity) => {
    const basis = { side: -1, price: decimal('100'), balance: decimal('10000') } as const;
    const rules = { ...RULES, slippageRate: 0.01, size: { equityFraction } };
    expect(entryQuantity(rules, INSTRUMENT, basis)).toBe(decimal(quantity));
  });

  test('a quantity beyond every decimal is cut to one that no instrument takes', () => {
    const basis = { side: 1, price: 1n, balance: decimal('1000000000') } as const;
    const quantity = entryQuantity({ ...RULES, leverage: 125 }, INSTRUMENT, basis);
    expect(quantity).toBe(decimal('9000000000000'));
  });

  test(`the whole balance always passes the checks, at any leverage that the account stands at or above (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    let sent = 0;
    for (let run = 0; run < 5_000; run++) {
      const leverage = pick([1, 1, 1.5, 2, 3, 5, 20, 125]);
      const rules = {
        ...RULES,
        leverage,
        commissionRate: pick([0, 0.0002, 0.0005, 0.001]),
        slippageRate: pick([0, 0.0001, 0.005]),
      };
      const price = decimalFromNumber(10 ** (random() * 9 - 4)) || 1n;
      const balance = decimalFromNumber(10 ** (1 + random() * 6));
      const instrument = {
        ...INSTRUMENT,
        stepSize: pick([1n, 1n, decimal('0.001'), decimal('1')]),
        quantityMin: 1n,
      };
      const accountLeverage = Math.ceil(leverage) + pick([0, 0, 5]);
      const side = pick([1, -1] as const);
      const refusal = refusalOf(rules, instrument, { price, balance, accountLeverage, side });
      const { commissionRate } = rules;
      const wanted = quantityOfBalance(
        decimalToNumber(balance),
        1,
        leverage,
        decimalToNumber(price),
        commissionRate,
      );
      const isTooCoarse = wanted * decimalToNumber(price) < 6 || wanted < 2;
      if (isTooCoarse) continue;
      sent++;
      expect(
        refusal,
        `run ${run}: ${JSON.stringify({ leverage, commissionRate, price: String(price), balance: String(balance) })}`,
      ).toBeUndefined();
    }
    expect(sent).toBeGreaterThan(3_000);
  });

  test.each([
    ['the account stands below the leverage that the bot sizes with', 5, 3, 'insufficient-balance'],
    ['the account stands above it', 5, 20, undefined],
  ])('%s', (_name, leverage, accountLeverage, refusal) => {
    const at = { price: decimal('100'), balance: decimal('10000'), accountLeverage };
    expect(refusalOf({ ...RULES, leverage }, INSTRUMENT, at)).toBe(refusal);
  });

  test.each([
    [498, undefined],
    [499, 'beyond-own-balance'],
  ])('S-29 holds live: %d units of 100 with leverage 5 of 10,000', (units, refusal) => {
    const at = { price: decimal('100'), balance: decimal('10000'), accountLeverage: 50 };
    expect(refusalOf({ ...RULES, leverage: 5, size: { units } }, INSTRUMENT, at)).toBe(refusal);
  });
});
