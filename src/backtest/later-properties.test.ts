import { describe, expect, test } from 'vitest';
import { type CandleSeries, candleSeriesFromRows } from '../candles/index.js';
import type { Trade } from '../domain/index.js';
import { type EngineRules, LEAVE_LONG, LEAVE_SHORT, type ManageView } from '../semantics/index.js';
import { type Random, seededRandom } from '../util/index.js';
import type { EngineInput } from './engine.js';
import { firstDifference, randomEngineInput } from './random-input.contract.js';
import { randomColumns, withLaterRules } from './random-later.contract.js';
import { runReference } from './reference-engine.js';

const SEED = Number(process.env.WUS_SEED ?? 20_250_101);
const RUNS = 600;

/** An input of the reference engine with rules and columns of every kind. */
function laterInput(seed: number): EngineInput {
  const input = randomEngineInput(seed);
  const { length, open } = input.candles;
  // Other draws than those of the input: equal seeds would tie rules to candles.
  const given = seed % 3 === 0 ? randomColumns(length, open[0]!, 7 * seed + 1) : {};
  return { ...input, ...given, rules: withLaterRules(input.rules, 11 * seed + 2, given) };
}

/** Runs a check on seeded inputs and names the seed of the one that fails. */
function onInputs(
  check: (input: EngineInput, seed: number) => void,
  make: (seed: number) => EngineInput = laterInput,
): void {
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    try {
      check(make(seed), seed);
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
  }
}

function expectClose(actual: number, expected: number, scale: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(scale)));
}

