import path from 'node:path';
import type { Logger } from 'pino';
import {
  type BacktestRunConfig,
  type BacktestRunConfigInput,
  type BestParamsEntry,
  type BestParamsWish,
  type ChosenRun,
  parseBacktestRunConfig,
  readAllBestParams,
  readBestParams,
  readChosenRun,
} from '../config/index.js';
import { tradeLogCsv, UsageError, UserError } from '../domain/index.js';
import { writeFileAtomic } from '../files/index.js';
import { type ForwardTest, forwardTest, frozenConfig } from '../forward-test/index.js';
import type { LoadedCandles } from '../history/index.js';
import type { LoadedStrategy } from '../plugins/index.js';
import { forwardTestPlots, renderForwardTestReport } from '../report/index.js';
import { FILTER_RULES } from '../settings/index.js';
import { resolveParameters, type Strategy } from '../strategies/index.js';
import { bindSeries } from './bind-series.js';
import type { FinishedForwardTest } from './finished-forward-test.js';
import { nameFlags, withFlagNames } from './flag-names.js';
import { earlierLooks, forwardLedger, keepLook, requireFirstLook } from './forward-look.js';
import { forwardTestJson } from './forward-test-json.js';
import { givenRunValues } from './given-values.js';
import { loadCommandStrategy } from './load-strategy.js';
import { requireOwnOutputs } from './output-paths.js';
import { candleNotes, provenanceOf, SYNTHETIC_NOTE } from './provenance.js';
import { requireReplaceable } from './replaceable-output.js';
import { candlesOf, strategyFileOf } from './run-backtest-request.js';
import type { RunFlagGroup } from './run-flags.js';
import { checkLoadedStrategy } from './strategy-notes.js';
import type { Terminal } from './terminal.js';
import { traceFileKind, traceRecorder, writeTraceFile } from './trace-file.js';
import { writeRunRecord } from './write-run-record.js';

/** What the command line of a forward test asks for, one strategy and symbol. */
export interface ForwardTestJob {
  readonly config: BacktestRunConfigInput;
  /** Flags of the command, to name them in messages. */
  readonly groups: readonly RunFlagGroup[];
  readonly dataFolder: string;
  readonly paramFile: string;
  /** Date that is declared for the look. */
  readonly look: string | undefined;
  /** The run that `--from` names. Default: the entry of `paramFile`. */
  readonly chosen?: ChosenRun;
  readonly traceFile: string | undefined;
  readonly isForced: boolean;
}

const FOLDER = 'results/forward_test';

/**
 * Turns parsed options into a job; files are not touched.
 *
 * @param options - `command.opts()` of a forward-test command.
 * @param groups - Groups of run flags that the command has.
 * @throws {UsageError} If the forward period has no start.
 */
export function forwardTestJob(
  options: Readonly<Record<string, unknown>>,
  groups: readonly RunFlagGroup[],
): ForwardTestJob {
  const files = options.file as readonly string[] | undefined;
  if (options.start === undefined) {
    throw new UsageError(
      'Which period? Give --start, a date at or after the end of the optimization, for example --start 2024-01-01',
    );
  }
  return {
    config: {
      strategy: options.strategy as string,
      ...givenRunValues(options, groups),
      ...(files === undefined ? {} : { files }),
    },
    groups,
    dataFolder: options.dataDir as string,
    paramFile: options.paramConfig as string,
    look: options.look as string | undefined,
    traceFile: options.traceFile as string | undefined,
    isForced: options.force === true,
  };
}

/**
 * Completes the options of a forward test by the run that `--from` names: strategy, instrument, money, costs, filters, and as first
 * candle the end of the candles that it was chosen on. What was typed wins.
 *
 * @param options - `command.opts()`.
 * @param groups - Groups of run flags that the command has.
 * @param terminal - For its folder.
 * @throws {UsageError} If the run cannot be told, or neither it nor a strategy is named.
 */
