import { type CandleSeries, candleSeriesFromRows } from '../candles/index.js';
import type { TradeRules } from '../semantics/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import type { Engine } from './engine.contract.js';
import type { EngineInput } from './engine.js';

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
  return tableOf(game, stopCombinations(game), engine);
}

/**
 * Plays every later exit on its own, and what they are most used with, long and short, on signals that know nothing.
 *
 * @param game - Sizes; without costs every row must earn nothing.
 * @param engine - What is tested.
 */
export function laterFairnessTable(game: FairGame, engine: Engine): FairnessRow[] {
  return tableOf(game, laterCombinations(game), engine);
}

function tableOf(
  game: FairGame,
  combinations: readonly Combination[],
  engine: Engine,
): FairnessRow[] {
  const candles = fairCandles(game);
  const signals = blindSignals(game);
  const entryMask = new Uint8Array(candles.length).fill(3);
  const period = { from: 0, to: candles.length };
  return combinations.flatMap(({ name, stops, given }) =>
    (['long', 'short'] as const).map((direction): FairnessRow => {
      const rules = { ...FREE_RULES, ...stops, direction };
      const { trades } = engine({ candles, period, signals, entryMask, rules, ...given });
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

/** Rules of a row, and what its strategy gives. */
interface Combination {
  readonly name: string;
  readonly stops: Partial<TradeRules>;
  readonly given?: Pick<EngineInput, 'exits' | 'columns' | 'manage'>;
}

function stopCombinations(game: FairGame): Combination[] {
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

function laterCombinations(game: FairGame): Combination[] {
  const fraction = (steps: number): number => steps / START_PRICE;
  const { stopLossSteps, takeProfitSteps, trailingStopSteps } = game;
  const [stop, target, trailing] = [stopLossSteps, takeProfitSteps, trailingStopSteps].map(
    fraction,
  );
  const distances = new Float64Array(game.candles).fill(stopLossSteps);
  const random = seededRandom(game.seed + 2);
  const exits = Uint8Array.from({ length: game.candles }, () => (random() < 0.02 ? 3 : 0));
  return [
    { name: 'exit column', stops: {}, given: { exits } },
    { name: 'stop distance', stops: {}, given: { columns: { stopDistance: distances } } },
    { name: 'target distance', stops: {}, given: { columns: { targetDistance: distances } } },
    { name: 'stop-loss in ATR', stops: { stopLossAtr: 3 } },
    { name: 'take-profit in ATR', stops: { takeProfitAtr: 5 } },
    { name: 'trailing stop in ATR', stops: { trailingStopAtr: 3 } },
    { name: 'activation', stops: { trailingStop: trailing!, trailingActivation: target! } },
    { name: 'break-even', stops: { breakEven: stop! } },
    { name: 'break-even with an offset', stops: { breakEven: target!, breakEvenOffset: stop! } },
    {
      name: 'profit targets',
      stops: {
        profitTargets: [
          { fromCandle: 0, fraction: target! },
          { fromCandle: 5, fraction: stop! },
          { fromCandle: 20, fraction: 0 },
        ],
      },
    },
    { name: 'time exit', stops: { maxCandlesHeld: 10 } },
    {
      name: 'scale-out',
      stops: {
        scaleOut: [
          { fraction: stop!, share: 0.5 },
          { fraction: target!, share: 0.3 },
        ],
      },
    },
    // Without a stop few trades end at all, each after a very long time.
    { name: 'least profit', stops: { exitMinProfit: 0, stopLoss: fraction(2 * stopLossSteps) } },
    { name: 'pause', stops: { stopLoss: stop!, cooldownCandles: 5 } },
    {
      name: 'manage: a stop and a target that follow the close',
      stops: {},
      given: {
        manage: ({ side, entryPrice, profit }) => {
          const close = entryPrice * (1 + side * profit);
          return { stop: close - side * stopLossSteps, target: close + side * takeProfitSteps };
        },
      },
    },
    {
      name: 'manage: out after a loss',
      stops: {},
      given: { manage: ({ profit }) => ({ exit: profit < -stop! }) },
    },
  ];
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
