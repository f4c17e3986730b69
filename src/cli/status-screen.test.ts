import { describe, expect, test } from 'vitest';
import { type FoundBot, statusText } from '../trader/index.js';
import { cellsOf, foldLine } from './fold-line.js';
import type { ListedTrade } from './live-trade-list.js';
import { createPalette } from './palette.js';
import { screenLines } from './status-screen.js';
import { statusLines } from './trader-status.js';

type Status = NonNullable<FoundBot['status']>;
const NOW = Date.UTC(2026, 10, 30, 14, 0, 5);
const SIZE = { columns: 80, rows: 24 };

const VIEW: Status['view'] = {
  ...{ trading: 'active', mismatch: undefined, blocks: [], settingsPending: false },
  ...{ bidPrice: 60_342.37, askPrice: 60_342.38, lastClose: 60_342, balance: 10_000 },
  ...{ netPnl: 100.2, dayPnl: -12.5, orderInFlight: undefined },
  ...{ lastOpenTime: NOW - 65_000, nextCloseTime: NOW + 55_000 },
  position: {
    ...{ side: 'long', quantity: 0.16530453, entryPrice: 60_365.93, unrealizedPnl: -13.88 },
    ...{ stopPrice: 60_064.1, stopRests: true, takeProfitPrice: 61_000, takeProfitRests: true },
    ...{ unprotectedMs: undefined, isLeaving: false },
  },
};
/** As wide as things get: a long symbol, a price of 1e-8, every warning at once. */
const WIDE: Status['view'] = {
  ...VIEW,
  ...{ bidPrice: 1.2345e-8, askPrice: 1.2346e-8, lastClose: 1.2e-8 },
  ...{ netPnl: -1_234_567.89, dayPnl: 1_234_567.89, settingsPending: true },
  mismatch: 'the exchange shows a position of 123456789.12345678, the bot has 0.00000001',
  blocks: ['mismatch', 'settings-pending', 'market-data-stale', 'account-stale', 'clock-skew'],
  unprotected: { count: 1_029, lastMs: 105, longestMs: 125_000, totalMs: 999 },
  skipped: { side: 'short', time: NOW - 120_000, reason: 'insufficient-balance' },
  position: {
    ...{ side: 'short', quantity: 123_456_789.1234, entryPrice: 1.23456789e-8 },
    ...{ unrealizedPnl: -1_234_567.89, stopPrice: 1.5e-8, stopRests: false },
    ...{ takeProfitPrice: 1e-8, takeProfitRests: false, unprotectedMs: 12_000, isLeaving: true },
  },
};
const FLAT: Status['view'] = {
  ...VIEW,
  position: undefined,
  blocks: ['market-data-stale', 'clock-skew'],
  skipped: { side: 'long', time: NOW - 120_000, reason: 'late' },
};

function bot(symbol: string, view = VIEW, part: Partial<FoundBot> = {}): FoundBot {
  const status: Status = {
    ...{ time: NOW, writtenTime: NOW - 1_000, pid: 1, environment: 'live', market: 'spot' },
    ...{ symbol, interval: '15m', strategy: 'MACross', view },
  };
  return { folder: `/state/live/spot-${symbol}`, status, isRunning: true, ...part };
}

function trade(symbol: string, exitPrice: number): ListedTrade {
  return {
    ...{ symbol, environment: 'live', side: 'short', entryPrice: exitPrice, exitPrice },
    ...{ netPnl: -1_234_567.89, exitReason: 'trailing-stop', exitFillTime: NOW },
  } as ListedTrade;
}

const screen = (bots: readonly FoundBot[], trades: readonly ListedTrade[] = [], size = SIZE) =>
  screenLines({ bots, trades, now: NOW }, size, createPalette(false));

test('a bot in a position: side, profits, distance of the stop, next candle, totals', () => {
  expect(screen([bot('BTCUSDT')], [trade('BTCUSDT', 60_000)])).toEqual([
    'wus trader  2026-11-30 14:00:05 UTC  1 bot, all running',
    '',
    'bot      side    open   today   closed  to stop      price  next',
    'BTCUSDT  long  -13.88  -12.50  +100.20   0.46 %  60,342.37  14:01',
    '',
    'total  open -13.88  today -12.50  closed +100.20 USDT',
    '',
    'latest trades',
    '11-30 14:00  BTCUSDT  short  60,000.00  60,000.00  -1,234,567.89  trailing-stop',
  ]);
});

