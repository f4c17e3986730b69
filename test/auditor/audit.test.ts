// An auditor that finds nothing is worth nothing: every number that a bot says is falsified once.
import { describe, expect, test } from 'vitest';
import { exact } from '../exact.js';
import type { AccountHistory, AuditedFill } from './account-history.js';
import { audit } from './audit.js';
import { type BotClaims, readTradeLog } from './bot-claims.js';

const TIME = Date.UTC(2026, 0, 5, 7, 30);
const ENTRY = '2026-01-05T07:30:00.000Z';

function fill(id: number, order: string, side: 'BUY' | 'SELL', text: string): AuditedFill {
  const [price, quantity, commission, asset, realized = '0', symbol = 'SHIBEUR'] = text.split(' ');
  return {
    ...{ id, orderId: order, clientOrderId: order, symbol, side, time: TIME + id * 60_000 },
    ...{ price: exact(price!), quantity: exact(quantity!), commission: exact(commission!) },
    ...{ commissionAsset: asset!, realized: exact(realized) },
  };
}

/** Bought 300 in two parts, sold what was left of them after the commission, and bought again. */
const SPOT: AccountHistory = {
  market: 'spot',
  time: TIME + 3_600_000,
  fills: [
    fill(0, 'in-1', 'BUY', '0.00000736 100 0.1 SHIB'),
    fill(1, 'in-1', 'BUY', '0.00000737 200 0.2 SHIB'),
    fill(2, 'out-1', 'SELL', '0.00000740 299 0.00000001 EUR'),
    fill(3, 'in-2', 'BUY', '0.00000738 100 0.00000005 BNB'),
  ],
  funding: [],
  balances: new Map([
    ['EUR', exact('0.99926459')],
    ['SHIB', exact('100.7')],
    ['BNB', exact('0.99999995')],
  ]),
  positions: new Map(),
  assets: new Map([['SHIBEUR', { base: 'SHIB', quote: 'EUR' }]]),
  closes: new Map([
    [
      'BNBEUR',
      [
        { openTime: TIME - 120_000, close: exact('600') },
        { openTime: TIME - 60_000, close: exact('612.5') },
        { openTime: TIME + 600_000, close: exact('900') },
      ],
    ],
  ]),
};
const SPOT_START = { EUR: '1', BNB: '1' };

const ROW = {
  ...{
    side: 'long',
    units: '300',
    entry_price: '0.000007366666666666667',
    exit_price: '0.0000074',
  },
  ...{ net_pnl: '0.00000259', gross_pnl: '0.00000481', commission: '0.00000222', funding: '0' },
  ...{ dust: '0.7', other_commission: '', entry_fill_time: ENTRY, order_ids: 'in-1 out-1' },
};
const VIEW = {
  position: { side: 'long' as const, quantity: 100, entryPrice: 0.000_007_38 },
  ...{ netPnl: 0.000_002_59, balance: 10.000_002_59 },
};
const PARITY = {
  ...{ liveTrades: 1, liveNetPnl: 0.000_002_59, backtestNetPnl: 0.000_001, rows: [] },
  totals: { price: 0.000_001_59 },
};

function bot(
  changes: { row?: object; view?: object; parity?: object; log?: object[] } = {},
): BotClaims {
  const { row = {}, view = {}, parity = {} } = changes;
  const status = { symbol: 'SHIBEUR', view: { ...VIEW, ...view } };
  const trades = (changes.log ?? [{ ...ROW, ...row }]) as BotClaims['trades'];
  const claimed = { ...PARITY, ...parity };
  return { ...{ symbol: 'SHIBEUR', trades, status, parity: claimed }, initialBalance: '10' };
}