describe(`exits, sizes and pauses on ${RUNS} random inputs from seed ${SEED}`, () => {
  test('every exit happens, and parts leave', () => {
    const reasons = new Map<string, number>();
    let parts = 0;
    onInputs((input) => {
      for (const { exitReason, scaleOuts } of runReference(input).trades) {
        reasons.set(exitReason, (reasons.get(exitReason) ?? 0) + 1);
        parts += scaleOuts;
      }
    });
    const names = ['signal', 'time', 'stop-loss', 'break-even', 'trailing-stop', 'take-profit'];
    for (const name of names) expect(reasons.get(name), name).toBeGreaterThan(50);
    expect(parts).toBeGreaterThan(200);
  });

  test('S-28 S-76 balance = initial + Σ net_pnl after every trade, parts included', () => {
    onInputs((input) => {
      const run = runReference(input);
      let balance = input.rules.initialBalance;
      let scale = balance;
      for (const trade of run.trades) {
        balance += trade.netPnl;
        scale += Math.abs(trade.grossPnl) + trade.commission;
        expect(trade.netPnl).toBe(trade.grossPnl - trade.commission);
        expectClose(trade.balance, balance, scale);
        const gross = (trade.side === 'long' ? 1 : -1) * (trade.exitPrice - trade.entryPrice);
        const notional = (trade.exitPrice + trade.entryPrice) * trade.units;
        // The average price of the fills gives the profit and the commission of all of them.
        expectClose(trade.grossPnl, gross * trade.units, notional);
        expectClose(trade.commission, notional * input.rules.commissionRate, notional);
      }
      expect(run.equity.at(-1)).toBe(run.finalBalance);
    });
  });

  test('fills lie within the prices of the candles held, but for slippage', () => {
    onInputs(({ candles, ...input }) => {
      const { slippageRate, stopSlippageRate = 0 } = input.rules;
      const room = slippageRate + stopSlippageRate + 1e-12;
      for (const trade of runReference({ candles, ...input }).trades) {
        const held = [trade.entryIndex, trade.exitIndex + 1] as const;
        const lowest = Math.min(...candles.low.subarray(...held));
        const highest = Math.max(...candles.high.subarray(...held));
        expect(trade.exitPrice).toBeGreaterThanOrEqual(lowest * (1 - room));
        expect(trade.exitPrice).toBeLessThanOrEqual(highest * (1 + room));
        expect(trade.maePct).toBeLessThanOrEqual(0);
        expect(trade.mfePct).toBeGreaterThanOrEqual(0);
      }
    });
  });

  test('S-75 S-77 no trade is held longer than it may be, no entry comes before the pause is over', () => {
    onInputs((input) => {
      const { maxCandlesHeld = Number.POSITIVE_INFINITY, cooldownCandles = 0 } = input.rules;
      let lastExit = Number.NEGATIVE_INFINITY;
      for (const trade of runReference(input).trades) {
        expect(trade.candlesHeld).toBeLessThanOrEqual(maxCandlesHeld);
        if (trade.exitReason === 'time') expect(trade.candlesHeld).toBe(maxCandlesHeld);
        expect(trade.entryIndex).toBeGreaterThanOrEqual(lastExit + cooldownCandles);
        lastExit = trade.exitIndex;
      }
    });
  });

  test('S-71 one more stop never makes a first trade longer', () => {
    let shortened = 0;
    onInputs((input, seed) => {
      const [before] = runReference(input).trades;
      const extra: Partial<EngineRules>[] = [
        { stopLoss: 0.01 },
        { breakEven: 0.004, breakEvenOffset: 0.002 },
        { maxCandlesHeld: 2 },
        { trailingStopAtr: 0.5, exitAtrPeriod: input.rules.exitAtrPeriod ?? 14 },
      ];
      if (input.rules.breakEven !== undefined) return;
      const rules = { ...extra[seed % extra.length], ...input.rules };
      const [after] = runReference({ ...input, rules }).trades;
      if (before === undefined || after?.entryIndex !== before.entryIndex) return;
      // The size must not hang on the stop; a manage that sees another stop may answer differently.
      if (after.units !== before.units || input.manage !== undefined) return;
      expect(after.exitIndex).toBeLessThanOrEqual(before.exitIndex);
      if (after.exitIndex < before.exitIndex) shortened++;
    });
    expect(shortened).toBeGreaterThan(20);
  });

  test('S-01 S-85 what happens before a candle does not depend on the candles from it on', () => {
    onInputs((input, seed) => {
      const { candles, period } = input;
      const random = seededRandom(seed);
      const cut = period.from + 1 + Math.floor(random() * (period.to - period.from));
      const run = runReference(input);
      const later = runReference({ ...input, candles: scrambledFrom(candles, cut, random) });
      const closed = (trades: readonly Trade[]) => trades.filter((t) => t.exitIndex < cut);
      expect(closed(later.trades)).toEqual(closed(run.trades));
      const known = cut - period.from;
      expect(later.equity.subarray(0, known)).toEqual(run.equity.subarray(0, known));
    });
  });

  test('S-85 manage sees the same when a run is replayed, once per close, never on the last candle', () => {
    let seen = 0;
    onInputs((input) => {
      const { manage, period } = input;
      if (manage === undefined) return;
      const views = (): ManageView[] => {
        const list: ManageView[] = [];
        const spy = (view: ManageView) => {
          list.push(view);
          return manage(view);
        };
        runReference({ ...input, manage: spy });
        return list;
      };
      const first = views();
      expect(views()).toEqual(first);
      for (const [
        k,
        { i, entryIndex, closesHeld, stop, side, peakProfit, profit },
      ] of first.entries()) {
        expect(i).toBeLessThan(period.to - 1);
        expect(i).toBeGreaterThan(first[k - 1]?.i ?? -1);
        expect(closesHeld).toBe(i - entryIndex + 1);
        expect(Number.isFinite(stop) || Number.isNaN(stop)).toBe(true);
        expect([1, -1]).toContain(side);
        expect(peakProfit).toBeGreaterThanOrEqual(Math.max(0, profit));
      }
      seen += first.length;
    });
    expect(seen).toBeGreaterThan(300);
  });
});

