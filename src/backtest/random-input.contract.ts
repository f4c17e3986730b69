import { type CandleSeries, candleSeriesFromRows } from '../candles/index.js';
import { type Timeframe, timeframeMs } from '../domain/index.js';
import type { TradeRules } from '../semantics/index.js';
import { type Random, seededRandom } from '../util/index.js';
import type { EngineInput, EngineResult } from './engine.js';

/**
 * Makes an input that looks for trouble: price and time gaps, flat and repeated prices, spikes, zero volume, a single
 * candle, levels that fall on one price, masks, neutral runs, and every setting.
 *
 * @param seed - The same seed makes the same input.
 */
export function randomEngineInput(seed: number): EngineInput {
  const random = seededRandom(seed);
  const rules = randomRules(random);
  const candles = randomCandles(random, rules.market);
  const n = candles.length;
  const from = chance(random, 0.3) ? integer(random, 0, n - 1) : 0;
  const to = chance(random, 0.3) ? integer(random, from + 1, n) : n;
  return {
    candles,
    period: { from, to },
    signals: randomSignals(random, n),
    entryMask: randomMask(random, n),
    // The last draw: what known seeds found stays where it is.
    rules: {
      ...rules,
      ...(chance(random, 0.3) && { stopSlippageRate: pick(random, [0.001, 0.05]) }),
    },
  };
}

/**
 * Returns what differs first between two results, or `undefined` when they are equal to the bit (S-51).
 *
 * @param a - Result of one engine.
 * @param b - Result of the other. `0` and `-0` are the same amount of money.
 */
export function firstDifference(a: EngineResult, b: EngineResult): string | undefined {
  const trades = Math.max(a.trades.length, b.trades.length);
  for (let k = 0; k < trades; k++) {
    const left = a.trades[k];
    const right = b.trades[k];
    if (left === undefined || right === undefined) {
      return `trade ${k}: ${JSON.stringify(left)} and ${JSON.stringify(right)}`;
    }
    for (const key of Object.keys(left) as (keyof typeof left)[]) {
      if (left[key] !== right[key]) return `trade ${k} ${key}: ${left[key]} and ${right[key]}`;
    }
  }
  if (a.equity.length !== b.equity.length) {
    return `equity length: ${a.equity.length} and ${b.equity.length}`;
  }
  for (let i = 0; i < a.equity.length; i++) {
    if (a.equity[i] !== b.equity[i]) return `equity ${i}: ${a.equity[i]} and ${b.equity[i]}`;
  }
  const totals = [
    'finalBalance',
    'skippedEntries',
    'candlesInMarket',
    'maxCumulativeLossTrippedAt',
    'ruinedAt',
  ] as const;
  const key = totals.find((total) => a[total] !== b[total]);
  return key === undefined ? undefined : `${key}: ${a[key]} and ${b[key]}`;
}

function randomCandles(random: Random, market: CandleSeries['market']): CandleSeries {
  const timeframe = pick<Timeframe>(random, ['1m', '15m', '1h', '1h', '4h', '8h', '1d', '1w']);
  const step = timeframeMs(timeframe);
  const n = chance(random, 0.03) ? 1 : integer(random, 2, chance(random, 0.1) ? 1500 : 160);
  const tick = pick(random, [1, 0.5, 0.01, 1e-7]);
  const volatility = pick(random, [0, 0.001, 0.01, 0.03, 0.1]);
  const gapShare = pick(random, [0, 0.05, 0.5]);
  const timeGapShare = pick(random, [0, 0, 0.02, 0.3]);
  const spikeShare = pick(random, [0, 0.02]);
  const onTick = (price: number): number => Math.max(tick, Math.round(price / tick) * tick);
  const move = (price: number, size: number): number =>
    onTick(price * Math.exp(size * (2 * random() - 1)));
  let openTime = Date.UTC(2024, 0, 1) + integer(random, 0, 30) * step;
  let close = onTick(pick(random, [100, 100, 1, 64_000]));
  const rows: number[][] = [];
  for (let i = 0; i < n; i++) {
    if (chance(random, timeGapShare)) openTime += integer(random, 1, 60) * step;
    const open = chance(random, gapShare) ? move(close, 3 * volatility) : close;
    const flat = chance(random, 0.1);
    close = flat ? open : move(open, volatility);
    let high = Math.max(open, close);
    let low = Math.min(open, close);
    if (!flat && chance(random, 0.8)) {
      high = Math.max(high, move(high, volatility));
      low = Math.min(low, move(low, volatility));
    }
    if (chance(random, spikeShare)) low = onTick(low * random());
    if (chance(random, spikeShare)) high = onTick(high * (1 + random()));
    rows.push([openTime, open, high, low, close, chance(random, 0.1) ? 0 : random() * 1000]);
    openTime += step;
  }
  return candleSeriesFromRows({ symbol: 'RANDOM', market, timeframe }, rows);
}

