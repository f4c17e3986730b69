import { describe, expect, test } from 'vitest';
import { decimalFromNumber } from '../../domain/index.js';
import type { BotMemory } from '../core/index.js';
import { STRATEGIES } from '../simulation/parity.contract.js';
import type { ParityCause, ParityReport, ParityRow, RecordedTrade } from './index.js';
import { type Recorded, recorded, reportOf } from './session.contract.js';

const HOUR = 3_600_000;
const CANDLE = 300_000;

const sumOf = (report: ParityReport): number =>
  Object.values(report.totals).reduce((sum, amount) => sum + amount, 0);

const unexplained = (report: ParityReport): readonly ParityRow[] =>
  report.rows.filter((row) => row.unexplained.length > 0);

describe('explainParity()', () => {
  test('finds the same trades in a session without faults, and cents of difference', async () => {
    const report = reportOf(await recorded());
    expect(report.matched).toBe(report.liveTrades);
    expect(report.backtestTrades).toBe(report.liveTrades);
    expect(report.liveTrades).toBeGreaterThan(10);
    const { signal, timing, blocked, size, unexplained: rest, ...totals } = report.totals;
    expect([signal, timing, totals['missed-data'], blocked, rest]).toEqual([0, 0, 0, 0, 0]);
    // A tick and a step of the grid, on each side.
    for (const { amounts } of report.rows) {
      expect(Math.abs(amounts.price ?? 0)).toBeLessThan(0.0123456 * 0.05);
    }
    expect(size).not.toBe(0);
    expect(report.unexplainedRows).toBe(0);
  });

  test('every difference has causes that add up to it', async () => {
    const faults = [{ kind: 'late-reply', from: HOUR, to: 6 * HOUR, chance: 0.5 }] as const;
    const session = await recorded(
      { trailing_stop_loss_pct: 0.004, equity_fraction: 0.5, units: null },
      { faults },
    );
    const report = reportOf(session);
    for (const { amounts, difference } of report.rows) {
      const known = Object.values(amounts).reduce((sum, amount) => sum + amount, 0);
      expect(known).toBeCloseTo(difference, 8);
    }
    expect(sumOf(report)).toBeCloseTo(report.liveNetPnl - report.backtestNetPnl, 6);
    expect(report.unexplainedRows).toBe(0);
  });

  test('a size is judged by every price that the bot could know, and by no other', async () => {
    const session = await recorded({ equity_fraction: 0.5, units: null });
    const { trades, candles, memory } = session;
    // The highest price of the four candles before the signal, where that was far above those since.
    const highBefore = ({ signalTime }: RecordedTrade): [number, number] => {
      const i = candles.openTime.indexOf(signalTime);
      const high = Math.max(...candles.high.subarray(i - 4, i));
      return [high / Math.max(candles.high[i]!, candles.high[i + 1]!), high];
    };
    const [first] = [...trades].sort((a, b) => highBefore(b)[0] - highBefore(a)[0]);
    const at = trades.indexOf(first!);
    const trade = trades[at]!;
    const [ratio, high] = highBefore(trade);
    expect(ratio).toBeGreaterThan(1.0005);
    const units = ((trade.units * trade.entryPrice) / high) * 1.0001;
    const netPnl = trade.netPnl + (trade.exitPrice - trade.entryPrice) * (units - trade.units);
    const forged = trades.with(at, { ...trade, units, netPnl, balance: trade.balance });
    const sizes = (lateMsMax: number): string[] =>
      reportOf({ ...session, trades: forged, memory: { ...memory, lateMsMax } }).rows.flatMap(
        (row) => row.unexplained.filter((text) => text.startsWith('a quantity')),
      );
    expect(sizes(6 * CANDLE)).toEqual([]);
    expect(sizes(1_000)).toHaveLength(1);
  });

  test('an order that was filled after the backtest had left took the same signal', async () => {
    const session = await recorded();
    const { trades } = session;
    const at = trades.findIndex(
      (trade, i) =>
        trade.exitTime - trade.entryTime <= 2 * CANDLE &&
        (trades[i + 1]?.entryTime ?? 0) - trade.exitTime > 6 * CANDLE,
    );
    const trade = trades[at]!;
    const lateMs = trade.exitTime - trade.entryTime + 2 * CANDLE;
    const late = {
      ...trade,
      entryTime: trade.entryTime + lateMs,
      entryFillTime: trade.entryFillTime + lateMs,
      exitTime: trade.exitTime + 2 * lateMs,
      exitFillTime: trade.exitFillTime + 2 * lateMs,
    };
    const report = reportOf({ ...session, trades: trades.with(at, late) });
    const row = report.rows.find(({ live }) => live?.signalTime === trade.signalTime);
    expect(row?.backtest).toBeUndefined();
    expect(row?.evidence.join()).toMatch(
      /took the same signal, and closed it .*, before the bot's order/,
    );
  });

  test('what was not taken because data was missing is told apart', async () => {
    const cut = { from: 2 * HOUR, to: 12 * HOUR };
    const faults = [
      { kind: 'market-stream-dead' as const, ...cut },
      { kind: 'rest-down' as const, ...cut },
    ];
    const report = reportOf(await recorded({}, { faults }));
    const missed = report.rows.filter(({ live }) => live === undefined);
    expect(missed.length).toBeGreaterThan(3);
    const causes = new Set(missed.flatMap(({ amounts }) => Object.keys(amounts)));
    expect([...causes].sort()).toEqual(['missed-data']);
    expect(missed.some(({ evidence }) => evidence.includes('not taken: late'))).toBe(true);
    expect(sumOf(report)).toBeCloseTo(report.liveNetPnl - report.backtestNetPnl, 6);
    expect(report.unexplainedRows).toBe(0);
  });

  test.each(
    STRATEGIES.flatMap(([strategy, config]) =>
      (['spot', 'usdm'] as const).map((market) => [strategy, market, config] as const),
    ),
  )('%s on %s, killed twice: every difference is explained', async (strategy, market, config) => {
    const sides = market === 'usdm' ? { market, direction: 'both', leverage: 2 } : {};
    const faults = [3.02 * HOUR, 11.3 * HOUR].map((from) => ({
      kind: 'crash' as const,
      from,
      to: from,
    }));
    const session = await recorded(
      { stop_loss_pct: null, strategy, ...sides, ...config },
      { faults },
    );
    const report = reportOf(session);
    expect(unexplained(report)).toEqual([]);
    expect(report.liveTrades).toBeGreaterThan(1);
    expect(session.memory.degradations.filter(({ reason }) => reason === 'absent').length).toBe(2);
  });
});