describe('what a person must know stands below the row', () => {
  test.each<[string, FoundBot, string]>([
    [
      'why nothing is entered',
      bot('BTCUSDT', FLAT),
      '  no entries: no fresh prices, the clock differs from the exchange',
    ],
    [
      'the entry that was not taken',
      bot('BTCUSDT', FLAT),
      '  long of 11-30 13:58 not entered: its candle came too late',
    ],
    [
      'a halt with an open position',
      bot('BTCUSDT', { ...VIEW, trading: 'reducing', blocks: ['reducing'] }),
      '  HALTED: no entries until resume; the position is managed to its exit',
    ],
    [
      'a halt',
      bot('BTCUSDT', { ...VIEW, position: undefined, trading: 'halted', blocks: ['halted'] }),
      '  HALTED: no entries until resume',
    ],
    [
      'a process that is gone',
      bot('BTCUSDT', VIEW, { isRunning: false }),
      '  NOT RUNNING since 11-30 14:00 UTC',
    ],
    ['a missing stop', bot('BTCUSDT', WIDE), '  NO STOP on the exchange for 12.0 s'],
  ])('%s', (_, one, line) => {
    expect(screen([one])).toContain(line);
  });
});

test('several quotes are added up apart', () => {
  const lines = screen([bot('BTCUSDT'), bot('ETHUSDT'), bot('ETHBTC')]);
  expect(lines).toContain('total  open -27.76  today -25.00  closed +200.40 USDT');
  expect(lines).toContain('total  open -13.88  today -12.50  closed +100.20 BTC');
});

const LONG = ['1000000MOGUSDT', 'BTCUSDT_250926', 'BTCDOMUSDT'];
describe.each([
  [80, 24],
  [60, 10],
  [200, 50],
])('at %i x %i nothing is wider or longer', (columns, rows) => {
  test.each([1, 2, 5, 30])('%i bots', (count) => {
    const bots = Array.from({ length: count }, (_, i) =>
      bot(LONG[i % 3]!, [VIEW, WIDE, FLAT][i % 3], { isRunning: i % 4 !== 3 }),
    );
    const trades = Array.from({ length: 40 }, (_, i) => trade(LONG[i % 3]!, i % 2 ? 1e-8 : 60_000));
    const lines = screen(bots, trades, { columns, rows });
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toContain('total');
    if (count === 30) expect(lines.join('\n')).toMatch(/… and \d+ more/);
  });
});

test('colours take no cells', () => {
  const lines = screenLines(
    { bots: [bot('BTCUSDT', WIDE)], trades: [], now: NOW },
    SIZE,
    createPalette(true),
  );
  for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(80);
});

test.each(['BTCUSDT', ...LONG])(
  'the lines of status and of each candle fit into 80 columns: %s',
  (symbol) => {
    for (const view of [VIEW, WIDE, FLAT]) {
      const text = statusText(view, 62 - symbol.length);
      expect(`11-30 14:00:05  ${symbol}  ${text}`.length).toBeLessThanOrEqual(80);
      for (const line of statusLines(bot(symbol, view), NOW).flatMap((one) =>
        foldLine(one, 80, '    '),
      ))
        expect(cellsOf(line)).toBeLessThanOrEqual(80);
    }
  },
);

test('status says one fact a line, in words', () => {
  expect(
    statusLines(bot('BTCUSDT', { ...VIEW, trading: 'reducing', blocks: ['reducing'] }), NOW),
  ).toEqual([
    'live spot-BTCUSDT  running  MACross 15m',
    '  long 0.16530453 from 60,365.93',
    '  stop 60,064.10, 0.46 % away, rests on the exchange',
    '  target 61,000.00, rests on the exchange',
    '  open -13.88, today -12.50, closed +100.20',
    '  price 60,342.37, candle 13:59 closed, next at 14:01 UTC',
    '  HALTED: no entries until resume; the position is managed to its exit',
  ]);
});
