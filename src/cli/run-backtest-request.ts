import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import type { RunMonteCarlo } from '../analysis/index.js';
import { type BacktestResult, planRun, runBacktest } from '../backtest/index.js';
import { type BacktestRunConfigInput, parseBacktestRunConfig, parseYaml } from '../config/index.js';
import {
  parseSymbol,
  parseTimeframe,
  TRADE_LOG_COLUMNS,
  tradeLogCsv,
  UsageError,
  UserError,
} from '../domain/index.js';
import { fileError, writeFileAtomic } from '../files/index.js';
import { findCandleFiles, type LoadedCandles, loadCandles } from '../history/index.js';
import type { LoadedStrategy } from '../plugins/index.js';
import { parseParameterAssignments, type Strategy } from '../strategies/index.js';
import type { BacktestRequest } from './backtest-request.js';
import { bindSeries } from './bind-series.js';
import { withFlagNames } from './flag-names.js';
import { lineToCopy } from './invoked-as.js';
import { loadCommandStrategy } from './load-strategy.js';
import { portablePath, requireOwnOutputs } from './output-paths.js';
import { createProgress } from './progress.js';
import { candleNotes, isSynthetic, provenanceOf, SYNTHETIC_NOTE } from './provenance.js';
import { type OutputKind, requireReplaceable } from './replaceable-output.js';
import { checkLoadedStrategy } from './strategy-notes.js';
import type { Terminal } from './terminal.js';
import { traceFileKind, traceRecorder, writeTraceFile } from './trace-file.js';

/** A backtest with where its candles came from and what was written. */
export interface FinishedBacktest {
  readonly result: BacktestResult;
  readonly loaded: LoadedCandles;
  readonly loadedStrategy: LoadedStrategy;
  /** Of a user's own strategy. */
  readonly strategyFile: string | undefined;
  readonly notes: readonly string[];
  /** Of the code of a user's strategy. */
  readonly strategyHash: string | undefined;
  readonly command: string;
  readonly isSynthetic: boolean;
  readonly tradesFile: string | undefined;
  readonly traceFile: string | undefined;
  readonly reportFile: string | undefined;
  /** Of the report; `undefined` without one. */
  readonly monteCarlo: RunMonteCarlo | undefined;
}

/**
 * Does what a command line of `wus backtest` asks for: load, check, run, write. It wires; the parts decide.
 *
 * @param request - What is asked for.
 * @param terminal - For paths and progress.
 * @param log - Says what is being done.
 */
export async function runBacktestRequest(
  request: BacktestRequest,
  terminal: Terminal,
  log: Logger,
): Promise<FinishedBacktest> {
  const started = Date.now();
  const named = await loadCommandStrategy(request.config.strategy, terminal);
  const params = await strategyParameters(request, named);
  const given: BacktestRunConfigInput = { ...request.config, params };
  const { loadedStrategy, loaded } = await bindSeries(
    named,
    await candlesOf({ ...request, ...named }, terminal),
    request,
  );
  const { candles } = loaded;
  await requireOwnOutputs(
    [
      ...loaded.files.map((file) => ({ name: 'a candle file of this run', file })),
      { name: '--params-file', file: request.paramsFile },
      { name: 'the strategy file', file: loadedStrategy.source?.path },
    ],
    [
      { name: '--trades-file', file: request.tradesFile },
      { name: '--trace-file', file: request.traceFile },
      { name: '--report', file: request.report === true ? undefined : request.report },
    ],
  );
  await requireReplaceable(
    [
      { name: '--trades-file', file: request.tradesFile, kind: tradeLogKind(candles.symbol) },
      { name: '--trace-file', file: request.traceFile, kind: traceFileKind(candles.symbol) },
      {
        name: '--report',
        file: request.report === true ? undefined : request.report,
        kind: { kind: 'report', report: 'Backtest' },
      },
    ],
    request.isForced,
  );
  log.info(
    { candles: candles.length, files: loaded.files.length, hash: loaded.dataHash },
    'candles loaded',
  );
  // Without --market the files tell it, and with it the default commission.
  const config = withFlagNames(() =>
    parseBacktestRunConfig({
      ...given,
      market: given.market ?? candles.market,
      interval: given.interval ?? candles.timeframe,
      files: loaded.files,
    }),
  );
  const { strategy } = loadedStrategy;
  const { parameters } = withFlagNames(() => planRun(config, candles, strategy));
  // First, while nothing else fills the memory and nothing has written to the candles: no result is shown of a strategy that sees the future.
  const check = await checkLoadedStrategy(loadedStrategy, parameters, candles, terminal);
  log.info({ runs: check.runs, cuts: check.cuts }, 'no look-ahead found');
  const recorder = traceRecorder(request.traceFile, candles);
  const result = await terminal.compute(() =>
    withFlagNames(() => runBacktest(config, candles, { strategy, trace: recorder?.trace })),
  );
  log.info({ trades: result.run.trades.length, ms: Date.now() - started }, 'backtest finished');
  const finished: FinishedBacktest = {
    result,
    loaded,
    loadedStrategy,
    strategyFile: strategyFileOf(loadedStrategy, terminal),
    notes: [...candleNotes(loaded), ...check.notes, ...result.notes],
    strategyHash: loadedStrategy.source?.codeSha256,
    command: terminal.commandLine,
    isSynthetic: isSynthetic(loaded),
    tradesFile: request.tradesFile,
    traceFile: request.traceFile,
    reportFile: request.report === undefined ? undefined : reportPath(request.report, result),
    monteCarlo:
      request.report === undefined ? undefined : await resampled(request, result, terminal),
  };
  await writeTrades(finished);
  await writeTraceFile(request.traceFile, result, recorder);
  await writeReport(finished, terminal);
  return finished;
}

