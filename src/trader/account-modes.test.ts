import { describe, expect, test } from 'vitest';
import { parseBacktestRunConfig } from '../config/index.js';
import { decimal } from '../domain/index.js';
import type { AccountReport, MarginType, UsdmBroker } from '../exchange/index.js';
import type { BotSettings } from '../live/index.js';
import { accountModeChecks } from './account-modes.js';
import { leverageThatFits, liquidationDistance } from './liquidation-distance.js';

const NO_DEDUCTION = { maintenanceRate: 0.004, deductionShare: 0 };

describe('liquidationDistance()', () => {
  // Long 1 BTC at 100,000 with margin 5,000 and 0.4 % maintenance: 5,000 - x = 0.004 (100,000 - x), x = 4,618.47.
  test.each<[1 | -1, number, number]>([
    [1, 1 / 20, 0.0461847],
    [-1, 1 / 20, 0.0458167],
    [1, 1, 1],
    [-1, 1, 0.9920319],
    [1, 1 / 125, 0.0040161],
    [1, 2, 2.0040161],
  ])('side %s with a margin of %s of the notional: %s', (side, marginShare, distance) => {
    expect(liquidationDistance({ ...NO_DEDUCTION, marginShare }, side)).toBeCloseTo(distance, 6);
  });

  test('at its price the margin left is the maintenance margin', () => {
    const facts = { marginShare: 0.1, maintenanceRate: 0.01, deductionShare: 0.002 };
    for (const side of [1, -1] as const) {
      const price = 1 - side * liquidationDistance(facts, side);
      const left = facts.marginShare + side * (price - 1);
      expect(left).toBeCloseTo(facts.maintenanceRate * price - facts.deductionShare, 10);
    }
  });
});

test.each([
  [0.08, 11],
  [0.02, 41],
  [0.5, 1],
  [0.997, 0],
])('a distance of %s fits isolated margin up to leverage %s', (distance, leverage) => {
  const facts = { ...NO_DEDUCTION, marginShare: 1 };
  expect(leverageThatFits(facts, distance, [1, -1])).toBe(leverage);
});

interface At {
  readonly marginType?: MarginType;
  readonly leverage?: number;
  readonly wallet?: string;
  readonly modes?: Partial<AccountReport>;
  readonly isInPosition?: boolean;
  readonly config?: Record<string, unknown>;
}
const checks = async ({
  marginType = 'cross',
  leverage = 20,
  wallet = '10000',
  modes,
  ...at
}: At) => {
  const broker = {
    market: 'usdm',
    symbolSettings: () =>
      Promise.resolve({ symbol: 'BTCUSDT', leverage, marginType, notionalMax: decimal('1000000') }),
    leverageBrackets: () =>
      Promise.resolve([
        {
          notionalFloor: 0n,
          notionalCap: decimal('50000'),
          leverageMax: 125,
          maintenanceRate: decimal('0.004'),
          maintenanceDeduction: 0n,
        },
      ]),
  } as unknown as UsdmBroker;
  const run = parseBacktestRunConfig({
    symbol: 'BTCUSDT',
    interval: '1m',
    market: 'usdm',
    strategy: 'MACross',
    params: { fast_period: 2, slow_period: 5 },
    direction: 'both',
    units: 0.02,
    initial_balance: 4_000,
    stop_loss_pct: 0.08,
    ...at.config,
  });
  const account = {
    isHedged: false,
    isMultiAssets: false,
    margin: { walletBalance: decimal(wallet) },
    ...modes,
  } as AccountReport;
  const bot = {
    settings: { bot: 'b', run, risk: {} } as unknown as BotSettings,
    balance: decimal('4000'),
    isInPosition: at.isInPosition ?? false,
  };
  return accountModeChecks(broker, account, [bot], new Map([['BTCUSDT', decimal('58000')]]));
};
const margin = async (at: At) => (await checks(at))[1]!;
const modes = async (at: At) => (await checks(at))[0]!;

describe('the margin of a symbol', () => {
  test('is told where it fits', async () => {
    expect(await margin({})).toMatchObject({
      result: 'ok',
      text: 'cross, leverage 20, positions up to 1000000; entries are sized by --leverage 1, the exchange allows more',
    });
    expect((await margin({ leverage: 1 })).text).toBe('cross, leverage 1, positions up to 1000000');
  });

  test('isolated at a leverage that is liquidated before the stop is refused with the one that fits', async () => {
    expect(await margin({ marginType: 'isolated' })).toMatchObject({
      result: 'failed',
      text: 'BTCUSDT is on isolated margin at leverage 20: a position is liquidated 4.58 % from its entry, but its stop is 8 % away; set it to cross margin at the exchange, or its leverage to 10 or less',
    });
    expect((await margin({ marginType: 'isolated', leverage: 10 })).result).toBe('ok');
    expect((await margin({ marginType: 'isolated', leverage: 11 })).result).toBe('failed');
  });

  test('a trailing stop that is closer counts', async () => {
    const config = { trailing_stop_loss_pct: 0.03 };
    expect((await margin({ marginType: 'isolated', config })).result).toBe('ok');
  });

  test('isolated without a stop must bind what the settings mean', async () => {
    const config = { stop_loss_pct: null };
    expect((await margin({ marginType: 'isolated', config })).result).toBe('failed');
    expect((await margin({ marginType: 'isolated', leverage: 1, config })).result).toBe('ok');
    expect((await margin({ config })).result).toBe('ok');
  });

  test('a cross wallet that is too small for the stop is refused', async () => {
    expect(await margin({ wallet: '80' })).toMatchObject({ result: 'failed' });
    expect((await margin({ wallet: '80' })).text).toContain(
      'a position of 1160 on a wallet of 80 is liquidated',
    );
    expect((await margin({ wallet: '200' })).result).toBe('ok');
  });

  test('what is open goes on', async () => {
    const at = { marginType: 'isolated', isInPosition: true } as const;
    expect((await margin(at)).result).toBe('note');
  });
});

describe('the modes of the account', () => {
  test.each<[string, At, string, string]>([
    ['one-way and single-asset', {}, 'ok', 'one-way, single-asset'],
    ['hedge mode', { modes: { isHedged: true } }, 'failed', 'hedge mode'],
    [
      'hedge mode beside a position',
      { modes: { isHedged: true }, isInPosition: true },
      'note',
      'hedge mode',
    ],
    ['multi-assets', { modes: { isMultiAssets: true } }, 'note', 'multi-assets'],
  ])('%s', async (_, at, result, text) => {
    const check = await modes(at);
    expect(check.result).toBe(result);
    expect(check.text).toContain(text);
  });
});

test('spot has no such modes', async () => {
  const broker = { market: 'spot' } as unknown as UsdmBroker;
  expect(await accountModeChecks(broker, {} as AccountReport, [], new Map())).toEqual([]);
});
