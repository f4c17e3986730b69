import { runBacktest } from '../../src/backtest/index.js';
import type { CandleSeries } from '../../src/candles/index.js';
import type { BacktestRunConfigInput } from '../../src/config/index.js';
import { type OptimizeRequest, trialConfig } from '../../src/optimize/index.js';
import { type CrashKind, rareCrashP } from './crash-returns.js';
import { type CrossingRule, lowShare } from './crossing-returns.js';
import { EDGE_KINDS, type EdgeKind, edgeMarket } from './edge-markets.js';
import { FORWARD_EDGES, FORWARD_NOISE, forwardJob } from './forward-part.js';
import { type ForwardPaths, forwardShares } from './forward-returns.js';
import {
  DILUTED,
  dilutedGrid,
  NARROW_GRIDS,
  SEARCHED,
  type SearchedStrategy,
  WIDE_GRIDS,
  zoomGrid,
} from './grids.js';
import { hourOfDay } from './hour-of-day-strategy.js';
import { type JudgedSearch, judgedSearch, withLedger } from './judged-search.js';
import { jumpMarket } from './jump-markets.js';
import { noiseMarket } from './noise-markets.js';
import { SEED_SHIFT } from './other-seeds.js';
import {
  EDGE_LEVELS,
  EDGE_STRATEGIES,
  FREE,
  kindOf,
  type Look,
  lookOf,
  type Part,
  type Row,
  strategyOf,
} from './part.js';

type Pool = NonNullable<OptimizeRequest['pool']>;

/** Drift of the log price per hour: half a year's gain of a rising coin. */
const DRIFT = 0.5 / 8_760;
const SEED = {
  noise: SEED_SHIFT + 1_000,
  drift: SEED_SHIFT + 3_000,
  looks: SEED_SHIFT + 4_000,
  edges: SEED_SHIFT + 5_000,
  jumps: SEED_SHIFT + 7_000,
  weeks: SEED_SHIFT + 8_000,
  crossings: SEED_SHIFT + 9_000,
};
const TRUE_YEARS = 20;

const EDGE_SEEDS = 4;
const EDGE_YEARS: Readonly<Record<EdgeKind, number>> = {
  momentum: 5,
  'mean-reversion': 5,
  'hour-of-day': 4,
};

/** Days, sets, and what is tried on each. */
const CROSSINGS: readonly (readonly [number, number, CrossingRule?])[] = [
  ...[56, 91, 182, 364, 1_820].map((days): [number, number] => [days, 400]),
  [1_820, 400, 'older ledger'],
  [1_820, 100, 'seven markets'],
  [1_820, 400, 'five walk-forwards'],
];

/** Unseen weeks of a known truth, and several settings on the same weeks. */
const FORWARD_WEEKS: readonly Omit<ForwardPaths, 'paths' | 'seed'>[] = [
  ...[52, 104, 208].flatMap((weeks) =>
    [0, 0.5, 1, 1.5, 2.5].map((sharpe) => ({ weeks, sharpe, settings: 1, correlation: 0 })),
  ),
  ...[2, 5, 10].flatMap((settings) =>
    [0, 0.5, 0.9].map((correlation) => ({ weeks: 104, sharpe: 0, settings, correlation })),
  ),
];
const WEEK_PATHS = 1_000;

/** All parts, in the order of the table. */
export const PARTS: readonly Part[] = [
  { name: 'noise', jobs: 2 * SEARCHED.length * 7, run: noiseJob },
  { name: 'drift', jobs: 28, run: driftJob },
  { name: 'looks', jobs: 28, run: looksJob },
  { name: 'crashes', jobs: 4, run: crashJob },
  { name: 'edges', jobs: EDGE_KINDS.length * 3 * EDGE_SEEDS, run: edgeJob },
  { name: 'forward', jobs: FORWARD_NOISE + FORWARD_EDGES, run: forwardJob },
  { name: 'jumps', jobs: 28, run: jumpJob },
  { name: 'weeks', jobs: FORWARD_WEEKS.length, run: weeksJob },
  { name: 'crossings', jobs: CROSSINGS.length, run: crossingJob },
];

