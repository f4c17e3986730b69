import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { findGaps } from '../../candles/index.js';
import { parseTimeframe, type Timeframe, timeframeMs } from '../../domain/index.js';
import {
  type CandleFileContent,
  loadCandleFile,
  requireCandleFormat,
  writeCandleFile,
} from '../../history/index.js';
import { addSubcommand } from '../create-command.js';
import { requireOwnOutputs } from '../output-paths.js';
import { createProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';
import { countText, inWorkingFolder, spanText } from './data-words.js';

interface ConvertOptions {
  readonly interval?: string;
  readonly json?: boolean;
}

/** Adds `wus data convert`. */
export function addConvertCommand(parent: Command, terminal: Terminal): void {
  addSubcommand(parent, terminal, {
    name: 'convert',
    summary: 'Convert a candle file between CSV and JSON, plain and gzipped',
    description:
      'The output has a header, times in ms, oldest candle first, and every column of the input; only sound candles are written.',
    examples: [
      [
        'wus data convert BTCUSDT-1h-2025-01.csv data/spot/1h/BTCUSDT_1h_2025-01.csv.gz',
        "one of Binance's archives",
      ],
      ['wus data convert SOL_USDT-1h.json data/spot/1h/SOLUSDT_1h.csv.gz', "freqtrade's format"],
    ],
  })
    .usage('<in> <out> [options]')
    .argument('<in>', 'File to read; its format is recognized')
    .argument('<out>', 'File to write: .csv, .csv.gz, .json or .json.gz')
    .option('--interval <interval>', 'Length the candles should have (default: told by the name)')
    .option('--json', 'Print one JSON object instead of text')
    .action(async (input: string, output: string, options: ConvertOptions) => {
      const [from, to] = [inWorkingFolder(terminal, input), inWorkingFolder(terminal, output)];
      requireCandleFormat(to);
      await requireOwnOutputs([{ name: 'the input', file: from }], [{ name: 'Output', file: to }]);
      const timeframe =
        options.interval === undefined ? undefined : parseTimeframe(options.interval);
      const content = await readWithProgress(from, timeframe, terminal);
      const { columns, extras } = content;
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
              notes: content.notes,
            })
          : `${to}: ${countText(columns.length, `${content.timeframe} candle`)}, ${spanText(start, end)}, ${countText(gaps.length, 'gap')}`,
      );
    });
}

/** Reads one candle file with all its columns and shows how far it is. */
export async function readWithProgress(
  file: string,
  timeframe: Timeframe | undefined,
  terminal: Terminal,
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
      onBytes: (bytes) => {
        done += bytes;
        progress.update(done, total, file);
      },
    });
  } finally {
    progress.end();
  }
}
