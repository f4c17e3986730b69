import type { Command } from 'commander';
import { DETAIL_METRICS } from '../../analysis/index.js';
import { UsageError } from '../../domain/index.js';
import { didYouMean } from '../../util/index.js';
import { analyzeDetailsFiles } from '../analyze-details.js';
import { analyzeTradeLogs } from '../analyze-trade-logs.js';
import { createCommand } from '../create-command.js';
import { openReport } from '../open-report.js';
import { numberOption } from '../option-values.js';
import type { Terminal } from '../terminal.js';

/** Options as commander gives them. */
interface Options {
  readonly details?: true;
  readonly metric?: string;
  readonly minTrades?: number;
  readonly forward?: readonly string[];
  readonly outputDir: string;
  readonly force?: boolean;
  readonly open?: boolean;
  readonly includeSynthetic?: true;
}

/** `wus analyze-trades`: what trade logs, or the details of optimizations, tell. */
export function analyzeTradesCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'analyze-trades',
    summary: 'Analyze trade logs, or the details of optimizations',
    description:
      'Reads any CSV with the columns of a trade log, whoever wrote it; more columns may be there. Files that cannot be read are named and left out, and the exit code is then 1.',
    examples: [
      ['wus analyze-trades', 'every trade log under results/'],
      [
        'wus analyze-trades results/forward_test/trades my_trades.csv',
        'the logs of a folder and one more file',
      ],
      [
        'wus analyze-trades --details --metric sharpe_ratio --min-trades 30',
        'heat maps, slices and filters of every optimization in results/optimize/details/',
      ],
    ],
  })
    .usage('[options] [file|folder...]')
    .argument('[file|folder...]', 'Trade logs; in folders those named trades.csv or *_trades.csv')
    .optionsGroup('Trade logs:')
    .option(
      '--include-synthetic',
      'Count trades on SYNTHETIC candles beside others (they are left out otherwise)',
    )
    .optionsGroup('Optimization details:')
    .option('--details', 'Read the details of optimizations (--save-details) instead of trade logs')
    .option(
      '--metric <name>',
      `What is looked at: ${DETAIL_METRICS.join(', ')} (default: sharpe_ratio)`,
    )
    .option(
      '--min-trades <count>',
      'Leave trials with fewer trades out (default: 1)',
      numberOption('--min-trades'),
    )
    .option(
      '--forward <file|folder...>',
      'Trade logs of later candles, for in-sample against out-of-sample (default: results/forward_test)',
    )
    .optionsGroup('Output:')
    .option('--output-dir <folder>', 'Where reports, plots and CSV are written', 'results/analysis')
    .option('--force', 'Replace files in that folder that are no earlier output')
    .option('--open', 'Open the (first) report in the browser (on a terminal only)')
    .optionsGroup('Help:')
    .action(async (names: string[], options: Options) => {
      const reports: string[] = [];
      const request = {
        onReport: (file: string) => void reports.push(file),
        names,
        outputFolder: options.outputDir,
        isForced: options.force === true,
      };
      if (options.details === true) {
        if (options.includeSynthetic === true) {
          throw new UsageError(
            '--include-synthetic is for trade logs: leave it, or --details, out',
          );
        }
        await analyzeDetailsFiles({ ...request, ...detailsOptions(options) }, terminal);
        await openFirst(reports, options, terminal);
        return;
      }
      const stray = (['metric', 'minTrades', 'forward'] as const).find(
        (name) => options[name] !== undefined,
      );
      if (stray !== undefined) {
        const flag = stray === 'minTrades' ? '--min-trades' : `--${stray}`;
        throw new UsageError(`${flag} belongs to --details: add it, or leave ${flag} out`);
      }
      await analyzeTradeLogs(
        { ...request, hasSynthetic: options.includeSynthetic === true },
        terminal,
      );
      await openFirst(reports, options, terminal);
    });
}

async function openFirst(
  [first]: readonly string[],
  { open }: Options,
  terminal: Terminal,
): Promise<void> {
  if (open === true && first !== undefined) await openReport(first, terminal);
}

function detailsOptions(options: Options) {
  const wanted = options.metric ?? 'sharpe_ratio';
  const metric = DETAIL_METRICS.find((name) => name === wanted);
  if (metric === undefined) {
    throw new UsageError(
      `--metric ${wanted}: unknown${didYouMean(wanted, DETAIL_METRICS)}; use one of ${DETAIL_METRICS.join(', ')}`,
    );
  }
  const minTrades = options.minTrades ?? 1;
  if (!Number.isInteger(minTrades) || minTrades < 0)
    throw new UsageError(`--min-trades ${minTrades}: it must be a whole number >= 0`);
  return { metric, minTrades, forward: options.forward ?? ['results/forward_test'] };
}