/** First grid, zoom around its winner, and, with another ledger, the same grid diluted by combinations that never trade. */
async function noiseJob(pool: Pool, job: number): Promise<Row> {
  const kind = kindOf(job);
  const strategy = strategyOf(job);
  const candles = noiseMarket({ kind, timeframe: '4h', years: 5, seed: SEED.noise + job });
  const looks = await firstAndZoom(pool, { candles, strategy, money: FREE });
  const diluted = DILUTED.find((one) => one === strategy);
  return {
    market: `${kind} ${SEED.noise + job}`,
    strategy,
    looks: {
      ...looks,
      ...(diluted && {
        diluted: lookOf(
          await withLedger((ledgerFolder) =>
            judgedSearch(pool, {
              candles,
              strategy,
              grid: dilutedGrid(diluted),
              money: FREE,
              ledgerFolder,
            }),
          ),
        ),
      }),
    },
  };
}

/** Spot with default costs: long only, in a market that rises. */
async function driftJob(pool: Pool, job: number): Promise<Row> {
  const kind = kindOf(job);
  const strategy = strategyOf(job);
  const seed = SEED.drift + job;
  const candles = noiseMarket({
    kind,
    timeframe: '4h',
    years: 5,
    seed,
    drift: DRIFT,
    market: 'spot',
  });
  const looks = await firstAndZoom(pool, { candles, strategy, money: {} });
  return { market: `${kind} ${seed}, drift`, strategy, looks };
}

async function firstAndZoom(
  pool: Pool,
  search: {
    readonly candles: CandleSeries;
    readonly strategy: SearchedStrategy;
    readonly money: Omit<BacktestRunConfigInput, 'strategy'>;
  },
): Promise<{ readonly first: Look; readonly zoom: Look }> {
  const { strategy } = search;
  return withLedger(async (ledgerFolder) => {
    const shared = { ...search, ledgerFolder };
    const first = await judgedSearch(pool, { ...shared, grid: WIDE_GRIDS[strategy] });
    const zoom = await judgedSearch(pool, { ...shared, grid: zoomGrid(strategy, first.winner) });
    return { first: lookOf(first), zoom: lookOf(zoom) };
  });
}

/** Four strategies and a zoom of each on one market; then the best of all eight is judged again, with everything that was tried. */
async function looksJob(pool: Pool, job: number): Promise<Row> {
  const kind = kindOf(job);
  const seed = SEED.looks + job;
  const candles = noiseMarket({ kind, timeframe: '4h', years: 5, seed });
  return withLedger(async (ledgerFolder) => {
    const shared = { candles, money: FREE, ledgerFolder, sampleSize: 100 };
    const looks: Record<string, Look> = {};
    let best: (() => Promise<JudgedSearch>) | undefined;
    let bestSharpe = Number.NEGATIVE_INFINITY;
    for (const strategy of SEARCHED) {
      const first = await judgedSearch(pool, { ...shared, strategy, grid: NARROW_GRIDS[strategy] });
      const zoomed = {
        ...shared,
        strategy,
        grid: zoomGrid(strategy, first.winner),
      };
      const zoom = await judgedSearch(pool, zoomed);
      looks[`${strategy} first`] = lookOf(first);
      looks[`${strategy} zoom`] = lookOf(zoom);
      const sharpe = zoom.judgement.sharpe_ratio ?? 0;
      if (sharpe <= bestSharpe) continue;
      bestSharpe = sharpe;
      best = () => judgedSearch(pool, zoomed);
    }
    looks.best = lookOf(await best!());
    return { market: `${kind} ${seed}`, strategy: 'all four', looks };
  });
}

const CRASHES: readonly (readonly [CrashKind, trials: number, days: number])[] = [
  ['independent', 30, 728],
  ['independent', 30, 1_820],
  ['common', 30, 728],
  ['common', 30, 1_820],
];
const CRASH_SETS = 200;