describe('a spot account', () => {
  test('that agrees is not blamed', () => {
    expect(audit(SPOT, [bot()], SPOT_START)).toEqual([]);
  });

  test.each([
    [{ row: { units: '299' } }, 'units'],
    [{ row: { side: 'short' } }, 'side'],
    // Half a tick: what eight decimals of a price lose.
    [{ row: { entry_price: '0.00000737' } }, 'entry price'],
    [{ row: { exit_price: '0.00000741' } }, 'exit price'],
    [{ row: { net_pnl: '0.00000261' } }, 'net profit'],
    [{ row: { net_pnl: '' } }, 'net profit'],
    [{ row: { gross_pnl: '0.00000259' } }, 'gross profit'],
    [{ row: { commission: '0' } }, 'commission'],
    [{ row: { funding: '-0.00000001' } }, 'funding'],
    [{ row: { dust: '0' } }, 'dust'],
    [{ row: { other_commission: '1 BNB' } }, 'other commission'],
    [{ row: { order_ids: 'in-1' } }, 'in no position|open quantity|status says'],
    [{ row: { order_ids: 'in-1 out-1 in-0' } }, 'order in-0 has no fill'],
    [{ log: [ROW, ROW] }, 'in two trades'],
    [{ log: [] }, 'open quantity'],
    [{ view: { netPnl: 0 } }, 'profit of the status'],
    [{ view: { balance: 10 } }, 'balance of the status'],
    [{ view: { position: undefined } }, 'in no trade and in no position'],
    [{ view: { position: { ...VIEW.position, quantity: 99 } } }, 'open quantity'],
    [{ view: { position: { ...VIEW.position, entryPrice: 0.000_007_39 } } }, 'entry price of'],
    [{ view: { position: { ...VIEW.position, side: 'short' } } }, 'status says short'],
    [{ view: { mismatch: 'odd' } }, 'MISMATCH odd'],
    [{ parity: { liveTrades: 2 } }, 'parity counts 2'],
    [{ parity: { liveNetPnl: 0 } }, 'profit of parity'],
    [{ parity: { totals: {} } }, 'the causes'],
    [{ parity: { rows: [{ unexplained: ['a price'] }] } }, 'cannot explain: a price'],
  ])('%j is found', (changes, words) => {
    const found = audit(SPOT, [bot(changes)], SPOT_START);
    expect(found.join('\n')).toMatch(new RegExp(words));
    expect(found.every((text) => text.startsWith('SHIBEUR'))).toBe(true);
  });

  test.each([
    [
      'a coin more',
      { balances: new Map([...SPOT.balances, ['SHIB', exact('101.7')]]) },
      '101.7 SHIB',
    ],
    ['a coin of nowhere', { balances: new Map([...SPOT.balances, ['ETH', exact('1')]]) }, '1 ETH'],
    [
      'a fill twice',
      { fills: [...SPOT.fills, { ...SPOT.fills[2]!, id: 9, orderId: 'x', clientOrderId: 'x' }] },
      'SHIB, its fills say',
    ],
  ])('with %s is found', (_, changes, words) => {
    const found = audit({ ...SPOT, ...changes }, [bot()], SPOT_START);
    expect(found.join('\n')).toContain(words);
  });

  test('a fill that no bot can have made is found', () => {
    const foreign = { ...SPOT.fills[0]!, symbol: 'BTCUSDT' };
    const assets = new Map([...SPOT.assets, ['BTCUSDT', { base: 'BTC', quote: 'USDT' }]]);
    const found = audit({ ...SPOT, assets, fills: [...SPOT.fills, foreign] }, [bot()], SPOT_START);
    expect(found).toContain('BTCUSDT: a fill of in-1, and no bot trades it');
  });
});

/** A short that paid funding once, closed; its row is written when the hour of funding is over. */
const USDM: AccountHistory = {
  market: 'usdm',
  time: TIME + 10 * 60_000,
  fills: [
    fill(0, 'in-1', 'SELL', '0.0244 1000 0.0122 USDT 0 PEPEUSDT'),
    fill(5, 'out-1', 'BUY', '0.0240 1000 0.012 USDT 0.4 PEPEUSDT'),
  ],
  funding: [{ symbol: 'PEPEUSDT', asset: 'USDT', amount: exact('-0.0024'), time: TIME + 60_000 }],
  balances: new Map([['USDT', exact('100.3734')]]),
  positions: new Map(),
  assets: new Map([['PEPEUSDT', { base: 'PEPE', quote: 'USDT' }]]),
  closes: new Map(),
};

