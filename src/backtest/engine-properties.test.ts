import { describe, expect, test } from 'vitest';
import type { CandleSeries } from '../candles/index.js';
import { candleSeriesFromRows } from '../candles/index.js';
import type { Trade } from '../domain/index.js';
import { PLAIN_RULES } from '../semantics/plain-rules.contract.js';
import { seededRandom } from '../util/index.js';
import { describeEngineAgreement } from './engine.contract.js';
import type { EngineInput } from './engine.js';
import { firstDifference, randomEngineInput } from './random-input.contract.js';
import { runReference } from './reference-engine.js';

const SEED = Number(process.env.WUS_SEED ?? 20_240_101);
const RUNS = 1_500;

/** Runs a check on seeded inputs and names the seed of the one that fails. */
function onRandomInputs(check: (input: EngineInput, seed: number) => void): void {
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    try {
      check(randomEngineInput(seed), seed);
    } catch (cause) {
      throw new Error(`randomEngineInput(${seed})`, { cause });
    }
  }
}

function sum(trades: readonly Trade[], value: (trade: Trade) => number): number {
  return trades.reduce((total, trade) => total + value(trade), 0);
}

function expectClose(actual: number, expected: number, scale: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(scale)));
}

describe(`the reference engine on ${RUNS} random inputs from seed ${SEED}`, () => {
  test('S-28 S-31 balance = initial + Σ net_pnl, after every trade', () => {
    onRandomInputs(({ candles, period, signals, entryMask, rules }) => {
      const run = runReference({ candles, period, signals, entryMask, rules });
      let balance = rules.initialBalance;
      let scale = balance;
      for (const trade of run.trades) {
        balance += trade.netPnl;
        scale += Math.abs(trade.netPnl);
        expectClose(trade.balance, balance, scale);
      }
      expect(run.finalBalance).toBe(run.trades.at(-1)?.balance ?? rules.initialBalance);
      expect(run.equity.at(-1)).toBe(run.finalBalance);
      expect(run.equity).toHaveLength(period.to - period.from);
    });
  });

  test('S-22 commission = rate × (notional at entry + notional at exit), and net = gross - commission', () => {
    onRandomInputs((input) => {
      for (const trade of runReference(input).trades) {
        const notionals = (trade.entryPrice + trade.exitPrice) * trade.units;
        expectClose(trade.commission, input.rules.commissionRate * notionals, notionals);
        expect(trade.netPnl).toBe(trade.grossPnl - trade.commission);
      }
    });
  });

  test('every fill lies inside its candle, except for slippage; only gaps fill away from the level, at the open', () => {
    onRandomInputs((input) => {
      const { candles, rules } = input;
      for (const trade of runReference(input).trades) {
        const side = trade.side === 'long' ? 1 : -1;
        expect(trade.entryPrice).toBe(
          candles.open[trade.entryIndex]! * (1 + side * rules.slippageRate),
        );
        const isStop = ['stop-loss', 'trailing-stop', 'liquidation'].includes(trade.exitReason);
        const rate = rules.slippageRate + (isStop ? (rules.stopSlippageRate ?? 0) : 0);
        const slip = trade.exitReason === 'take-profit' ? 1 : 1 - side * rate;
        const unslipped = trade.exitPrice / slip;
        const tolerance = 1e-12 * trade.exitPrice;
        expect(unslipped).toBeGreaterThanOrEqual(candles.low[trade.exitIndex]! - tolerance);
        expect(unslipped).toBeLessThanOrEqual(candles.high[trade.exitIndex]! + tolerance);
        if (!trade.exitInsideCandle && trade.exitReason !== 'end-of-data') {
          expect(trade.exitPrice).toBe(candles.open[trade.exitIndex]! * slip);
        }
      }
    });
  });

  test('S-44 S-46 an ambiguous trade never ends at its take-profit: a stress run needs no other rule for it', () => {
    let ambiguous = 0;
    onRandomInputs((input) => {
      for (const trade of runReference(input).trades) {
        if (!trade.ambiguous) continue;
        ambiguous++;
        expect(trade.exitReason).not.toBe('take-profit');
      }
    });
    expect(ambiguous).toBeGreaterThan(100);
  });

  test('S-47 stop slippage makes no trade better and changes nothing where no stop was met', () => {
    let stopped = 0;
    onRandomInputs(({ rules, ...input }) => {
      const [before] = runReference({ ...input, rules: { ...rules, stopSlippageRate: 0 } }).trades;
      const [after] = runReference({
        ...input,
        rules: { ...rules, stopSlippageRate: 0.03 },
      }).trades;
      if (before === undefined || after === undefined) return;
      expect(after.exitIndex).toBe(before.exitIndex);
      if (['signal', 'take-profit', 'end-of-data'].includes(before.exitReason)) {
        expect(after.netPnl).toBe(before.netPnl);
      } else {
        stopped++;
        expect(after.grossPnl).toBeLessThan(before.grossPnl);
      }
    });
    expect(stopped).toBeGreaterThan(100);
  });

  test('trades follow each other, inside the period, in permitted directions, entered on an allowed signal', () => {
    onRandomInputs((input) => {
      const { period, rules, signals, entryMask } = input;
      let exited = period.from;
      for (const trade of runReference(input).trades) {
        const long = trade.side === 'long';
        expect(trade.entryIndex).toBeGreaterThan(period.from);
        expect(trade.entryIndex).toBeGreaterThanOrEqual(exited);
        expect(trade.exitIndex).toBeGreaterThanOrEqual(trade.entryIndex);
        expect(trade.exitIndex).toBeLessThan(period.to);
        expect(rules.direction).not.toBe(long ? 'short' : 'long');
        if (!long) expect(rules.market).toBe('usdm');
        expect(signals[trade.entryIndex - 1]).toBe(long ? 1 : -1);
        expect(entryMask[trade.entryIndex - 1]! & (long ? 1 : 2)).not.toBe(0);
        expect(trade.maePct).toBeLessThanOrEqual(0);
        expect(trade.mfePct).toBeGreaterThanOrEqual(0);
        exited = trade.exitIndex;
      }
    });
  });

  test('S-28 S-29 margin and commission of an entry are the share of the balance, and never more than the balance', () => {
    onRandomInputs((input) => {
      const { rules } = input;
      if (rules.allowOverdraft) return;
      let balance = rules.initialBalance;
      for (const trade of runReference(input).trades) {
        const notional = trade.entryPrice * trade.units;
        const cost = notional / rules.leverage + notional * rules.commissionRate;
        expect(balance).toBeGreaterThan(0);
        expect(cost).toBeLessThanOrEqual(balance * (1 + 2e-9));
        if ('equityFraction' in rules.size) {
          const share = balance * rules.size.equityFraction;
          expect(Math.abs(cost - share)).toBeLessThanOrEqual(1e-9 * share);
        }
        balance = trade.balance;
      }
    });
  });

  test('S-30 no entry after the loss limit tripped; it trips exactly when the sum reaches it', () => {
    onRandomInputs((input) => {
      const limit = input.rules.maxCumulativeLoss ?? Number.POSITIVE_INFINITY;
      const run = runReference(input);
      let cumulative = 0;
      let trippedAt: number | undefined;
      for (const trade of run.trades) {
        expect(trippedAt).toBeUndefined();
        cumulative += trade.netPnl;
        if (cumulative <= -limit) trippedAt ??= trade.exitTime;
      }
      expect(run.maxCumulativeLossTrippedAt).toBe(trippedAt);
    });
  });

  test('S-01 S-20 what happens before a candle does not depend on the candles from it on', () => {
    onRandomInputs((input, seed) => {
      const { candles, period } = input;
      const random = seededRandom(seed);
      const cut = period.from + 1 + Math.floor(random() * (period.to - period.from));
      const changed = scrambledFrom(candles, cut, random);
      const later = runReference({ ...input, candles: changed });
      const run = runReference(input);
      const known = cut - period.from;
      const closed = (trades: readonly Trade[]) => trades.filter((t) => t.exitIndex < cut);
      expect(closed(later.trades)).toEqual(closed(run.trades));
      expect(later.equity.subarray(0, known)).toEqual(run.equity.subarray(0, known));
    });
  });

  test('a short on mirrored prices is a long: the same trades, the same profit', () => {
    let compared = 0;
    onRandomInputs((input) => {
      const { rules } = input;
      if (rules.market === 'spot' || rules.maxCumulativeLoss !== undefined) return;
      // Stops as fractions and costs do not mirror; without them a fixed quantity does, on prices around a centre.
      const { stopLoss: _s, takeProfit: _t, trailingStop: _p, ...unstopped } = rules;
      const plain = {
        ...unstopped,
        slippageRate: 0,
        commissionRate: 0,
        allowOverdraft: true,
        size: { units: 1 },
      };
      const direction = { both: 'both', long: 'short', short: 'long' } as const;
      const run = runReference({ ...input, rules: plain });
      const mirror = runReference({
        ...input,
        candles: mirrored(input.candles),
        signals: input.signals.map((signal) => -signal),
        entryMask: input.entryMask.map((bits) => ((bits & 1) << 1) | (bits >> 1)),
        rules: { ...plain, direction: direction[plain.direction] },
      });
      compared += run.trades.length;
      const scale = sum(run.trades, (trade) => Math.abs(trade.entryPrice));
      expect(mirror.trades).toHaveLength(run.trades.length);
      run.trades.forEach((trade, k) => {
        const other = mirror.trades[k]!;
        expect(other.side).not.toBe(trade.side);
        expect([other.entryIndex, other.exitIndex, other.exitReason]).toEqual([
          trade.entryIndex,
          trade.exitIndex,
          trade.exitReason,
        ]);
        expectClose(other.netPnl, trade.netPnl, scale);
      });
    });
    expect(compared).toBeGreaterThan(RUNS);
  });

  test('with stops, a trade from a price of 100 mirrors exactly: levels of 100 are symmetric', () => {
    let stopped = 0;
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const random = seededRandom(seed);
      const rows = [[0, 100, 100, 100, 100, 1]];
      const price = (): number => 90 + Math.floor(random() * 81) * 0.25;
      rows.push(candleAround(1, 100, price));
      for (let i = 2; i < 6; i++) rows.push(candleAround(i, price(), price));
      const candles = candleSeriesFromRows(
        { symbol: 'MIRROR', market: 'usdm', timeframe: '1h' },
        rows.map(([i, ...rest]) => [i! * 3_600_000, ...rest]),
      );
      const pickStop = (): number => [0.03125, 0.0625, 0.09375][Math.floor(random() * 3)]!;
      const input: EngineInput = {
        candles,
        period: { from: 0, to: candles.length },
        signals: Int8Array.from([1, 0, 0, 0, 0, 0]),
        entryMask: new Uint8Array(6).fill(3),
        rules: { ...PLAIN_RULES, stopLoss: pickStop(), takeProfit: pickStop() },
      };
      const long = runReference(input).trades[0]!;
      const short = runReference({
        ...input,
        candles: mirrored(candles),
        signals: Int8Array.from([-1, 0, 0, 0, 0, 0]),
      }).trades[0]!;
      if (long.exitInsideCandle) stopped++;
      const mirror = { ...short, side: 'long', exitPrice: 200 - short.exitPrice } as const;
      const none = { equity: new Float64Array(), finalBalance: 0, skippedEntries: 0 };
      const rest = { ...none, candlesInMarket: 0 };
      const never = { maxCumulativeLossTrippedAt: undefined, ruinedAt: undefined };
      expect(
        firstDifference(
          { ...rest, ...never, trades: [mirror] },
          { ...rest, ...never, trades: [long] },
        ),
      ).toBeUndefined();
    }
    expect(stopped).toBeGreaterThan(RUNS / 4);
  });
});