export async function forwardTestJobFrom(
  options: Readonly<Record<string, unknown>>,
  groups: readonly RunFlagGroup[],
  terminal: Pick<Terminal, 'workingFolder'>,
): Promise<ForwardTestJob> {
  const file = options.from as string | undefined;
  if (file === undefined) {
    if (options.strategy !== undefined) return forwardTestJob(options, groups);
    throw new UsageError(
      'Which strategy? Give --strategy, for example --strategy MACross, or --from config/best_params.yaml',
    );
  }
  const given = options.strategy as string | undefined;
  const named =
    given === undefined ? undefined : (await loadCommandStrategy(given, terminal)).strategy.name;
  const chosen = await readChosenRun(file, {
    symbol: options.symbol as string | undefined,
    strategy: named,
  });
  const { entry, symbol, strategy } = chosen;
  if (chosen.kind === 'record' && options.look !== undefined) {
    throw new UsageError(
      `--look is stored with the parameters, and ${file} is not a best-parameters file: give that file`,
    );
  }
  const job = forwardTestJob(
    {
      ...options,
      strategy: given ?? entry.strategy_file ?? strategy,
      start: options.start ?? entry.period_end,
    },
    groups,
  );
  const { market, interval, filters } = entry;
  const { units, equity_fraction } = job.config;
  const run: Record<string, unknown> = { ...entry.run };
  if (units !== undefined) delete run.equity_fraction;
  if (equity_fraction !== undefined) delete run.units;
  const switches = Object.fromEntries(
    FILTER_RULES.map(({ apply }) => [apply.key, filters[apply.key] === true]),
  );
  const chosenConfig = { ...run, ...switches, symbol, market, interval };
  return { ...job, chosen, paramFile: file, config: { ...chosenConfig, ...job.config } };
}

/**
 * Loads, freezes, tests and writes: one strategy on one symbol.
 *
 * @param job - What is asked for.
 * @param terminal - For paths and the progress of loading.
 * @param log - Says what is being done.
 */
export async function runForwardTestJob(
  job: ForwardTestJob,
  terminal: Terminal,
  log: Logger,
): Promise<FinishedForwardTest> {
  const started = Date.now();
  const named = await loadCommandStrategy(job.config.strategy, terminal);
  // A wrong date or amount is told before anything is read; a market that is not known yet permits everything.
  const { market = 'usdm' } = job.config;
  withFlagNames(() => parseBacktestRunConfig({ ...job.config, market }), job.groups);
  const asked = { ...job.config, ...(await optimizedInstrument(job, named.strategy)) };
  const { loadedStrategy, loaded } = await bindSeries(
    named,
    await candlesOf({ ...job, config: asked, strategy: named.strategy }, terminal),
    job,
  );
  const { strategy } = loadedStrategy;
  const { candles } = loaded;
  requirePlainName(candles.symbol);
  await requireTraceFile(job, loaded, loadedStrategy);
  log.info({ candles: candles.length, hash: loaded.dataHash }, 'candles loaded');
  const entry = await entryOf(job, {
    symbol: candles.symbol,
    strategy: strategy.name,
    market: candles.market,
    interval: candles.timeframe,
  });
  const { config, notes } = withFlagNames(
    () => frozenRunConfig(job, entry, strategy, loaded),
    job.groups,
  );
  // First, while nothing has written to the candles: no result is shown of a strategy that sees the future.
  const parameters = withFlagNames(() => resolveParameters(strategy, config.params), job.groups);
  const check = await checkLoadedStrategy(loadedStrategy, parameters, candles, terminal);
  log.info({ runs: check.runs, cuts: check.cuts }, 'no look-ahead found');
  const { dataHash } = loaded;
  const ledger = forwardLedger(terminal, candles, strategy);
  const looks = earlierLooks(job, entry, ledger);
  const recorder = traceRecorder(job.traceFile, candles);
  const test = await terminal.compute(() =>
    withFlagNames(
      () =>
        forwardTest({
          config,
          strategy,
          candles,
          dataHash,
          optimized: entry,
          looks,
          trace: recorder?.trace,
        }),
      job.groups,
    ),
  );
  requireFirstLook(job, entry, test);
  const finished: FinishedForwardTest = {
    test,
    loaded,
    loadedStrategy,
    strategyFile: strategyFileOf(loadedStrategy, terminal),
    notes: [
      ...candleNotes(loaded),
      ...check.notes,
      ...notes.map((note) => nameFlags(note, job.groups)),
      ...test.notes,
      ...test.outOfSample.notes,
      ...(await keepLook(job, entry, test, ledger)),
    ],
    command: terminal.commandLine,
    ...outputNames(test),
    traceFile: job.traceFile,
  };
  await writeOutputs(finished, terminal);
  await writeTraceFile(job.traceFile, test.outOfSample, recorder);
  log.info({ ms: Date.now() - started }, 'forward test finished');
  return finished;
}

async function requireTraceFile(
  { paramFile, traceFile, isForced }: ForwardTestJob,
  { candles, files }: LoadedCandles,
  { source }: LoadedStrategy,
): Promise<void> {
  const output = { name: '--trace-file', file: traceFile };
  await requireOwnOutputs(
    [
      ...files.map((file) => ({ name: 'a candle file of this run', file })),
      { name: '--param-config', file: paramFile },
      { name: 'the strategy file', file: source?.path },
    ],
    [output],
  );
  await requireReplaceable([{ ...output, kind: traceFileKind(candles.symbol) }], isForced);
}

