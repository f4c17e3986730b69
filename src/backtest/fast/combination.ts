import type { SignalRuns } from '../../indicators/index.js';
import type { TradeRules } from '../../semantics/index.js';
import { type EntryPlan, type PlanKind, type PlanScratch, planEntries } from './entry-plan.js';
import type { ExitTables } from './exit-tables.js';
import type { PreparedCandles } from './prepared-candles.js';
import { type RuleFactors, ruleFactors } from './rule-factors.js';
import type { TradeBuffer } from './trade-buffer.js';
import { type ChainTables, chainByRuns, chainBySearch, chainByTables } from './trade-chain.js';

/** One signal column, ready to be followed by any number of rules of one plan kind. */
export interface SignalSource {
  readonly prepared: PreparedCandles;
  readonly kind: PlanKind;
  readonly decidable: Uint8Array;
  readonly runs: SignalRuns;
  /** Made when a run with stops first needs it. */
  plan: EntryPlan | undefined;
  readonly scratch: () => PlanScratch;
}

/** One set of rules on a signal column: how its trades are found. */
export interface Combination {
  readonly rules: TradeRules;
  readonly factors: RuleFactors;
  /** `runs`: no stops; `tables`: exit tables are there; `search`: they are not. */
  readonly chain: 'runs' | 'tables' | 'search';
  readonly tables: ChainTables | undefined;
}

/**
 * Chooses how the trades of a set of rules are found.
 *
 * @param rules - One run.
 * @param tables - Exit tables that are there.
 */
export function planCombination(rules: TradeRules, tables: ExitTables | undefined): Combination {
  const factors = ruleFactors(rules);
  const { stopLoss, takeProfit, trailingStop } = rules;
  if (stopLoss === undefined && takeProfit === undefined && trailingStop === undefined) {
    return { rules, factors, chain: 'runs', tables: undefined };
  }
  const offsets = tables?.offsetsOf(rules);
  if (tables === undefined || offsets === undefined) {
    return { rules, factors, chain: 'search', tables: undefined };
  }
  const { pool, peaksDistance } = tables;
  return { rules, factors, chain: 'tables', tables: { pool, peaksDistance, ...offsets } };
}

/**
 * Returns where the chain of a combination starts.
 *
 * @param source - Signals.
 * @param combination - Rules.
 */
export function chainStart(source: SignalSource, combination: Combination): number {
  if (combination.chain === 'runs') return 0;
  return planOf(source).next[0] ?? 0;
}

/**
 * Follows the trades with entries before `end` into `trades`, which is emptied first.
 *
 * @param source - Signals.
 * @param combination - Rules.
 * @param from - `chainStart`, or what the call for the tile before returned.
 * @param end - First candle that is not entered any more.
 * @param trades - Result.
 */
export function followChain(
  source: SignalSource,
  combination: Combination,
  from: number,
  end: number,
  trades: TradeBuffer,
): number {
  trades.count = 0;
  const { prepared, runs, decidable, kind } = source;
  const { chain, tables, factors } = combination;
  if (chain === 'runs') {
    return chainByRuns(runs, decidable, kind, prepared.length, from, end, trades);
  }
  if (from >= 2 * end) return from;
  const plan = planOf(source);
  return tables === undefined
    ? chainBySearch(plan, prepared, factors, from, end, trades)
    : chainByTables(plan, tables, from, end, trades);
}

function planOf(source: SignalSource): EntryPlan {
  source.plan ??= planEntries(source.runs, source.decidable, source.kind, source.scratch());
  return source.plan;
}
