import { isAbsolute, relative } from 'node:path';
import type { CandleSeries } from '../candles/index.js';
import { type LoadedStrategy, withoutStrategyOutput } from '../plugins/index.js';
import { checkHistory, checkStrategy, decisionsOf, type Parameters } from '../strategies/index.js';
import type { Terminal } from './terminal.js';

/** What was found out about a strategy before its run. */
export interface CheckedStrategy {
  /** Runs of the strategy, and cuts of its future. */
  readonly runs: number;
  readonly cuts: number;
  /** Sentences that a reader of the result must not miss. */
  readonly notes: readonly string[];
}

/**
 * Checks a strategy before it runs: for look-ahead, and how much depends on where the history begins (S-63).
 *
 * @param loaded - Built in or a user's.
 * @param parameters - Complete.
 * @param candles - What it is going to run on.
 * @param terminal - Lets people interrupt the computation.
 * @throws {StrategyError} If it sees the future, keeps state or is not deterministic.
 */
export async function checkLoadedStrategy(
  loaded: LoadedStrategy,
  parameters: Parameters,
  candles: CandleSeries,
  terminal: Pick<Terminal, 'compute' | 'workingFolder'>,
): Promise<CheckedStrategy> {
  const cold = await loaded.fresh?.();
  const { report, history } = await terminal.compute(() =>
    withoutStrategyOutput(() => ({
      report: checkStrategy(loaded.strategy, parameters, candles, { cold }),
      history: checkHistory(loaded.strategy, parameters, candles),
    })),
  );
  const { differing, decisions } = history;
  return {
    runs: report.runs,
    cuts: report.cuts,
    notes: [
      ...readingNotes(loaded, terminal.workingFolder),
      ...(differing === 0
        ? []
        : [
            `The result depends on where the history begins: ${differing} of ${decisions} decisions differ if the strategy gets only the ${history.history} candles before each, as in live trading${differing > 1 ? '; wus trader refuses such a strategy' : ''}.`,
          ]),
    ],
  };
}

/**
 * Names what a strategy can read by itself.
 *
 * @param loaded - Built in or a user's.
 * @param folder - From which its path is shown.
 */
export function readingNotes({ source }: LoadedStrategy, folder: string): string[] {
  if (source === undefined || source.reads.length === 0) return [];
  const shown = relative(folder, source.path);
  const name = shown.startsWith('..') || isAbsolute(shown) ? source.path : shown;
  return [
    `${name} reads files or the network directly (${source.reads.join(', ')}): that data is neither checked for look-ahead bias nor hashed.`,
  ];
}

/**
 * Names what of a strategy makes a search slower; its results are the same either way (S-51, S-85).
 *
 * @param loaded - Built in or a user's.
 * @param candles - What was searched.
 * @param parameters - Of one trial; `undefined` if there was none.
 * @throws {StrategyError} As the search does.
 */
export function paceNotes(
  { strategy, source }: Pick<LoadedStrategy, 'strategy' | 'source'>,
  candles: CandleSeries,
  parameters: Parameters | undefined,
): string[] {
  if (source === undefined || parameters === undefined) return [];
  const { exits, columns, manage } = withoutStrategyOutput(() =>
    decisionsOf(strategy, candles, parameters),
  );
  const given = {
    exit: exits,
    stopDistance: columns?.stopDistance,
    targetDistance: columns?.targetDistance,
    size: columns?.size,
    manage,
  };
  const names = Object.entries(given).flatMap(([name, one]) => (one === undefined ? [] : [name]));
  if (names.length === 0) return [];
  return [
    `${strategy.name} gives ${names.join(', ')}: each combination steps through its candles, which takes several times as long as the exits that settings and flags have.`,
  ];
}