/** The optimized settings, surely of these candles. */
async function entryOf(
  { paramFile, chosen }: ForwardTestJob,
  wish: BestParamsWish,
): Promise<BestParamsEntry> {
  if (chosen === undefined) return readBestParams(paramFile, wish);
  const { entry, file } = chosen;
  for (const [key, is, was] of [
    ['strategy', wish.strategy, chosen.strategy],
    ['symbol', wish.symbol, chosen.symbol],
    ['market', wish.market, entry.market],
    ['interval', wish.interval, entry.interval],
  ] as const) {
    if (is === was) continue;
    throw new UserError(
      `${file} is for ${key} ${was}, not ${is}: give the candles and strategy of that run`,
    );
  }
  return entry;
}

/** Without files, market and interval are those of the optimization; a pair without an entry is told before candles are read. */
async function optimizedInstrument(
  { config, paramFile, chosen }: ForwardTestJob,
  strategy: Strategy,
): Promise<BacktestRunConfigInput | object> {
  if (chosen !== undefined) return {};
  const symbol = config.symbol?.toUpperCase();
  if (symbol === undefined) {
    // Complains at once when the file is not there.
    await readAllBestParams(paramFile);
    return {};
  }
  const entries = await readAllBestParams(paramFile);
  const found = entries.find((one) => one.symbol === symbol && one.strategy === strategy.name);
  const hasFiles = (config.files?.length ?? 0) > 0;
  const wish = {
    symbol,
    strategy: strategy.name,
    market: config.market ?? found?.entry.market ?? 'spot',
    interval: config.interval ?? found?.entry.interval ?? '1h',
  };
  await readBestParams(paramFile, wish);
  return hasFiles ? {} : { market: wish.market, interval: wish.interval };
}

function frozenRunConfig(
  job: ForwardTestJob,
  entry: BestParamsEntry,
  strategy: Strategy,
  { candles, files }: LoadedCandles,
): { readonly config: BacktestRunConfig; readonly notes: readonly string[] } {
  const frozen = frozenConfig(
    entry,
    { ...job.config, market: candles.market, files, allow_wide_stops: true },
    strategy,
  );
  return { config: parseBacktestRunConfig(frozen.config, job.paramFile), notes: frozen.notes };
}

/** The symbol becomes part of file names. */
function requirePlainName(symbol: string): void {
  if (/^[A-Z0-9][A-Z0-9_.-]{0,39}$/i.test(symbol)) return;
  throw new UserError(
    `The symbol ${JSON.stringify(symbol)} cannot be part of a file name; give it with --symbol, for example BTCUSDT`,
  );
}

function outputNames(
  test: ForwardTest,
): Pick<FinishedForwardTest, 'reportFile' | 'tradesFile' | 'plotFiles'> {
  const { strategy, candles } = test.outOfSample;
  const { start, end } = test.forwardPeriod;
  const stem = [
    strategy.name,
    candles.symbol,
    candles.timeframe,
    fileTime(start),
    fileTime(end),
  ].join('_');
  return {
    reportFile: path.join(FOLDER, 'reports', `${stem}.html`),
    tradesFile: path.join(FOLDER, 'trades', `${stem}_trades.csv`),
    plotFiles: PLOT_NAMES.map((name) => path.join(FOLDER, 'plots', `${stem}_${name}.svg`)),
  };
}

const PLOT_NAMES = ['equity', 'drawdown', 'rolling_sharpe', 'monthly_returns'];

/** A day, with the time of day only where it is not midnight, in characters that every file system takes. */
function fileTime(time: number): string {
  const iso = new Date(time).toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 16).replaceAll(':', '');
}

async function writeOutputs(finished: FinishedForwardTest, terminal: Terminal): Promise<void> {
  const { test, loaded, notes, command, reportFile, tradesFile, plotFiles } = finished;
  const { candles, strategy, run: done } = test.outOfSample;
  const page = await terminal.compute(() =>
    renderForwardTestReport({
      test,
      notes: notes.filter((note) => note !== SYNTHETIC_NOTE),
      provenance: provenanceOf(loaded, command),
    }),
  );
  const subject = { symbol: candles.symbol, strategy: strategy.name };
  const json = forwardTestJson(finished);
  await writeFileAtomic(tradesFile, tradeLogCsv(done.trades, subject));
  await writeRunRecord(tradesFile, json);
  for (const plot of forwardTestPlots(test)) {
    const file = plotFiles[PLOT_NAMES.indexOf(plot.name)];
    if (file === undefined) throw new Error(`The plot ${plot.name} has no file name`);
    await writeFileAtomic(file, plot.svg);
  }
  await writeFileAtomic(reportFile, page);
}