/** A session that is honest, then forged: whatever is said about the forged part must be its true cause or `unexplained`. */
describe('explainParity() of a record that is wrong', () => {
  type Forged = Partial<Recorded>;
  const changed = (
    trades: readonly RecordedTrade[],
    at: number,
    change: (trade: RecordedTrade) => Partial<RecordedTrade>,
  ): readonly RecordedTrade[] =>
    trades.map((trade, i) => (i === at ? { ...trade, ...change(trade) } : trade));
  /** As if the bot had booked it so. */
  const booked = (memory: BotMemory, amount: number): BotMemory => ({
    ...memory,
    netPnl: memory.netPnl + decimalFromNumber(amount),
  });
  const AT = 4;
  const both = (
    change: (trade: RecordedTrade) => Partial<RecordedTrade>,
  ): ((session: Recorded) => Forged) => {
    return ({ trades, memory }) => {
      const forged = changed(trades, AT, change);
      const amount = forged[AT]!.netPnl - trades[AT]!.netPnl;
      return { trades: forged, memory: booked(memory, amount) };
    };
  };
  const row =
    (change: (trade: RecordedTrade) => Partial<RecordedTrade>): ((session: Recorded) => Forged) =>
    ({ trades }) => ({ trades: changed(trades, AT, change) });
  const cases: readonly (readonly [
    string,
    (session: Recorded) => Forged,
    readonly ParityCause[],
    RegExp,
  ])[] = [
    [
      'a fill price that does not fit the profit',
      row(({ entryPrice }) => ({ entryPrice: entryPrice * 1.0002 })),
      ['unexplained'],
      /do not add up to its net profit/,
    ],
    [
      'a fill price far from the market, booked as well',
      both(({ entryPrice, netPnl, units }) => ({
        entryPrice: entryPrice * 1.05,
        netPnl: netPnl - entryPrice * 0.05 * units,
      })),
      ['unexplained'],
      /outside the candle/,
    ],
    [
      'a profit that was never booked',
      row(({ exitPrice, netPnl, units }) => ({
        exitPrice: exitPrice + 1,
        netPnl: netPnl + units,
      })),
      ['unexplained'],
      /the bot booked/,
    ],
    [
      'a trade missing in the log',
      ({ trades }) => ({ trades: trades.filter((_, i) => i !== AT) }),
      ['unexplained'],
      /without a recorded reason/,
    ],
    [
      'a trade missing in the log and in the books',
      ({ trades, memory }) => ({
        trades: trades.filter((_, i) => i !== AT),
        memory: booked(memory, -trades[AT]!.netPnl),
      }),
      ['unexplained'],
      /without a recorded reason/,
    ],
    [
      'a trade that is there twice',
      ({ trades, memory }) => ({
        trades: [...trades.slice(0, AT), { ...trades[AT]! }, ...trades.slice(AT)],
        memory: booked(memory, trades[AT]!.netPnl),
      }),
      ['unexplained'],
      /already held its trade|the same order/,
    ],
    [
      'a trade on a signal that was none, with orders of its own',
      ({ trades, memory }) => {
        const [first] = trades;
        const signalTime = trades[AT]!.exitTime - CANDLE;
        const minute = Math.floor(signalTime / 60_000).toString(36);
        const extra: RecordedTrade = {
          ...first!,
          signalTime,
          entryTime: signalTime + CANDLE,
          exitTime: signalTime + CANDLE,
          entryFillTime: trades[AT]!.exitFillTime + 2_000,
          exitFillTime: trades[AT]!.exitFillTime + 3_000,
          orders: [`wus-${memory.tag}-${minute}e-1-0`],
        };
        return {
          trades: [...trades.slice(0, AT + 1), extra, ...trades.slice(AT + 1)],
          memory: booked(memory, extra.netPnl),
        };
      },
      ['unexplained'],
      /the recorded candles yield the signal/,
    ],
    [
      'a commission that does not fit the profit',
      row(({ commission }) => ({ commission: commission * 2 })),
      ['unexplained'],
      /do not add up/,
    ],
    [
      'twice the commission, booked as well',
      both(({ commission, netPnl }) => ({
        commission: commission * 2,
        netPnl: netPnl - commission,
      })),
      ['fee'],
      /paid 19\.98 bps of commission, the backtest assumes 10\.00/,
    ],
    [
      'a commission that no exchange charges, booked as well',
      both(({ commission, netPnl }) => ({
        commission: commission * 20,
        netPnl: netPnl - commission * 19,
      })),
      ['unexplained'],
      /a commission of/,
    ],
    [
      'another quantity, booked as well',
      both(({ units, netPnl, entryPrice, exitPrice }) => ({
        units: units * 2,
        netPnl: netPnl + (exitPrice - entryPrice) * units,
      })),
      ['unexplained'],
      /a quantity of/,
    ],
    [
      'dust that could have been sold',
      both(({ dust, netPnl, exitPrice }) => ({
        dust: dust + 0.01,
        netPnl: netPnl - exitPrice * 0.01,
      })),
      ['unexplained'],
      /were not sold/,
    ],
    [
      'times of another candle',
      row(({ entryTime }) => ({ entryTime: entryTime + CANDLE })),
      ['unexplained'],
      /do not match the fills/,
    ],
    [
      'an entry one candle late',
      row(({ entryTime, entryFillTime }) => ({
        entryTime: entryTime + CANDLE,
        entryFillTime: entryFillTime + CANDLE,
      })),
      ['unexplained'],
      /entered .* the backtest/,
    ],
    [
      'another reason to leave',
      row(({ exitReason }) => ({ exitReason: exitReason === 'signal' ? 'stop-loss' : 'signal' })),
      ['unexplained'],
      /closed by .* the backtest by/,
    ],
    [
      'a person who closed it and was never there',
      row(() => ({ exitReason: 'manual' })),
      ['unexplained'],
      /closed by manual/,
    ],
    [
      'funding on spot',
      both(({ netPnl }) => ({ funding: -0.5, netPnl: netPnl - 0.5 })),
      ['unexplained'],
      /funding of -0\.5/,
    ],
    [
      'the other side',
      row(() => ({ side: 'short' })),
      ['unexplained'],
      /the recorded candles yield/,
    ],
    [
      'orders that the bot never made',
      row(({ orders }) => ({ orders: [orders[0]!.replace(/[^-]+$/, 'zzzzz')] })),
      ['unexplained'],
      /not placed by the bot/,
    ],
    [
      'a time without the bot that hides a trade, but not its profit',
      ({ trades, memory }) => ({
        trades: trades.filter((_, i) => i !== AT),
        memory: {
          ...memory,
          degradations: [
            ...memory.degradations,
            {
              reason: 'absent',
              fromTime: trades[AT]!.entryTime - 10_000,
              toTime: trades[AT]!.exitTime,
            },
          ],
        },
      }),
      ['unexplained', 'missed-data'],
      /the bot booked/,
    ],
  ];

  test.each(cases)('%s', async (_, forge, causes, words) => {
    const honest = await honestSession();
    expect(reportOf(honest).unexplainedRows).toBe(0);
    const session = { ...honest, ...forge(honest) };
    const before = reportOf(honest);
    const report = reportOf(session);
    const known = new Set(before.rows.map(({ difference }) => difference));
    const rows = report.rows.filter(({ difference, unexplained: texts, evidence }) => {
      return !known.has(difference) || texts.length > 0 || evidence.length > 0;
    });
    expect(rows.flatMap((found) => [...found.unexplained, ...found.evidence]).join('; ')).toMatch(
      words,
    );
    const isOpen = causes.includes('unexplained');
    expect(report.unexplainedRows > 0).toBe(isOpen);
    // Nothing is put on a cause that is not the true one.
    const wrong = (['signal', 'timing', 'missed-data', 'blocked', 'funding'] as const).filter(
      (cause) => !causes.includes(cause),
    );
    for (const cause of wrong) expect([cause, report.totals[cause]]).toEqual([cause, 0]);
    expect(sumOf(report)).toBeCloseTo(report.liveNetPnl - report.backtestNetPnl, 6);
  });

  test('candles of the file that the bot did not see are said to be others', async () => {
    const honest = await honestSession();
    const { candles, trades } = honest;
    // From the candle before the fifth entry on, the file tells another story.
    const at = candles.openTime.indexOf(trades[AT]!.signalTime);
    const shifted = (column: Float64Array): Float64Array =>
      column.map((value, i) => (i >= at ? column[i - 1]! : value));
    const file = {
      ...candles,
      open: shifted(candles.open),
      high: shifted(candles.high),
      low: shifted(candles.low),
      close: shifted(candles.close),
    };
    const report = reportOf({ ...honest, candles: file });
    const oneSided = report.rows.filter(({ live, backtest }) => !live || !backtest);
    expect(oneSided.length).toBeGreaterThan(0);
    for (const { evidence, unexplained: texts } of oneSided)
      expect([...evidence, ...texts].join()).toMatch(/the bot saw different candles|still held/);
  });

  test('a stop that was carried out late is explained by a stop that was gone then, and by nothing else', async () => {
    const honest = await recorded({ stop_loss_pct: 0.002 });
    const { candles, trades, memory } = honest;
    const at = trades.findIndex(
      ({ exitReason, exitTime }, i) =>
        exitReason === 'stop-loss' && exitTime + 2 * CANDLE < (trades[i + 1]?.entryTime ?? 0),
    );
    const { exitPrice: before, exitTime, units, side } = trades[at]!;
    const late = exitTime + 2 * CANDLE;
    const exitPrice = candles.close[candles.openTime.indexOf(late)]!;
    const change = (exitPrice - before) * units * (side === 'long' ? 1 : -1);
    const found = (goneFrom: number): string => {
      const gone = { reason: 'exits-gone', fromTime: goneFrom, toTime: goneFrom + CANDLE } as const;
      const { rows } = reportOf({
        ...honest,
        memory: { ...booked(memory, change), degradations: [...memory.degradations, gone] },
        trades: changed(trades, at, (trade) => ({
          ...{ exitPrice, exitTime: late },
          exitFillTime: trade.exitFillTime + 2 * CANDLE,
          netPnl: trade.netPnl + change,
        })),
      });
      const row = rows.find(({ live }) => live?.exitTime === late);
      return [...(row?.evidence ?? []), ...(row?.unexplained ?? [])].join();
    };
    expect(found(exitTime - 30_000)).toMatch(/the bot was degraded: exits-gone from/);
    expect(found(exitTime - 10 * CANDLE)).toMatch(
      /closed by stop-loss .* the backtest by stop-loss/,
    );
  });

  test('funding between two full hours is none', async () => {
    const honest = await recorded({ market: 'usdm', direction: 'both' });
    expect(reportOf(honest).unexplainedRows).toBe(0);
    const isBetween = ({ entryFillTime, exitFillTime }: RecordedTrade): boolean =>
      Math.floor(entryFillTime / HOUR) === Math.floor(exitFillTime / HOUR);
    const at = honest.trades.findIndex(isBetween);
    const trades = changed(honest.trades, at, ({ netPnl }) => ({
      funding: -0.5,
      netPnl: netPnl - 0.5,
    }));
    const report = reportOf({ ...honest, trades, memory: booked(honest.memory, -0.5) });
    expect(unexplained(report).flatMap((found) => found.unexplained)).toEqual([
      'funding of -0.5 over 0 full hours on usdm',
    ]);
    expect(report.totals.unexplained).toBeCloseTo(-0.5, 9);
  });

  let session: Promise<Recorded> | undefined;
  function honestSession(): Promise<Recorded> {
    session ??= recorded();
    return session;
  }
});
