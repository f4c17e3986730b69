import path from 'node:path';
import { type Command, Option } from 'commander';
import { idleSettings } from '../../analysis/index.js';
import { ENGINE_NAMES } from '../../config/index.js';
import { UserError } from '../../domain/index.js';
import { backtestJson } from '../backtest-json.js';
import { type BacktestRequest, backtestRequest } from '../backtest-request.js';
import { backtestSummary } from '../backtest-summary.js';
import { createCommand } from '../create-command.js';
import { LEDGER_FOLDER } from '../ledger-folder.js';
import { createLogger, LOG_LEVELS } from '../logger.js';
import { afterBacktest, nextSubject, printNext } from '../next-lines.js';
import { addOpenFlag, openReport } from '../open-report.js';
import { numberOption } from '../option-values.js';
import { createPalette } from '../palette.js';
import { type FinishedBacktest, runBacktestRequest } from '../run-backtest-request.js';
import { addRunFlags, FILTER_FLAGS, MONEY_FLAGS, PERIOD_FLAGS, STOP_FLAGS } from '../run-flags.js';
import type { Terminal } from '../terminal.js';
import { watchRuns } from '../watch-runs.js';
import { writeRunRecord } from '../write-run-record.js';

/** `wus backtest`: one strategy on one instrument's candles. */
export function backtestCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'backtest',
    summary: 'Test a strategy on past candles',
    description:
      'src/semantics/SEMANTICS.md defines signals, fills and stops. Every run is recorded as a trial in results/ledger/ (see wus trials) and counts in the verdicts of wus optimize.',
    examples: [
      [
        'wus backtest --strategy MACross --symbol BTCUSDT --interval 1h',
        'candles from data/spot/1h/, default parameters, summary in the terminal',
      ],
      [
        'wus backtest --strategy RSIReversion --param rsi_period=10 --file BTCUSDT_1h.csv.gz --stop-loss 0.02 --take-profit 0.04 --report --trades-file trades.csv',
        'your own candles and parameters, stops, a report and a trade log',
      ],
      [
        'wus backtest --strategy ./my-strategy.ts --symbol BTCUSDT --interval 1h --json',
        'your own strategy, the result as JSON for another program',
      ],
    ],
  });
  command
    .optionsGroup('Strategy:')
    .requiredOption(
      '--strategy <name|file>',
      'MACross, RSIReversion, BBReversion, LongShort, or a file such as ./my-strategy.ts',
    )
    .option('--param <name=value...>', 'Parameter of the strategy; may be repeated')
    .option('--params-file <file>', 'Parameters in YAML or JSON; --param overrides them')
    .optionsGroup('Candles:')
    .option('--file <file...>', 'Candle file (.csv, .csv.gz, .json); repeatable, files are joined')
    .option('--data-dir <folder>', 'Data folder, searched when --file is not given', 'data');
  for (const group of [PERIOD_FLAGS, MONEY_FLAGS, STOP_FLAGS, FILTER_FLAGS])
    addRunFlags(command, group);
  return addOpenFlag(command.optionsGroup('Output:'))
    .option('--trades-file <file>', 'Write the trade log as CSV')
    .option('--trace-file <file>', 'Write candles, signals, levels and trace() values as CSV')
    .option('--report [file]', 'Write an HTML report (default: in results/backtest/)')
    .addOption(
      new Option(
        '--expected-sharpe <ratio>',
        'Expected Sharpe ratio of a judged winner (expected_sharpe_ratio), for the forecast bands of the report',
      ).argParser(numberOption('--expected-sharpe', 'ratio')),
    )
    .option('--force', 'Overwrite existing files of other kinds')
    .option(
      '--watch',
      'Run again whenever the strategy, its imports or the candles change, until Ctrl-C',
    )
    .option('--json', 'Print one JSON object instead of the summary')
    .addOption(
      new Option(
        '--engine <name>',
        'Engine; the results are identical (default: reference)',
      ).choices(ENGINE_NAMES),
    )
    .option('--log <level>', `Log level on standard error: ${LOG_LEVELS.join(', ')}`, 'warn')
    .optionsGroup('Help:')
    .action(async (options: Record<string, unknown>) => {
      const request = backtestRequest(options);
      let isOpened = !request.isOpened;
      const openFirst = async ({ reportFile }: FinishedBacktest): Promise<void> => {
        if (isOpened || reportFile === undefined) return;
        isOpened = true;
        await openReport(reportFile, terminal);
      };
      if (options.watch !== true) {
        const finished = await runOnce(request, terminal);
        if (!request.isJson) await printBacktestNext(request, finished, terminal);
        await openFirst(finished);
        return;
      }
      await watchRuns(request, terminal, async () => openFirst(await runOnce(request, terminal)));
    });
}

async function printBacktestNext(
  request: BacktestRequest,
  finished: FinishedBacktest,
  terminal: Terminal,
): Promise<void> {
  printNext(await afterBacktest(nextSubject(request, finished), terminal), terminal);
}

/** One run from candles to summary; it is counted when its result is shown. */
async function runOnce(request: BacktestRequest, terminal: Terminal): Promise<FinishedBacktest> {
  const startTime = Date.now();
  const finished = await showRun(request, terminal);
  await countTry(finished, startTime, terminal);
  return finished;
}

/** Whoever tries by hand has chosen from what was tried: a later verdict is about that as well. */
async function countTry(
  { result, loaded, strategyHash }: FinishedBacktest,
  startTime: number,
  terminal: Terminal,
): Promise<void> {
  const { countBacktest } = await import('../../optimize/index.js');
  const folder = path.resolve(terminal.workingFolder, LEDGER_FOLDER);
  try {
    await countBacktest({ folder, startTime }, result, {
      dataHash: loaded.dataHash,
      strategyHash,
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    terminal.note(`This backtest was not recorded as a trial: ${error.message}`);
  }
}

async function showRun(request: BacktestRequest, terminal: Terminal): Promise<FinishedBacktest> {
  const log = createLogger(request.logLevel, terminal.note);
  const finished = await runBacktestRequest(request, terminal, log);
  const json = backtestJson(finished);
  if (finished.tradesFile !== undefined) await writeRunRecord(finished.tradesFile, json);
  if (request.isJson) {
    terminal.print(JSON.stringify(json, null, 2));
    return finished;
  }
  const { result } = finished;
  const idle = idleSettings({ ...result.parameters }, result.strategy.parameters);
  terminal.print(
    backtestSummary(
      {
        strategy: result.strategy.name,
        parameters: Object.fromEntries(
          Object.entries(result.parameters).filter(([name]) => !idle.has(name)),
        ),
        candles: result.candles,
        period: result.period,
        metrics: result.metrics,
        equity: result.run.equity,
        initialBalance: result.rules.initialBalance,
        config: result.config,
        notes: finished.notes,
        written: [
          ['Trades', finished.tradesFile],
          ['Trace', finished.traceFile],
          ['Report', finished.reportFile],
        ].filter((row): row is [string, string] => row[1] !== undefined),
      },
      createPalette(terminal.hasColors),
      terminal.columns,
    ),
  );
  return finished;
}