describe('the agreement check', () => {
  describeEngineAgreement('the reference engine and itself', runReference, runReference, {
    seed: SEED,
    runs: 200,
  });

  test.each([
    ['a stop that fills one ulp better', { exitPrice: 1 }],
    ['a forgotten ambiguous mark', { ambiguous: true }],
    ['another balance', { balance: 0 }],
  ])('sees %s', (_name, change) => {
    const run = runReference(randomEngineInput(inputWithTrades()));
    const trades = run.trades.map((trade, k) => (k === 0 ? { ...trade, ...change } : trade));
    expect(firstDifference({ ...run, trades }, run)).toMatch(/^trade 0 /);
    expect(firstDifference(run, run)).toBeUndefined();
  });

  test('sees one differing equity value and a missing trade', () => {
    const run = runReference(randomEngineInput(inputWithTrades()));
    const equity = run.equity.slice();
    equity[1] = equity[1]! * (1 + Number.EPSILON);
    expect(firstDifference({ ...run, equity }, run)).toMatch(/^equity 1: /);
    expect(firstDifference({ ...run, trades: run.trades.slice(1) }, run)).toMatch(/^trade /);
  });
});

function inputWithTrades(): number {
  let seed = SEED;
  while (runReference(randomEngineInput(seed)).trades.length < 2) seed++;
  return seed;
}

function candleAround(i: number, open: number, price: () => number): number[] {
  const close = price();
  const extremes = [open, close, price(), price()];
  return [i, open, Math.max(...extremes), Math.min(...extremes), close, 1];
}

/** Prices reflected at 100 for the mirror of a price of 100; otherwise around the middle of the range. */
function mirrored(candles: CandleSeries): CandleSeries {
  const centre = candles.open[0]! === 100 ? 200 : 2 * Math.max(...candles.high);
  const rows = Array.from(candles.openTime, (openTime, i) => [
    openTime,
    centre - candles.open[i]!,
    centre - candles.low[i]!,
    centre - candles.high[i]!,
    centre - candles.close[i]!,
    candles.volume[i]!,
  ]);
  return candleSeriesFromRows(candles, rows);
}

function scrambledFrom(candles: CandleSeries, cut: number, random: () => number): CandleSeries {
  const rows = Array.from(candles.openTime, (openTime, i) => {
    const prices = [candles.open[i]!, candles.high[i]!, candles.low[i]!, candles.close[i]!];
    const factor = i < cut ? 1 : 0.5 + random();
    return [openTime, ...prices.map((price) => price * factor), candles.volume[i]!];
  });
  return candleSeriesFromRows(candles, rows);
}