describe(`neutral values change nothing, to the bit (${RUNS} random inputs from seed ${SEED})`, () => {
  test.each<[string, (input: EngineInput) => EngineInput]>([
    ['no pause', (input) => withRules(input, { cooldownCandles: 0 })],
    ['a time that never comes', (input) => withRules(input, { maxCandlesHeld: 1e6 })],
    ['a least profit that is always there', (input) => withRules(input, { exitMinProfit: -1e9 })],
    ['a break-even that is never reached', (input) => withRules(input, { breakEven: 1e9 })],
    ['a stop offset of no break-even', (input) => withRules(input, { exitAtrPeriod: 3 })],
    [
      'an exit column that is empty',
      (input) => ({ ...input, exits: new Uint8Array(input.candles.length) }),
    ],
    ['a manage that wants nothing', (input) => ({ ...input, manage: () => undefined })],
    [
      'a manage that says nothing',
      (input) => ({ ...input, manage: () => ({ exit: false, stop: Number.NaN }) }),
    ],
    ['columns that set nothing', withNeutralColumns],
    [
      'parts that are never reached',
      (input) => withRules(input, { scaleOut: [{ fraction: 1e9, share: 0.5 }], direction: 'long' }),
    ],
    [
      'an activation at a profit that rounds away',
      (input) =>
        input.rules.trailingStop === undefined
          ? input
          : withRules(input, { trailingActivation: 1e-300, stopLoss: input.rules.trailingStop }),
    ],
  ])('%s', (name, change) => {
    let trades = 0;
    onInputs((input) => {
      const direction = name.startsWith('parts') ? 'long' : input.rules.direction;
      const exitOnNeutral = name.includes('exit column') ? false : input.rules.exitOnNeutral;
      // A stop-loss as far as the trailing stop stands in for it on the entry candle, under its own name.
      const rounds = name.startsWith('an activation');
      const stops = rounds && input.rules.trailingStop !== undefined;
      const plain = withRules(input, {
        direction,
        exitOnNeutral,
        ...(stops && { stopLoss: input.rules.trailingStop }),
      });
      const run = runReference(plain);
      trades += run.trades.length;
      expect(firstDifference(runReference(change(plain)), run)).toBeUndefined();
    }, randomEngineInput);
    expect(trades).toBeGreaterThan(RUNS);
  });

  test('S-74 a single profit target is a take-profit', () => {
    onInputs((input) => {
      const { takeProfit, ...rules } = input.rules;
      if (takeProfit === undefined) return;
      const profitTargets = [{ fromCandle: 0, fraction: takeProfit }];
      const run = runReference({ ...input, rules: { ...rules, profitTargets } });
      expect(firstDifference(run, runReference(input))).toBeUndefined();
    }, randomEngineInput);
  });

  test('S-06 exit_on_neutral is an exit column of the neutral candles', () => {
    onInputs((input) => {
      const neutral = withRules(input, { exitOnNeutral: true });
      const exits = Uint8Array.from(input.signals, (s) => (s === 0 ? LEAVE_LONG | LEAVE_SHORT : 0));
      const column = { ...withRules(input, { exitOnNeutral: false }), exits };
      expect(firstDifference(runReference(column), runReference(neutral))).toBeUndefined();
    }, randomEngineInput);
  });

  test('S-75 S-85 a manage that counts closes is a time exit, but for the name', () => {
    onInputs((input) => {
      if (input.rules.reEntry === 'new-signal') return;
      const timed = runReference(withRules(input, { maxCandlesHeld: 3 }));
      const manage = ({ closesHeld }: ManageView) => ({ exit: closesHeld === 3 });
      const managed = runReference({ ...input, manage });
      const renamed = timed.trades.map((trade) =>
        trade.exitReason === 'time' ? { ...trade, exitReason: 'signal' as const } : trade,
      );
      expect(firstDifference(managed, { ...timed, trades: renamed })).toBeUndefined();
    }, randomEngineInput);
  });
});

test('the mirror: levels of a price of 100, distances, times, parts and manage are symmetric to the bit', () => {
  const reasons = new Set<string>();
  let parts = 0;
  for (let seed = SEED; seed < SEED + 3 * RUNS; seed++) {
    const random = seededRandom(seed);
    const candles = mirrorCandles(random);
    const input = mirrorInput(random, candles, 1);
    const long = runReference(input).trades[0]!;
    const short = runReference({
      ...input,
      candles: reflected(candles),
      signals: input.signals.map((signal) => -signal),
      exits: input.exits?.map((bits) => bits << 1),
    }).trades[0]!;
    reasons.add(long.exitReason);
    parts += long.scaleOuts;
    const mirror = { ...short, side: long.side, exitPrice: 200 - short.exitPrice };
    expect(cellsOf(mirror), `seed ${seed}`).toEqual(cellsOf(long));
  }
  const names = ['time', 'signal', 'stop-loss', 'break-even', 'trailing-stop', 'take-profit'];
  for (const name of names) expect(reasons).toContain(name);
  expect(parts).toBeGreaterThan(RUNS / 4);
});