function short(log: readonly object[], netPnl = 0.3734): BotClaims {
  const status = { symbol: 'PEPEUSDT', view: { netPnl, balance: 10 + netPnl } };
  const trades = log as BotClaims['trades'];
  return { ...{ symbol: 'PEPEUSDT', trades, status }, initialBalance: '10' };
}
const SHORT_ROW = {
  ...{ side: 'short', units: '1000', entry_price: '0.0244', exit_price: '0.024', dust: '0' },
  ...{ net_pnl: '0.3734', gross_pnl: '0.4', commission: '0.0242', funding: '-0.0024' },
  ...{ other_commission: '', entry_fill_time: ENTRY, order_ids: 'in-1 out-1' },
};

describe('a USD-M account', () => {
  test.each([
    ['with its row', USDM, [SHORT_ROW], ''],
    ['whose row waits for the funding of the hour', USDM, [], ''],
    ['whose row is overdue', { ...USDM, time: TIME + 3 * 3_600_000 }, [], 'is in no row'],
    [
      'that forgot the funding',
      USDM,
      [{ ...SHORT_ROW, funding: '0', net_pnl: '0.3758' }],
      'funding',
    ],
    ['that lost a fill', { ...USDM, fills: USDM.fills.slice(0, 1) }, [], 'position 0 of PEPEUSDT'],
    [
      'whose exchange booked another profit',
      { ...USDM, fills: [USDM.fills[0]!, { ...USDM.fills[1]!, realized: exact('0.3') }] },
      [SHORT_ROW],
      '0.3 realized on PEPEUSDT',
    ],
  ] as const)('%s', (_, history, log, words) => {
    const found = audit(history, [short(log)], { USDT: '100' });
    if (words === '') expect(found).toEqual([]);
    else expect(found.join('\n')).toContain(words);
  });
});

/** The same sale with its commission in BNB: worth 0.006 to 0.006125 EUR. */
const BNB_FEE: AccountHistory = {
  ...SPOT,
  fills: SPOT.fills
    .slice(0, 3)
    .map((one) =>
      one.side === 'BUY' ? one : { ...one, commission: exact('0.00001'), commissionAsset: 'BNB' },
    ),
  balances: new Map([
    ['EUR', exact('1.0000026')],
    ['SHIB', exact('0.7')],
    ['BNB', exact('0.99999')],
  ]),
};
const BNB_ROW = {
  ...ROW,
  ...{ net_pnl: '-0.0061224', gross_pnl: '0.00000481', commission: '0.00612721' },
  other_commission: '0.00001 BNB',
};

test.each([
  [{}, ''],
  [{ net_pnl: '-0.0059974', commission: '0.00600221' }, ''],
  [{ net_pnl: '-0.0059', commission: '0.00590481' }, 'net profit'],
  [{ net_pnl: '-0.0062', commission: '0.00620481' }, 'net profit'],
  [{ net_pnl: '0.0000026', commission: '0.00000221' }, 'net profit'],
  [{ commission: '0.00000221' }, 'commission'],
  [{ other_commission: '' }, 'other commission'],
])('commission in BNB, told as %j: %s', (changes, words) => {
  const row = { ...BNB_ROW, ...changes };
  const net = Number(row.net_pnl);
  const view = { position: undefined, netPnl: net, balance: 10 + net };
  const parity = { liveNetPnl: net, backtestNetPnl: net, totals: {} };
  const found = audit(BNB_FEE, [bot({ row, view, parity })], SPOT_START);
  if (words === '') expect(found).toEqual([]);
  else expect(found.join('\n')).toContain(words);
});

test('a trade log is read with its quotes', () => {
  expect(readTradeLog('a,b,c\n1,"x, ""y""",\n')).toEqual([{ a: '1', b: 'x, "y"', c: '' }]);
});
