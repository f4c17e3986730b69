import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { findGaps } from '../../candles/index.js';
import { parseTimeframe, type Timeframe, timeframeMs } from '../../domain/index.js';
import {
  type CandleFileContent,
  type DropOptions,
  type DroppedLines,
  loadCandleFile,
  requireCandleFormat,
  writeCandleFile,
} from '../../history/index.js';
import { countText } from '../../util/index.js';
import { addSubcommand } from '../create-command.js';
import { requireOwnOutputs } from '../output-paths.js';
import { createProgress } from '../progress.js';
import { requireReplaceableCandles } from '../replaceable-output.js';
import type { Terminal } from '../terminal.js';
import { inWorkingFolder, spanText } from './data-words.js';

interface ConvertOptions {
  readonly dropRepeatedHeaders?: boolean;
  readonly dropDuplicates?: boolean;
  readonly dropNan?: boolean;
  readonly interval?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds `wus data convert`. */
export function addConvertCommand(parent: Command, terminal: Terminal): void {
  addSubcommand(parent, terminal, {
    name: 'convert',
    summary: 'Convert a candle file to CSV or JSON, plain or gzipped',
    description:
      'The output has a header, times in ms, oldest candle first, and every column of the input; only valid candles are written.',
    examples: [
      [
        'wus data convert BTCUSDT-1h-2025-01.csv data/spot/1h/BTCUSDT_1h_2025-01.csv.gz',
        'a Binance archive',
      ],
      ['wus data convert SOL_USDT-1h.feather data/spot/1h/SOLUSDT_1h.csv.gz', 'a freqtrade file'],
      [
        'wus data convert joined.csv BTCUSDT_1h.csv --drop-repeated-headers --drop-duplicates',
        'months joined with cat',
      ],
    ],
  })
    .usage('<in> <out> [options]')
    .argument('<in>', 'CSV, JSON, .gz, .zip, Feather or Parquet; the format is recognized')
    .argument('<out>', 'File to write: .csv, .csv.gz, .json or .json.gz')
    .option('--interval <interval>', 'Expected candle length (default: from the file name)')
    .option('--drop-repeated-headers', 'Drop headers in the middle of the file')
    .option('--drop-duplicates', 'Drop lines whose open time appears again later')
    .option('--drop-nan', 'Drop lines with an empty or NaN number')
    .option(
      '--force',
      'Overwrite a file of another symbol, or one with candles that the output lacks',
    )
    .option('--json', 'Print one JSON object instead of text')
    .action(async (input: string, output: string, options: ConvertOptions) => {
      const [from, to] = [inWorkingFolder(terminal, input), inWorkingFolder(terminal, output)];
      requireCandleFormat(to);
      await requireOwnOutputs([{ name: 'the input', file: from }], [{ name: 'Output', file: to }]);
      const timeframe =
        options.interval === undefined ? undefined : parseTimeframe(options.interval);
      const content = await readWithProgress(from, timeframe, terminal, {
        repeatedHeaders: options.dropRepeatedHeaders,
        duplicates: options.dropDuplicates,
        nan: options.dropNan,
      });
      const { columns, extras, dropped } = content;
      await requireReplaceableCandles(
        to,
        {
          symbol: content.symbol,
          market: content.market,
          timeframe: content.timeframe,
          openTime: columns.openTime,
          extras: Object.keys(extras),
        },
        options.force === true,
      );
      await writeCandleFile(to, columns, extras);
      for (const note of content.notes) terminal.note(note);
      const gaps = findGaps(columns.openTime, content.timeframe);
      const [start, last] = [columns.openTime[0]!, columns.openTime[columns.length - 1]!];
      const end = last + timeframeMs(content.timeframe);
      terminal.print(
        options.json === true
          ? JSON.stringify({
              file: to,
              interval: content.timeframe,
              candles: columns.length,
              start: new Date(start).toISOString(),
              end: new Date(end).toISOString(),
              gaps: gaps.length,
              dropped: {
                repeated_headers: dropped.repeatedHeaders,
                duplicates: dropped.duplicates,
                duplicates_with_other_values: dropped.differing,
                nan: dropped.nan,
              },
              notes: content.notes,
            })
          : `${droppedText(dropped)}${to}: ${countText(columns.length, `${content.timeframe} candle`)}, ${spanText(start, end)}, ${countText(gaps.length, 'gap')}`,
      );
    });
}

/** One line for what was left out; nothing when there was nothing. */
function droppedText({ repeatedHeaders, duplicates, differing, nan }: DroppedLines): string {
  const parts = [
    repeatedHeaders === 0 ? '' : countText(repeatedHeaders, 'repeated header'),
    duplicates === 0
      ? ''
      : `${countText(duplicates, 'duplicate')}${differing === 0 ? '' : ` (${differing} with different values: the later line is kept)`}`,
    nan === 0 ? '' : `${countText(nan, 'line')} without a number`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `Dropped: ${parts.join(', ')}\n`;
}

/** Reads one candle file with all its columns and shows how far it is. */
export async function readWithProgress(
  file: string,
  timeframe: Timeframe | undefined,
  terminal: Terminal,
  drop: DropOptions = {},
): Promise<CandleFileContent> {
  const total = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  const progress = createProgress(terminal, 'Reading');
  let done = 0;
  try {
    return await loadCandleFile(file, {
      timeframe,
      drop,
      onBytes: (bytes) => {
        done += bytes;
        progress.update(done, total, file);
      },
    });
  } finally {
    progress.end();
  }
}
