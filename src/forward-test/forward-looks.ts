import type { BacktestResult } from '../backtest/index.js';
import {
  type LuckWinner,
  luckWinner,
  settingsOfRun,
  type TrialFigures,
  winnerDecisions,
} from '../optimize/index.js';
import type { WeekSums } from '../statistics/index.js';
import { type FirstLook, weekEnd, weeksUntil } from './forward-evidence.js';

/** What is known of earlier forward tests of a strategy and instrument. */
export interface EarlierLooks {
  /** Date that was fixed in advance, ms UTC. */
  readonly declared?: number | undefined;
  /** First forward tests of frozen settings, the earliest first; from the ledger. */
  readonly tests: readonly LuckWinner[];
}

/**
 * Returns the look of a forward test and the other settings that were tested.
 *
 * @param earlier - Looks of before.
 * @param own - This test, as it would be remembered.
 * @param end - End of its candles, ms UTC.
 */
export function lookOf(
  earlier: EarlierLooks,
  own: LuckWinner,
  end: number,
): {
  readonly look: FirstLook;
  readonly others: readonly WeekSums[];
  /** Whether these settings were never tested from this start. */
  readonly isFirst: boolean;
} {
  const first = earlier.tests.find((test) => isSameTest(test, own));
  const others = earlier.tests.filter((test) => !isSameTest(test, own));
  const isFirst = first === undefined;
  if (earlier.declared !== undefined) {
    return { look: { time: earlier.declared, isDeclared: true }, others, isFirst };
  }
  const last = first?.blocks.at(-1);
  const time = last === undefined ? end : weekEnd(last);
  return { look: { time, isDeclared: false }, others, isFirst };
}

/**
 * Returns a forward test as the ledger remembers it: settings, and the complete weeks that were looked at.
 *
 * @param result - Of the forward period.
 * @param figures - Its weeks.
 * @param end - End of its candles, ms UTC.
 */
export function testRecord(result: BacktestResult, figures: TrialFigures, end: number): LuckWinner {
  const { parameters, ...others } = settingsOfRun(result);
  return luckWinner({
    time: new Date(end).toISOString(),
    settings: {
      parameters: Object.fromEntries(
        Object.entries(parameters).filter(([, value]) => !Array.isArray(value)),
      ),
      ...others,
    },
    run: result.config,
    weeks: weeksUntil(figures, end),
  });
}

/** The same settings from the same start. */
function isSameTest(a: LuckWinner, b: LuckWinner): boolean {
  const text = (winner: LuckWinner): string =>
    JSON.stringify([winner.settings, winnerDecisions(winner), winner.blocks[0] ?? null]);
  return text(a) === text(b);
}
