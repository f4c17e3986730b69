import { describe, expect, test } from 'vitest';
import { parseBacktestRunConfig } from '../config/index.js';
import { type Decimal, decimal } from '../domain/index.js';
import {
  type AccountReport,
  type Broker,
  type InstrumentRules,
  type OrderRequest,
  RequestRefused,
} from '../exchange/index.js';
import type { BotSettings } from '../live/index.js';
import { instrumentRulesOf } from './instrument-rules.contract.js';
import { checkOrder, type TestedBot } from './order-check.js';

const PRICES = { bidPrice: decimal('79990'), askPrice: decimal('80000') };

function bot(run: object, rest: Partial<Omit<TestedBot, 'settings'>> = {}): TestedBot {
  const config = parseBacktestRunConfig({ strategy: 'MACross', ...run });
  const settings: BotSettings = {
    bot: 'bot',
    run: { ...config, symbol: 'BTCUSDT', interval: '1m', market: config.market },
    risk: {},
  };
  return { settings, balance: decimal('10000'), isInPosition: false, ...rest };
}

interface Exchange {
  readonly rules?: Partial<InstrumentRules>;
  readonly free?: string;
  readonly leverage?: number;
  readonly notionalMax?: Decimal;
  readonly refuse?: (order: OrderRequest) => RequestRefused | undefined;
}

/** Checks one bot; returns the verdict and the orders that the exchange was asked about. */
async function check(tested: TestedBot, exchange: Exchange = {}, others: TestedBot[] = []) {
  const { market } = tested.settings.run;
  const { rules, free = '10000', leverage = 20, notionalMax = 0n, refuse } = exchange;
  const orders: OrderRequest[] = [];
  const broker = {
    market,
    symbolSettings: (symbol: string) =>
      Promise.resolve({ symbol, leverage, marginType: 'cross', notionalMax }),
    test: (order: OrderRequest) => {
      orders.push(order);
      const refusal = refuse?.(order);
      return refusal === undefined ? Promise.resolve() : Promise.reject(refusal);
    },
  } as unknown as Broker;
  const instruments = {
    instrumentRules: () =>
      Promise.resolve(new Map([['BTCUSDT', instrumentRulesOf('BTCUSDT', market, rules)]])),
  };
  const account = {
    balances: [{ asset: 'USDT', free: decimal(free), locked: 0n }],
    ...(market === 'usdm' && { margin: { availableBalance: decimal(free) } }),
  } as unknown as AccountReport;
  const bots = [tested, ...others];
  const result = await checkOrder({ instruments, broker, account, bots }, tested, PRICES);
  return { ...result, orders };
}

describe('checkOrder()', () => {
  test('tests the configured size and its stop on spot', async () => {
    const { result, text, orders } = await check(
      bot({ equity_fraction: 0.5, stop_loss_pct: 0.02 }),
    );
    expect(result).toBe('ok');
    expect(text).toBe(
      'a test order of 0.062 BTC was accepted, about 4,960 USDT; its stop at 78,407.84 as well',
    );
    expect(orders).toMatchObject([
      { type: 'market', side: 'buy', quantity: decimal('0.062') },
      {
        type: 'stop-loss',
        side: 'sell',
        quantity: decimal('0.061'),
        triggerPrice: decimal('78407.84'),
      },
    ]);
  });

  test('on USD-M, which tests no stops, the stop is held to the rules', async () => {
    const run = { market: 'usdm', direction: 'short', leverage: 5, stop_loss_pct: 0.02 };
    const { result, text, orders } = await check(bot(run));
    expect(result).toBe('ok');
    expect(text).toMatch(
      /^a test order of 0\.623 BTC was accepted, about .*; its stop at .* keeps the rules$/,
    );
    expect(orders).toMatchObject([{ type: 'market', side: 'sell', quantity: decimal('0.623') }]);
  });

  test.each<[string, object, Exchange, RegExp]>([
    [
      'a share that cannot be sold at its stop',
      { equity_fraction: 0.009, stop_loss_pct: 0.3 },
      { rules: { notionalMin: decimal('60') } },
      /^--equity-fraction 0\.009 is too small .*too little to sell.*use --equity-fraction [\d.]+ or more$/,
    ],
    [
      'units below the smallest order',
      { units: 0.0004 },
      {},
      /^--units 0\.0004 is too small .*; use --units 0\.003 or more$/,
    ],
    [
      'more than one order holds',
      { units: 200 },
      { free: '100000000' },
      /use --units [\d.]+ or less$/,
    ],
    [
      'more than is free',
      { units: 5 },
      {},
      /^10,000 USDT are free, but an entry needs 400,000 USDT/,
    ],
    [
      'an account that has spent its balance',
      { equity_fraction: 1 },
      { free: '11' },
      /^11 USDT are free, but an entry needs 9,920 USDT .*it needs a free balance of [\d.,]+ USDT or more$/,
    ],
    [
      'an account below the leverage of the bot',
      { market: 'usdm', leverage: 5 },
      { leverage: 3 },
      /^10,000 USDT are free, .* or leverage 5 for BTCUSDT at the exchange$/,
    ],
    [
      'a position larger than the exchange allows at this leverage',
      { market: 'usdm', leverage: 20 },
      { notionalMax: decimal('50000') },
      /^at leverage 20 the exchange limits a position to 50,000 USDT/,
    ],
    ['a closed instrument', {}, { rules: { status: 'closed' } }, /^the instrument is closed$/],
  ])('%s is refused before an order is tested', async (_name, run, exchange, text) => {
    const outcome = await check(bot(run), exchange);
    expect(outcome.text).toMatch(text);
    expect(outcome).toMatchObject({ result: 'failed', orders: [] });
  });

  test.each([
    [1, 1],
    [5, 5],
    [20, 20],
    [5, 20],
  ])(
    'USD-M: the whole balance at leverage %d passes where the account stands at %d',
    async (leverage, stands) => {
      for (const direction of ['long', 'short', 'both']) {
        const outcome = await check(bot({ market: 'usdm', direction, leverage }), {
          leverage: stands,
        });
        expect(outcome).toMatchObject({ result: 'ok' });
      }
    },
  );

  test('a bot that holds something goes on: the same is a note, and its money is no lack', async () => {
    const holding = { isInPosition: true };
    expect(await check(bot({ units: 0.0004 }, holding))).toMatchObject({ result: 'note' });
    const poor = new RequestRefused('insufficient-balance', 'Account has insufficient balance');
    const spent = await check(bot({}, holding), { free: '11', refuse: () => poor });
    expect(spent).toMatchObject({ result: 'ok' });
  });

  test('what another bot of the process holds is no lack either', async () => {
    const other = bot({}, { isInPosition: true });
    expect(await check(bot({}), { free: '11' }, [other])).toMatchObject({ result: 'ok' });
  });

  test('a stop that the exchange refuses fails, the missing coins before an entry do not', async () => {
    const refusing = (reason: 'filter' | 'insufficient-balance') => (order: OrderRequest) =>
      order.type === 'market'
        ? undefined
        : new RequestRefused(reason, 'Filter failure: PERCENT_PRICE_BY_SIDE');
    const run = { stop_loss_pct: 0.3 };
    await expect(check(bot(run), { refuse: refusing('filter') })).rejects.toThrow(
      'its stop at 56,005.60 was refused: Filter failure: PERCENT_PRICE_BY_SIDE',
    );
    expect(await check(bot(run), { refuse: refusing('insufficient-balance') })).toMatchObject({
      result: 'ok',
    });
  });
});
