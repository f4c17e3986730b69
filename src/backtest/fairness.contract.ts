import { type CandleSeries, candleSeriesFromRows } from '../candles/index.js';
import type { TradeRules } from '../semantics/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import type { Engine } from './engine.contract.js';

/** What a fair game is played on. */
export interface FairGame {
  readonly seed: number;
  readonly candles: number;
  /** Path steps in a candle. */
  readonly stepsPerCandle: number;
  /** Distance of the stop-loss, take-profit and trailing stop, in path steps. */
  readonly stopLossSteps: number;
  readonly takeProfitSteps: number;
  readonly trailingStopSteps: number;
  /** Whether stop and take-profit may lie in one candle: then S-44 is pessimistic, and such rows are left out. */
  readonly coarse?: boolean;
}

/** What one combination of stops earned; amounts in path steps per trade. */
export interface FairnessRow {
  readonly name: string;
  readonly trades: number;
  readonly mean: number;
  readonly standardError: number;
}

const START_PRICE = 1_000_000;
/** Mean overshoot of a Gaussian walk over a level is 0.5826 steps: a fill at the level misses it by that. */
const OVERSHOOT_STEPS = 0.6;
/** Candles between two changes of the signal, on average. */
const SIGNAL_RUN = 60;

/**
 * Builds candles from a driftless Gaussian walk whose step has a deviation of 1: each opens where the one before closed, high and low are
 * those of the path.
 *
 * @param game - Seed and sizes.
 */
export function fairCandles(game: FairGame): CandleSeries {
  const normal = normalRandom(seededRandom(game.seed));
  let price = START_PRICE;
  const rows = Array.from({ length: game.candles }, (_, i) => {
    const open = price;
    let high = open;
    let low = open;
    for (let step = 0; step < game.stepsPerCandle; step++) {
      price += normal();
      if (price > high) high = price;
      if (price < low) low = price;
    }
    return [i * 60_000, open, high, low, price, 1];
  });
  return candleSeriesFromRows({ symbol: 'FAIR', market: 'usdm', timeframe: '1m' }, rows);
}

/**
 * Plays every combination of stops, long and short, on signals that know nothing.
 *
 * @param game - Sizes; without costs every row must earn nothing.
 * @param engine - What is tested.
 */
export function fairnessTable(game: FairGame, engine: Engine): FairnessRow[] {
  const candles = fairCandles(game);
  const signals = blindSignals(game);
  const entryMask = new Uint8Array(candles.length).fill(3);
  const period = { from: 0, to: candles.length };
  return stopCombinations(game).flatMap(({ name, stops }) =>
    (['long', 'short'] as const).map((direction): FairnessRow => {
      const rules = { ...FREE_RULES, ...stops, direction };
      const { trades } = engine({ candles, period, signals, entryMask, rules });
      return summarize(
        `${direction} ${name}`,
        trades.map((trade) => trade.netPnl),
      );
    }),
  );
}

/**
 * Returns what a list of profits says about their mean.
 *
 * @param name - Of the row.
 * @param profits - Per trade, path steps.
 */
export function summarize(name: string, profits: readonly number[]): FairnessRow {
  const trades = profits.length;
  const mean = profits.reduce((total, profit) => total + profit, 0) / trades;
  const squares = profits.reduce((total, profit) => total + (profit - mean) ** 2, 0);
  return { name, trades, mean, standardError: Math.sqrt(squares / (trades - 1) / trades) };
}

/**
 * Tells whether a row earns nothing: three standard errors plus the overshoot of one path step.
 *
 * @param row - Result of one combination.
 */
export function isFair(row: FairnessRow): boolean {
  return Math.abs(row.mean) <= 3 * row.standardError + OVERSHOOT_STEPS;
}

/**
 * Returns the table as text.
 *
 * @param title - First line.
 * @param rows - Results.
 */
export function fairnessText(title: string, rows: readonly FairnessRow[]): string {
  const lines = rows.map((row) =>
    [
      row.name.padEnd(44),
      String(row.trades).padStart(8),
      row.mean.toFixed(3).padStart(9),
      row.standardError.toFixed(3).padStart(9),
      (3 * row.standardError + OVERSHOOT_STEPS).toFixed(3).padStart(9),
      isFair(row) ? '' : '  NOT FAIR',
    ].join(''),
  );
  const head = [
    'path steps per trade'.padEnd(44),
    '  trades',
    '     mean',
    '  std err',
    '    bound',
  ];
  return [title, head.join(''), ...lines].join('\n');
}

const FREE_RULES: TradeRules = {
  market: 'usdm',
  direction: 'both',
  initialBalance: START_PRICE,
  size: { units: 1 },
  leverage: 1,
  allowOverdraft: true,
  commissionRate: 0,
  slippageRate: 0,
  exitOnNeutral: false,
  reEntry: 'immediate',
};

function stopCombinations(
  game: FairGame,
): { readonly name: string; readonly stops: Partial<TradeRules> }[] {
  const fraction = (steps: number): number => steps / START_PRICE;
  const choices = [
    { label: 'stop-loss', stops: { stopLoss: fraction(game.stopLossSteps) } },
    { label: 'take-profit', stops: { takeProfit: fraction(game.takeProfitSteps) } },
    { label: 'trailing stop', stops: { trailingStop: fraction(game.trailingStopSteps) } },
  ];
  const combinations = Array.from({ length: 8 }, (_, bits) => {
    const chosen = choices.filter((_choice, k) => (bits & (1 << k)) !== 0);
    const name = chosen.map((choice) => choice.label).join(' + ') || 'no stops';
    return {
      name,
      stops: Object.assign({}, ...chosen.map((choice) => choice.stops)) as Partial<TradeRules>,
    };
  });
  if (game.coarse !== true) return combinations;
  return combinations.filter(
    ({ stops }) =>
      stops.takeProfit === undefined ||
      (stops.stopLoss === undefined && stops.trailingStop === undefined),
  );
}

function blindSignals(game: FairGame): Int8Array {
  const random = seededRandom(game.seed + 1);
  const signals = new Int8Array(game.candles);
  let signal = 1;
  for (let i = 0; i < signals.length; i++) {
    if (random() < 1 / SIGNAL_RUN) signal = -signal;
    signals[i] = signal;
  }
  return signals;
}
