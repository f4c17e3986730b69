import type { JudgementBlock } from '../../src/config/index.js';
import type { OptimizeRequest } from '../../src/optimize/index.js';
import type { EdgeKind } from './edge-markets.js';
import { SEARCHED, type SearchedStrategy } from './grids.js';
import type { JudgedSearch } from './judged-search.js';
import { NOISE_KINDS, type NoiseKind } from './noise-markets.js';
import { COINS, hasRealMoves } from './real-moves.js';

type Pool = NonNullable<OptimizeRequest['pool']>;

/** What the product said about one planted market, by the name of the look. */
export interface Row {
  readonly market: string;
  readonly strategy: string;
  readonly looks: Readonly<Record<string, Look>>;
  /** Sharpe ratio on twenty fresh years, where an edge was planted. */
  readonly trueSharpe?: number;
  /** Other figures of the part. */
  readonly figures?: Readonly<Record<string, number | string>>;
}

/** What is kept of a judgement. */
const LOOK_FIGURES = [
  'verdict',
  'p',
  'p_luck',
  'p_hold',
  'p_founder',
  'p_all_ledgers',
  'sharpe_ratio',
  'expected_sharpe_ratio',
  'loss_probability',
  'effective_bets',
  'stress_sharpe_ratio',
  'trials_in_run',
  'trades',
  'failed',
] as const satisfies readonly (keyof JudgementBlock)[];

export type Look = Pick<JudgementBlock, (typeof LOOK_FIGURES)[number]>;

/** A set of planted markets. */
export interface Part {
  readonly name: string;
  readonly jobs: number;
  readonly run: (pool: Pool, job: number) => Promise<Row>;
}

/** Kinds of noise; those of real coins only where their candles are. */
export const KINDS: readonly NoiseKind[] = [
  ...NOISE_KINDS,
  ...(hasRealMoves ? COINS.map((coin) => `blocks-${coin}` as const) : []),
];

/** Costs that hardly drag, so that luck is not helped by losses. */
export const FREE = { commission_bps: 0.1, slippage_bps: 0 };
/** Strength of the planted edges, weakest first. */
export const EDGE_LEVELS: Readonly<Record<EdgeKind, readonly number[]>> = {
  momentum: [0.08, 0.11, 0.15],
  'mean-reversion': [0.4, 0.5, 0.65],
  'hour-of-day': [0.09, 0.12, 0.16],
};
/** Who searches which edge. */
export const EDGE_STRATEGIES = {
  momentum: 'MACross',
  'mean-reversion': 'BBReversion',
  'hour-of-day': 'HourOfDay',
} as const;

/** Kind of noise of a job. */
export function kindOf(job: number): NoiseKind {
  return KINDS[job % KINDS.length]!;
}

/** Strategy of a job: seven markets each, in turn. */
export function strategyOf(job: number): SearchedStrategy {
  return SEARCHED[Math.floor(job / 7) % SEARCHED.length]!;
}

/**
 * Returns what is kept of a judged search.
 *
 * @param found - With its judgement.
 */
export function lookOf({ judgement }: Pick<JudgedSearch, 'judgement'>): Look {
  return Object.fromEntries(LOOK_FIGURES.map((key) => [key, judgement[key]])) as Look;
}
