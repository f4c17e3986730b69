import type { CandleSeries } from '../../src/candles/index.js';
import { parseBacktestRunConfig } from '../../src/config/index.js';
import { forwardTest } from '../../src/forward-test/index.js';
import { type OptimizeRequest, trialConfig } from '../../src/optimize/index.js';
import { EDGE_KINDS, edgeMarket } from './edge-markets.js';
import { NARROW_GRIDS } from './grids.js';
import { hourOfDay } from './hour-of-day-strategy.js';
import { judgedSearch, withLedger } from './judged-search.js';
import { noiseMarket } from './noise-markets.js';
import { SEED_SHIFT } from './other-seeds.js';
import {
  EDGE_LEVELS,
  EDGE_STRATEGIES,
  FREE,
  kindOf,
  lookOf,
  type Row,
  strategyOf,
} from './part.js';

type Pool = NonNullable<OptimizeRequest['pool']>;

/** Noise, then edges of the middle strength. */
export const FORWARD_NOISE = 70;
export const FORWARD_EDGES = 12;

const SEED = SEED_SHIFT + 6_000;
const IN_YEARS = 4;
const FORWARD_YEARS = 2;
const YEAR_MS = 365 * 86_400_000;

/**
 * Chooses on four years and tests on the two that follow: a first look at their end, and every week of them.
 *
 * @param pool - Worker threads.
 * @param job - Noise below `FORWARD_NOISE`.
 */
export async function forwardJob(pool: Pool, job: number): Promise<Row> {
  const isNoise = job < FORWARD_NOISE;
  const seed = SEED + job;
  const edge = EDGE_KINDS[job % EDGE_KINDS.length]!;
  const years = IN_YEARS + FORWARD_YEARS;
  const candles = isNoise
    ? noiseMarket({ kind: kindOf(job), timeframe: '4h', years, seed })
    : edgeMarket({ kind: edge, strength: EDGE_LEVELS[edge][1]!, years, seed });
  const name = isNoise ? strategyOf(job) : EDGE_STRATEGIES[edge];
  const [start, split, end] = [0, IN_YEARS, years].map((year) => isoAfter(candles, year));
  const money = isNoise ? FREE : { exit_on_neutral: edge === 'hour-of-day' };
  const found = await withLedger(async (ledgerFolder) =>
    judgedSearch(pool, {
      candles,
      strategy: name === 'HourOfDay' ? await hourOfDay() : name,
      grid: NARROW_GRIDS[name],
      money: { ...money, end: split! },
      ledgerFolder,
    }),
  );
  const config = parseBacktestRunConfig({
    ...trialConfig(found.request.config, found.winner),
    start: split,
    end,
  });
  const test = forwardTest({
    config,
    strategy: found.request.strategy,
    candles,
    dataHash: 'planted',
    optimized: {
      metric: 'sharpe_ratio',
      value: found.judgement.sharpe_ratio ?? 0,
      trades: found.judgement.trades,
      period_start: start!,
      period_end: split!,
      data_hash: 'planted',
      optimized_at: split!,
      judgement: found.judgement,
    },
  });
  const { evidence, judgement, outOfSample } = test;
  const { sharpeRatio } = outOfSample.metrics;
  const { band } = evidence;
  return {
    market: `${isNoise ? kindOf(job) : edge} ${seed}`,
    strategy: name,
    looks: { search: lookOf(found) },
    figures: {
      planted: isNoise ? 'noise' : 'edge',
      outcome: judgement.outcome,
      p: evidence.p,
      pHold: evidence.pHold,
      firstLookP: evidence.firstLookP,
      largestEvidence: evidence.largestEvidence,
      sharpe: sharpeRatio,
      isInBand: band !== undefined && band.low <= sharpeRatio && sharpeRatio <= band.high ? 1 : 0,
    },
  };
}

function isoAfter({ openTime }: CandleSeries, years: number): string {
  return new Date(openTime[0]! + years * YEAR_MS).toISOString();
}