/** `0` and `-0` are the same amount of money. */
function cellsOf(trade: Trade): [string, unknown][] {
  return Object.entries(trade).map(([name, value]) => [name, value === 0 ? 0 : value]);
}

/** Quarters around 100: every level of the rules below is exact in binary. */
function mirrorCandles(random: Random): CandleSeries {
  const price = (): number => 90 + Math.floor(random() * 81) * 0.25;
  const rows = [[0, 100, 102, 98, 100, 1]];
  for (let i = 1; i < 9; i++) {
    const [open, close] = [i === 1 ? 100 : price(), price()];
    const extremes = [open, close, price(), price()];
    rows.push([i * 3_600_000, open, Math.max(...extremes), Math.min(...extremes), close, 1]);
  }
  return candleSeriesFromRows({ symbol: 'MIRROR', market: 'usdm', timeframe: '1h' }, rows);
}

function mirrorInput(random: Random, candles: CandleSeries, signal: 1 | -1): EngineInput {
  const maybe = (rules: Partial<EngineRules>): Partial<EngineRules> =>
    random() < 0.35 ? rules : {};
  const fraction = (): number => [0.03125, 0.0625, 0.09375][Math.floor(random() * 3)]!;
  const { length } = candles;
  const trails = random() < 0.5;
  const leaves = random() < 0.2;
  return {
    candles,
    period: { from: 0, to: length },
    signals: Int8Array.of(signal, ...Array<number>(length - 1).fill(0)),
    entryMask: new Uint8Array(length).fill(3),
    ...(leaves && { exits: Uint8Array.from({ length }, (_, i) => (i === 4 ? 1 : 0)) }),
    ...(random() < 0.2 && {
      manage: ({ closesHeld, side, entryPrice }: ManageView) =>
        closesHeld === 2 ? { stop: entryPrice - side * 2, target: entryPrice + side } : undefined,
    }),
    rules: {
      market: 'usdm',
      direction: 'both',
      initialBalance: 1024,
      size: { units: 4 },
      leverage: 1,
      allowOverdraft: true,
      commissionRate: 0,
      slippageRate: 0,
      exitOnNeutral: false,
      reEntry: 'immediate',
      exitAtrPeriod: 1,
      ...maybe({ stopLoss: fraction() }),
      ...maybe({ takeProfit: fraction() }),
      ...maybe({ stopLossAtr: 1.5 }),
      ...maybe({ takeProfitAtr: 2 }),
      ...(trails && { trailingStopAtr: 1, ...maybe({ trailingActivation: fraction() }) }),
      ...maybe({ breakEven: 0.03125, breakEvenOffset: 0.015625 }),
      ...maybe({ maxCandlesHeld: 3 }),
      ...maybe({ exitMinProfit: 0.03125 }),
      ...maybe({
        scaleOut: [
          { fraction: 0.015625, share: 0.25 },
          { fraction: 0.046875, share: 0.5 },
        ],
      }),
    },
  };
}

function reflected(candles: CandleSeries): CandleSeries {
  const rows = Array.from(candles.openTime, (openTime, i) => [
    openTime,
    200 - candles.open[i]!,
    200 - candles.low[i]!,
    200 - candles.high[i]!,
    200 - candles.close[i]!,
    1,
  ]);
  return candleSeriesFromRows(candles, rows);
}

function withRules(input: EngineInput, rules: Partial<EngineRules>): EngineInput {
  return { ...input, rules: { ...input.rules, ...rules } };
}

function withNeutralColumns(input: EngineInput): EngineInput {
  const { length } = input.candles;
  const none = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const rank = new Float64Array(length).fill(Number.NaN);
  return {
    ...input,
    columns: {
      stopDistance: none,
      targetDistance: none,
      size: new Float64Array(length).fill(1),
      rank,
    },
  };
}

function scrambledFrom(candles: CandleSeries, cut: number, random: Random): CandleSeries {
  const rows = Array.from(candles.openTime, (openTime, i) => {
    const prices = [candles.open[i]!, candles.high[i]!, candles.low[i]!, candles.close[i]!];
    const factor = i < cut ? 1 : 0.5 + random();
    return [openTime, ...prices.map((price) => price * factor), candles.volume[i]!];
  });
  return candleSeriesFromRows(candles, rows);
}
