import type { CandleSeries } from '../candles/index.js';
import { withoutStrategyOutput } from '../plugins/index.js';
import { checkStrategy, type Strategy, StrategyError } from '../strategies/index.js';
import type { TrialPlan } from './plan.js';
import { effectiveParameters, settingWords } from './trial-text.js';

/** Signals of a plan that are looked at before a run: both ends of the grid and its middle. */
function spread({ signalCount }: TrialPlan): readonly number[] {
  return [0, signalCount - 1, signalCount >>> 1];
}

/** Checks the parameters that matter of a user's strategy for look-ahead; each set of them once. */
export interface SignalCheck {
  /**
   * Checks a few spread combinations, before anything is computed.
   *
   * @throws {StrategyError} If one of them sees the future.
   */
  beforeRun(): void;
  /**
   * Checks the parameters of a trial: a winner may win because it peeks.
   *
   * @throws {StrategyError} If it sees the future.
   */
  trial(id: number): void;
}

/**
 * Opens the look-ahead check of a run.
 *
 * @param strategy - A user's.
 * @param plan - Its combinations.
 * @param candles - All stored candles.
 * @param coldStrategy - The same from modules that were never run, for the first check.
 */
export function openSignalCheck(
  strategy: Strategy,
  plan: TrialPlan,
  candles: CandleSeries,
  coldStrategy?: Strategy,
): SignalCheck {
  const passed = new Set<number>();
  let cold = coldStrategy;
  const check = (signal: number): void => {
    if (passed.has(signal)) return;
    const settings = plan.signalSettings(signal);
    try {
      withoutStrategyOutput(() => checkStrategy(strategy, settings, candles, { cold }));
      // Only its first runs are cold.
      cold = undefined;
    } catch (error) {
      if (!(error instanceof StrategyError)) throw error;
      const shown = settingWords(effectiveParameters(strategy, settings)).join(' ');
      throw new StrategyError(
        error.fault,
        shown === '' ? error.message : `With ${shown}: ${error.message}`,
        error.candleIndex,
        { cause: error },
      );
    }
    passed.add(signal);
  };
  return {
    beforeRun: () => spread(plan).forEach(check),
    trial: (id) => check(plan.trial(id).signal),
  };
}
