import type { SignalRuns } from '../../indicators/index.js';
import type { EngineRules } from '../../semantics/index.js';
import { candleOf, type PlanKind, searchFrom } from './entry-plan.js';
import type { EntryPlanner, TilePlan } from './entry-planner.js';
import type { ExitTables } from './exit-tables.js';
import { chainByLaterTables } from './later-chain.js';
import type { LaterRun } from './later-trades.js';
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
  readonly planner: EntryPlanner;
}

/** One set of rules on a signal column: how its trades are found. */
export interface Combination {
  readonly rules: EngineRules;
  readonly factors: RuleFactors;
  /** `runs`: no stops; `tables`: exit tables are there; `search`: they are not. */
  readonly chain: 'runs' | 'tables' | 'search';
  readonly tables: ChainTables | undefined;
  /** Later rules and their tables, in place of the others. */
  readonly later: LaterRun | undefined;
}

/**
 * Chooses how the trades of a set of plain rules are found.
 *
 * @param rules - One run.
 * @param tables - Exit tables that are there.
 */
export function planCombination(rules: EngineRules, tables: ExitTables | undefined): Combination {
  const factors = ruleFactors(rules);
  const { stopLoss, takeProfit, trailingStop } = rules;
  if (stopLoss === undefined && takeProfit === undefined && trailingStop === undefined) {
    return { rules, factors, chain: 'runs', tables: undefined, later: undefined };
  }
  const offsets = tables?.offsetsOf(rules);
  if (tables === undefined || offsets === undefined) {
    return { rules, factors, chain: 'search', tables: undefined, later: undefined };
  }
  const { pool, peaksDistance } = tables;
  const chainTables = { pool, peaksDistance, ...offsets };
  return { rules, factors, chain: 'tables', tables: chainTables, later: undefined };
}

/**
 * Returns the combination of a set of rules with later ones whose tables are there.
 *
 * @param rules - One run.
 * @param later - Its constants and tables.
 */
export function laterCombination(rules: EngineRules, later: LaterRun): Combination {
  return { rules, factors: later.later.factors, chain: 'tables', tables: undefined, later };
}

/**
 * Returns where the chain of a combination starts.
 *
 * @param combination - Rules.
 */
export function chainStart(combination: Combination): number {
  return combination.chain === 'runs' ? 0 : searchFrom(0, 0);
}

/**
 * Follows the trades with entries in a tile into `trades`, which is emptied first.
 *
 * @param source - Signals.
 * @param combination - Rules.
 * @param position - `chainStart`, or what the call for the tile before returned.
 * @param tile - Number of the tile.
 * @param plan - Of this thread.
 * @param trades - Result.
 */
export function followChain(
  source: SignalSource,
  combination: Combination,
  position: number,
  tile: number,
  plan: TilePlan,
  trades: TradeBuffer,
): number {
  trades.count = 0;
  const { prepared, runs, decidable, kind, planner } = source;
  const { chain, tables, factors, later } = combination;
  const { length, tileShift } = prepared;
  const end = Math.min(length, (tile + 1) << tileShift);
  if (chain === 'runs') {
    return chainByRuns(runs, decidable, kind, length, position, end, trades);
  }
  if (candleOf(position) >= end) return position;
  const entries = plan.of(planner, tile << tileShift, end);
  if (later !== undefined) {
    return chainByLaterTables({ prepared, plan: entries, planner }, later, position, trades);
  }
  return tables === undefined
    ? chainBySearch(entries, prepared, factors, position, trades)
    : chainByTables(entries, tables, position, trades);
}
