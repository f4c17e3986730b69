import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CandleSeries } from '../candles/index.js';
import { type BacktestRunConfigInput, parseOptimizeParams } from '../config/index.js';
import { timeframeMs, UserError } from '../domain/index.js';
import { gridEntryOf } from '../optimize/index.js';
import type { LoadedStrategy } from '../plugins/index.js';
import { lineToCopy } from './invoked-as.js';
import type { Terminal } from './terminal.js';

/** What a finished command was about, as far as the next one must name it. */
export interface NextSubject {
  readonly strategy: LoadedStrategy;
  /** As the user named it. */
  readonly strategyName: string;
  readonly candles: CandleSeries;
  /** Named with `--file`. */
  readonly files: readonly string[];
  readonly dataFolder: string;
}

/**
 * Returns what the next command must name.
 *
 * @param job - What was asked for.
 * @param finished - What was loaded for it.
 */
export function nextSubject(
  job: {
    readonly config: Pick<BacktestRunConfigInput, 'strategy' | 'files'>;
    readonly dataFolder: string;
  },
  finished: {
    readonly loaded: { readonly candles: CandleSeries };
    readonly loadedStrategy: LoadedStrategy;
  },
): NextSubject {
  return {
    strategy: finished.loadedStrategy,
    strategyName: job.config.strategy,
    candles: finished.loaded.candles,
    files: job.config.files ?? [],
    dataFolder: job.dataFolder,
  };
}

const GRID_FILE = 'config/optimize_params.yaml';
/** Candles up to here choose, those after it test. */
const CHOOSING_SHARE = 0.7;

/**
 * Prints what can be done next, as one line that a shell takes. A command that is a step of another one says nothing.
 *
 * @param next - Words of the command line; and what it is for, which a shell takes as a comment.
 * @param terminal - Where.
 */
export function printNext(
  next: readonly string[] | NextStep,
  terminal: Pick<Terminal, 'isStep' | 'print'>,
): void {
  if (terminal.isStep === true) return;
  const { words, purpose } = 'words' in next ? next : { words: next, purpose: undefined };
  terminal.print(`\nNext: ${lineToCopy(words)}${purpose === undefined ? '' : `  # ${purpose}`}`);
}

/** A command line, and what it is for where that is not plain. */
export interface NextStep {
  readonly words: readonly string[];
  readonly purpose: string;
}

/** After `wus fetch-data`: a first look. */
export function afterFetch(
  { symbol, timeframe, market }: Pick<CandleSeries, 'symbol' | 'timeframe' | 'market'>,
  dataFolder: string,
): string[] {
  return [
    ...['wus', 'backtest', '--strategy', 'MACross', '--symbol', symbol, '--interval', timeframe],
    ...(market === 'spot' ? [] : ['--market', market]),
    ...folderWords(dataFolder),
    '--report',
  ];
}

/**
 * After `wus backtest`: the search for better settings on the first part of the candles, where there is a grid for it; else the file
 * with grids.
 *
 * @param subject - What was tested.
 * @param terminal - For its folder.
 */
export async function afterBacktest(
  subject: NextSubject,
  terminal: Pick<Terminal, 'workingFolder'>,
): Promise<readonly string[] | NextStep> {
  const text = await readFile(path.resolve(terminal.workingFolder, GRID_FILE), 'utf8').catch(
    () => undefined,
  );
  if (text === undefined) {
    return { words: ['wus', 'init'], purpose: `creates ${GRID_FILE}, the grids of wus optimize` };
  }
  if (!hasGrid(text, subject)) {
    return {
      words: ['wus', 'strategies', 'show', subject.strategyName],
      purpose: `its parameters; wus optimize needs a grid for them in ${GRID_FILE}`,
    };
  }
  return ['wus', 'optimize', ...subjectWords(subject), '--end', splitDate(subject.candles)];
}

function hasGrid(text: string, { candles, strategy }: NextSubject): boolean {
  try {
    gridEntryOf(parseOptimizeParams(text, GRID_FILE), candles.symbol, strategy.strategy);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/**
 * After `wus optimize`: the winner on the candles that it has not seen; or the same search with some kept aside.
 *
 * @param subject - What was optimized.
 * @param search - Its command line, its file of the best, and the end of its candles, ms UTC.
 */
export function afterOptimize(
  subject: NextSubject,
  search: {
    readonly commandWords: readonly string[];
    readonly bestFile: string;
    readonly periodEnd: number;
  },
): string[] {
  const { candles } = subject;
  if (search.periodEnd >= lastClose(candles)) {
    return [...withoutDetails(search.commandWords), '--end', splitDate(candles)];
  }
  return ['wus', 'forward-test', '--from', search.bestFile, ...subjectWords(subject)];
}

/** Details of a whole period are not those of a part. */
function withoutDetails(words: readonly string[]): string[] {
  return words.filter(
    (word, i) =>
      word !== '--resume' &&
      !word.startsWith('--details-file') &&
      words[i - 1] !== '--details-file',
  );
}

/**
 * After `wus forward-test`: play money for what held up, otherwise the question whether choosing works at all.
 *
 * @param subject - What was tested.
 * @param test - Whether it held up, and the file that its settings come from.
 */
export function afterForwardTest(
  subject: NextSubject,
  test: { readonly heldUp: boolean; readonly paramFile: string },
): string[] {
  if (!test.heldUp) return ['wus', 'walk-forward', ...subjectWords(subject)];
  const { candles, strategyName } = subject;
  return [
    'wus',
    'trader',
    '--from',
    test.paramFile,
    '--symbol',
    candles.symbol,
    '--strategy',
    strategyName,
  ];
}

/**
 * After `wus walk-forward`: the settings of today where choosing works, otherwise where the trades lose.
 *
 * @param subject - What was walked.
 * @param walk - Whether it held up, its trade log and its grids.
 */
export function afterWalkForward(
  subject: NextSubject,
  walk: {
    readonly holdsUp: boolean;
    readonly tradesFile: string | undefined;
    readonly gridFile: string;
  },
): string[] {
  if (walk.holdsUp || walk.tradesFile === undefined) {
    const grid = walk.gridFile === GRID_FILE ? [] : ['--config', walk.gridFile];
    const end = splitDate(subject.candles);
    return ['wus', 'optimize', ...subjectWords(subject), ...grid, '--end', end];
  }
  return ['wus', 'analyze-trades', walk.tradesFile];
}

function subjectWords({ strategyName, candles, files, dataFolder }: NextSubject): string[] {
  const { symbol, timeframe, market } = candles;
  return [
    ...['--strategy', strategyName],
    ...(files.length > 0 ? files.flatMap((file) => ['--file', file]) : []),
    ...['--symbol', symbol, '--interval', timeframe],
    ...(market === 'spot' ? [] : ['--market', market]),
    ...(files.length > 0 ? [] : folderWords(dataFolder)),
  ];
}

function folderWords(folder: string): string[] {
  return folder === 'data' ? [] : ['--data-dir', folder];
}

function lastClose({ openTime, length, timeframe }: CandleSeries): number {
  return openTime[length - 1]! + timeframeMs(timeframe);
}

/** The day that leaves about a third of the candles for a test. */
function splitDate(candles: CandleSeries): string {
  const first = candles.openTime[0]!;
  const time = first + CHOOSING_SHARE * (lastClose(candles) - first);
  return new Date(time).toISOString().slice(0, 10);
}