function crashJob(_pool: Pool, job: number): Promise<Row> {
  const [kind, trials, days] = CRASHES[job]!;
  let few = 0;
  for (let seed = 1; seed <= CRASH_SETS; seed++) {
    if (rareCrashP(kind, { trials, days, seed: SEED_SHIFT + seed }) <= 0.03) few++;
  }
  return Promise.resolve({
    market: `${kind} crashes, ${trials} trials, ${Math.round(days / 364)} years`,
    strategy: 'returns',
    looks: {},
    figures: { sets: CRASH_SETS, low: few },
  });
}

function crossingJob(_pool: Pool, job: number): Promise<Row> {
  const [days, sets, rule] = CROSSINGS[job]!;
  const low = Math.round(sets * lowShare(days, sets, SEED.crossings + job, rule));
  return Promise.resolve({
    market: `${rule ?? 'one grid'}, ${days / 7} weeks`,
    strategy: 'returns',
    looks: {},
    figures: { sets, low },
  });
}

function weeksJob(_pool: Pool, job: number): Promise<Row> {
  const truth = FORWARD_WEEKS[job]!;
  const shares = forwardShares({ ...truth, paths: WEEK_PATHS, seed: SEED.weeks + job });
  return Promise.resolve({
    market: 'weeks',
    strategy: 'returns',
    looks: {},
    figures: { ...truth, ...shares, paths: WEEK_PATHS },
  });
}

async function edgeJob(pool: Pool, job: number): Promise<Row> {
  const kind = EDGE_KINDS[Math.floor(job / (3 * EDGE_SEEDS))]!;
  const strength = EDGE_LEVELS[kind][Math.floor(job / EDGE_SEEDS) % 3]!;
  const seed = SEED.edges + job;
  return edgeRow(pool, { kind, strength, years: EDGE_YEARS[kind], seed });
}

/**
 * Searches a planted edge and measures on twenty fresh years what its winner is really worth.
 *
 * @param pool - Worker threads.
 * @param market - Which edge.
 */
export async function edgeRow(
  pool: Pool,
  market: {
    readonly kind: EdgeKind;
    readonly strength: number;
    readonly years: number;
    readonly seed: number;
  },
): Promise<Row> {
  const { kind, strength, seed } = market;
  const name = EDGE_STRATEGIES[kind];
  const strategy = name === 'HourOfDay' ? await hourOfDay() : name;
  const money = { exit_on_neutral: kind === 'hour-of-day' };
  const found = await withLedger((ledgerFolder) =>
    judgedSearch(pool, {
      candles: edgeMarket(market),
      strategy,
      grid: WIDE_GRIDS[name],
      money,
      ledgerFolder,
    }),
  );
  const fresh = edgeMarket({ kind, strength, years: TRUE_YEARS, seed: seed + 100_000 });
  const truth = runBacktest(trialConfig(found.request.config, found.winner), fresh, {
    strategy: found.request.strategy,
  });
  return {
    market: `${kind} ${strength}, ${seed}`,
    strategy: name,
    looks: { first: lookOf(found) },
    trueSharpe: truth.metrics.sharpeRatio,
  };
}

/** Candles that jump over stops: what the fills of a backtest cannot see, and what the winner is worth when they can. */
async function jumpJob(pool: Pool, job: number): Promise<Row> {
  const strategy = strategyOf(job);
  const seed = SEED.jumps + job;
  const candles = jumpMarket({ years: 5, seed });
  const found = await withLedger((ledgerFolder) =>
    judgedSearch(pool, {
      candles,
      strategy,
      grid: TIGHT_STOPS[strategy],
      money: FREE,
      ledgerFolder,
      sampleSize: 50,
    }),
  );
  return { market: `jumps ${seed}`, strategy, looks: { first: lookOf(found) } };
}

/** Stops that jumps fly over. */
const TIGHT_STOPS = Object.fromEntries(
  SEARCHED.map((strategy) => [
    strategy,
    {
      ...NARROW_GRIDS[strategy],
      stop_loss_pct: [null, 0.005, 0.01, 0.02],
      take_profit_pct: [null, 0.03],
    },
  ]),
) as unknown as typeof NARROW_GRIDS;
