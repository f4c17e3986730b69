import type { CandleColumns } from '../candles/index.js';
import {
  completeCandle,
  type EngineRules,
  entryBeside,
  entryTerms,
  leavesBySignal,
  levelRulesOf,
  levelsOf,
  type Manage,
  type ManageResult,
  manageView,
  noStop,
  type OpenPosition,
  openPosition,
  opensBeyondStop,
  type PositionLevels,
  setManagedLevels,
  touchesStop,
} from '../semantics/index.js';
import type { StrategyDecisions } from './trade-signals.js';

/** What `manage` answered at each close; 0 and `NaN` where nothing was open. Shape `[n]` each. */
export interface ProbedManage {
  readonly 'exit of manage()': Uint8Array;
  readonly 'stop of manage()': Float64Array;
  readonly 'target of manage()': Float64Array;
}

/** Without money or costs: what matters is what `manage` sees. */
const RULES: EngineRules = {
  market: 'usdm',
  direction: 'both',
  initialBalance: 1,
  size: { units: 1 },
  leverage: 1,
  allowOverdraft: true,
  commissionRate: 0,
  slippageRate: 0,
  exitOnNeutral: false,
  reEntry: 'immediate',
};
/** A trade that nothing ends makes room for others: every one of them begins somewhere else. */
const CANDLES_HELD_MAX = 200;

interface Held {
  readonly position: OpenPosition;
  levels: PositionLevels;
  leaves: boolean;
}

/**
 * Makes the trades that a strategy's signals ask for, long and short, and notes what its `manage` answers: the same future must
 * give the same answers.
 *
 * @param decisions - With `manage`.
 * @param candles - They were made on.
 */
export function probeManage(
  decisions: StrategyDecisions & { readonly signals: Int8Array; readonly manage: Manage },
  candles: CandleColumns,
): ProbedManage {
  const { signals, exits, columns, manage } = decisions;
  const { length, open, high, low, close } = candles;
  const levelRules = levelRulesOf(RULES, {
    stopDistance: columns?.stopDistance !== undefined,
    targetDistance: columns?.targetDistance !== undefined,
    manage: true,
  });
  const answers: ProbedManage = {
    'exit of manage()': new Uint8Array(length),
    'stop of manage()': new Float64Array(length).fill(Number.NaN),
    'target of manage()': new Float64Array(length).fill(Number.NaN),
  };
  const enteredAt = (i: number): Held | undefined => {
    const side = entryBeside(signals[i - 1]!, exits?.[i - 1] ?? 0);
    const terms = side === 0 ? undefined : entryTerms(RULES, columns, undefined, i - 1);
    if (terms === undefined) return undefined;
    const entry = {
      side: side as 1 | -1,
      entryIndex: i,
      entryPrice: open[i]!,
      units: 1,
      entryCommission: 0,
      distances: terms.distances,
    };
    const position = openPosition(entry, noStop(side));
    return { position, levels: levelsOf(position, levelRules), leaves: false };
  };
  let held: Held | undefined;
  for (let i = 1; i < length; i++) {
    if (held?.leaves === true) held = undefined;
    held ??= enteredAt(i);
    if (held === undefined) continue;
    const { position } = held;
    const { side } = position;
    const { stop } = held.levels;
    if (opensBeyondStop(side, open[i]!, stop) || touchesStop(side, high[i]!, low[i]!, stop)) {
      held = undefined;
      continue;
    }
    completeCandle(position, high[i]!, low[i]!);
    const leave = exits?.[i] ?? 0;
    held.leaves =
      leavesBySignal(side, entryBeside(signals[i]!, leave), leave, false) ||
      position.closesHeld >= CANDLES_HELD_MAX;
    if (held.leaves) continue;
    const before = held.levels;
    held.levels = levelsOf(position, levelRules, before);
    const answer: ManageResult =
      manage(manageView(position, held.levels, i, close[i]!)) ?? NO_ANSWER;
    answers['exit of manage()'][i] = answer.exit === true ? 1 : 0;
    answers['stop of manage()'][i] = answer.stop ?? Number.NaN;
    answers['target of manage()'][i] = answer.target ?? Number.NaN;
    held.leaves = answer.exit === true;
    if (setManagedLevels(position, answer)) held.levels = levelsOf(position, levelRules, before);
  }
  return answers;
}

const NO_ANSWER: ManageResult = {};