/** Loaded only here, as the report is. */
async function resampled(
  { expectedSharpe }: BacktestRequest,
  result: BacktestResult,
  terminal: Terminal,
): Promise<RunMonteCarlo | undefined> {
  const { monteCarloOfRun } = await import('../analysis/index.js');
  return terminal.compute(() => monteCarloOfRun(result, { expectedSharpe }));
}

/**
 * Returns the file of a user's own strategy as results name it.
 *
 * @param loaded - Built in or a user's.
 * @param terminal - In whose folder the command runs.
 */
export function strategyFileOf(
  { source }: LoadedStrategy,
  { workingFolder }: Pick<Terminal, 'workingFolder'>,
): string | undefined {
  return source === undefined ? undefined : portablePath(workingFolder, source.path);
}

function tradeLogKind(symbol: string): OutputKind {
  return { kind: 'table', header: TRADE_LOG_COLUMNS.join(','), symbol };
}

async function strategyParameters(
  request: BacktestRequest,
  { strategy }: LoadedStrategy,
): Promise<Record<string, unknown>> {
  const words = parseParameterAssignments(strategy, request.parameterWords);
  if (request.paramsFile === undefined) return { ...words };
  const file = request.paramsFile;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError('read', file, error);
  });
  // JSON is YAML, so one parser reads both.
  const { data } = parseYaml(text, file);
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new UsageError(`${file}: expected parameters, for example "fast_period: 9"`);
  return { ...data, ...words };
}

/**
 * Loads the candles that a command asks for, by file or by symbol and interval.
 *
 * @param request - Files, instrument, data folder, and the strategy whose columns are read.
 * @param terminal - For paths and progress.
 */
export async function candlesOf(
  request: Pick<BacktestRequest, 'config' | 'dataFolder'> & {
    readonly strategy: Pick<Strategy, 'extraColumns'>;
  },
  terminal: Terminal,
): Promise<LoadedCandles> {
  const { config } = request;
  const timeframe = config.interval == null ? undefined : parseTimeframe(config.interval);
  const given = config.symbol ?? undefined;
  const symbol = given === undefined ? undefined : withFlagNames(() => parseSymbol(given));
  const market = config.market ?? undefined;
  const named = config.files ?? [];
  const files = named.length > 0 ? named : await storedFiles(request);
  const progress = createProgress(terminal, 'Reading candles');
  try {
    return await loadCandles({
      files,
      symbol,
      market,
      timeframe,
      extraColumns: request.strategy.extraColumns,
      onProgress: ({ done, total, file }) => progress.update(done, total, path.basename(file)),
    });
  } finally {
    progress.end();
  }
}

/** What lies in `data/<market>/<interval>/`. */
async function storedFiles(
  request: Pick<BacktestRequest, 'config' | 'dataFolder'>,
): Promise<string[]> {
  const { symbol, interval, market } = request.config;
  if (symbol == null || interval == null)
    throw new UsageError(
      'No candles given: use --file, or --symbol and --interval for candles in the data folder',
    );
  const timeframe = parseTimeframe(interval);
  const instrument = { market: market ?? 'spot', timeframe, symbol: parseSymbol(symbol) };
  const files = await findCandleFiles(request.dataFolder, instrument);
  if (files.length > 0) return files;
  const folder = path.join(request.dataFolder, instrument.market, timeframe);
  const fetched = [
    ...['wus', 'fetch-data', '--symbols', instrument.symbol, '--interval', timeframe],
    ...['--start', '2020-01-01', ...(instrument.market === 'spot' ? [] : ['--market', 'usdm'])],
  ];
  throw new UserError(
    `No candles of ${instrument.symbol} ${timeframe} in ${folder}\nFetch them with: ${lineToCopy(fetched)}; or save them there as ${instrument.symbol}_${timeframe}.csv, or give files with --file`,
  );
}

async function writeTrades(finished: FinishedBacktest): Promise<void> {
  const { tradesFile, result } = finished;
  if (tradesFile === undefined) return;
  const { candles, strategy, run } = result;
  await writeFileAtomic(
    tradesFile,
    tradeLogCsv(run.trades, { symbol: candles.symbol, strategy: strategy.name }),
  );
}

/** A new run does not replace the report of an earlier one, unless the path is given. */
function reportPath(report: string | true, { candles, strategy }: BacktestResult): string {
  if (report !== true) return report;
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const name = `${candles.symbol}_${candles.timeframe}_${strategy.shortName}_${time}.html`;
  return path.join('results', 'backtest', name);
}

async function writeReport(finished: FinishedBacktest, terminal: Terminal): Promise<void> {
  const { reportFile, result, loaded, notes, command } = finished;
  if (reportFile === undefined) return;
  // Loaded only here: without a report its modules would take 10 MB from the candles.
  const { renderBacktestReport } = await import('../report/index.js');
  const page = await terminal.compute(() =>
    renderBacktestReport({
      ...result,
      monteCarlo: finished.monteCarlo,
      notes: notes.filter((note) => note !== SYNTHETIC_NOTE),
      provenance: provenanceOf(loaded, command),
    }),
  );
  await writeFileAtomic(reportFile, page);
}
