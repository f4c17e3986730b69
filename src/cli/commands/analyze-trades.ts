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
      'Reads any CSV file with the columns of a trade log; extra columns are ignored. Unreadable files are listed and skipped, and the exit code is then 1.',
    examples: [
      ['wus analyze-trades', 'every trade log under results/'],
      [
        'wus analyze-trades results/forward_test/trades my_trades.csv',
        'the logs of a folder, and one file',
      ],
      [
        'wus analyze-trades --details --metric sharpe_ratio --min-trades 30',
        'heat maps, slices and filters of every optimization in results/optimize/details/',
      ],
    ],
  })
    .usage('[options] [file|folder...]')
    .argument('[file|folder...]', 'Trade logs; in folders, files named trades.csv or *_trades.csv')
    .optionsGroup('Trade logs:')
    .option(
      '--include-synthetic',
      'Include trades on SYNTHETIC candles with other trades (excluded by default)',
    )
    .optionsGroup('Optimization details:')
    .option('--details', 'Analyze optimization details (--save-details) instead of trade logs')
    .option(
      '--metric <name>',
      `Metric to analyze: ${DETAIL_METRICS.join(', ')} (default: sharpe_ratio)`,
    )
    .option(
      '--min-trades <count>',
      'Exclude trials with fewer trades (default: 1)',
      numberOption('--min-trades'),
    )
    .option(
      '--forward <file|folder...>',
      'Trade logs of later candles, to compare in-sample with out-of-sample (default: results/forward_test)',
    )
    .optionsGroup('Output:')
    .option(
      '--output-dir <folder>',
      'Output folder for reports, plots and CSV files',
      'results/analysis',
    )
    .option('--force', 'Overwrite files in that folder that wus did not write')
    .option('--open', 'Open the (first) report in the browser (in a terminal only)')
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
          throw new UsageError('--include-synthetic applies to trade logs: omit it or --details');
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
        throw new UsageError(`${flag} requires --details: add it, or omit ${flag}`);
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