function randomSignals(random: Random, n: number): Int8Array {
  const change = pick(random, [0, 0.02, 0.1, 0.4, 1]);
  const neutral = pick(random, [0, 0.2, 0.6]);
  const signals = new Int8Array(n);
  let signal = 0;
  for (let i = 0; i < n; i++) {
    if (i === 0 || chance(random, change)) {
      signal = chance(random, neutral) ? 0 : chance(random, 0.5) ? 1 : -1;
    }
    signals[i] = signal;
  }
  return signals;
}

function randomMask(random: Random, n: number): Uint8Array {
  const open = pick(random, [1, 1, 0.9, 0.5, 0.1, 0]);
  const stays = pick(random, [0, 0.9]);
  const mask = new Uint8Array(n);
  let bits = 3;
  for (let i = 0; i < n; i++) {
    if (!chance(random, stays)) {
      bits = (chance(random, open) ? 1 : 0) | (chance(random, open) ? 2 : 0);
    }
    mask[i] = bits;
  }
  return mask;
}

const FRACTIONS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 0.9] as const;

function randomRules(random: Random): TradeRules {
  const market = pick(random, ['usdm', 'usdm', 'usdm', 'spot'] as const);
  const direction = pick(random, ['both', 'both', 'long', 'short'] as const);
  const allowOverdraft = chance(random, 0.1);
  const leverage = market === 'spot' ? 1 : pick(random, [1, 1, 2, 3, 10, 125]);
  const sized = allowOverdraft || chance(random, 0.4);
  const stopLoss = optional(random, 0.6, () => pick(random, FRACTIONS));
  // Equal fractions put two levels on one price.
  const trailingStop = optional(random, 0.5, () =>
    stopLoss !== undefined && chance(random, 0.3) ? stopLoss : pick(random, FRACTIONS),
  );
  const takeProfit = optional(random, 0.5, () =>
    stopLoss !== undefined && chance(random, 0.3) ? stopLoss : pick(random, FRACTIONS),
  );
  const maxCumulativeLoss = optional(random, 0.25, () => pick(random, [1, 50, 500, 5000]));
  return {
    market,
    direction,
    initialBalance: pick(random, [10_000, 10_000, 1_000, 100.5]),
    size: sized
      ? { units: pick(random, [1, 0.1, 10, 0.01, 33.3]) }
      : { equityFraction: pick(random, [1, 0.5, 0.1, 1]) },
    leverage,
    allowOverdraft,
    commissionRate: pick(random, [0, 0.0005, 0.001, 0.02]),
    slippageRate: pick(random, [0, 0.0001, 0.01, 0.1]),
    ...(stopLoss !== undefined && { stopLoss }),
    ...(trailingStop !== undefined && { trailingStop }),
    ...(takeProfit !== undefined && { takeProfit }),
    exitOnNeutral: chance(random, 0.3),
    reEntry: pick(random, ['immediate', 'new-signal'] as const),
    ...(maxCumulativeLoss !== undefined && { maxCumulativeLoss }),
  };
}

function optional<T>(random: Random, probability: number, make: () => T): T | undefined {
  return chance(random, probability) ? make() : undefined;
}

function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

function integer(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}
