import type { Command } from 'commander';
import {
  type CandleColumns,
  type ExtraColumns,
  fileExtraColumns,
  resample,
} from '../../candles/index.js';
import {
  type Market,
  parseTimeframe,
  type Timeframe,
  UsageError,
  UserError,
} from '../../domain/index.js';
import { loadCandles, requireCandleFormat, writeCandleFile } from '../../history/index.js';
import { countText } from '../../util/index.js';
import { addSubcommand } from '../create-command.js';
import { requireOwnOutputs } from '../output-paths.js';
import { createProgress } from '../progress.js';
import { requireReplaceableCandles } from '../replaceable-output.js';
import type { Terminal } from '../terminal.js';
import { readWithProgress } from './convert.js';
import { inWorkingFolder, spanText } from './data-words.js';

interface ResampleOptions {
  readonly to: string;
  readonly interval?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

interface Source {
  readonly columns: CandleColumns;
  readonly extras: ExtraColumns;
  readonly timeframe: Timeframe;
  readonly symbol?: string | undefined;
  readonly market?: Market | undefined;
  readonly notes: readonly string[];
}

/** Adds `wus data resample`. */
export function addResampleCommand(parent: Command, terminal: Terminal): void {
  addSubcommand(parent, terminal, {
    name: 'resample',
    summary: 'Build longer candles from shorter ones',
    description:
      'Builds each long candle from the available short candles; missing candles are not filled. Drops a first or last candle that the data do not fully cover. Weeks open on Monday 00:00 UTC. A single input keeps all columns; several inputs are joined and keep the six standard columns.',
    examples: [
      ['wus data resample BTCUSDT_1m.csv.gz --to 1h BTCUSDT_1h.csv.gz', 'hours from minutes'],
      [
        'wus data resample data/spot/1m/BTCUSDT_1m_*.csv.gz --to 1d BTCUSDT_1d.csv',
        'several files',
      ],
    ],
  })
    .usage('<in...> --to <interval> <out> [options]')
    .argument('<file...>', 'Files to read, then the file to write (.csv, .csv.gz, .json, .json.gz)')
    .requiredOption('--to <interval>', 'Length of the candles to build')
    .option('--interval <interval>', 'Length of the input candles (default: from the file name)')
    .option(
      '--force',
      'Overwrite a file of another symbol, or one with candles that the output lacks',
    )
    .option('--json', 'Print one JSON object instead of text')
    .action(async (files: string[], options: ResampleOptions) => {
      const paths = files.map((file) => inWorkingFolder(terminal, file));
      const output = paths.pop()!;
      if (paths.length === 0) {
        throw new UsageError('At least two files are required: input files, then the output file');
      }
      const to = parseTimeframe(options.to);
      requireCandleFormat(output);
      await requireOwnOutputs(
        paths.map((file) => ({ name: 'an input', file })),
        [{ name: 'Output', file: output }],
      );
      const source = await readSource(paths, options.interval, terminal);
      const built = resample(source.columns, source.timeframe, to, source.extras);
      if (built.columns.length === 0) {
        throw new UserError(
          `${paths.join(', ')}: too short for one complete ${to} candle; nothing was written`,
        );
      }
      await requireReplaceableCandles(
        output,
        {
          symbol: source.symbol,
          market: source.market,
          timeframe: to,
          openTime: built.columns.openTime,
          extras: Object.keys(built.extras),
        },
        options.force === true,
      );
      await writeCandleFile(output, built.columns, built.extras);
      for (const note of source.notes) terminal.note(note);
      const report = { output, to, from: source.timeframe, built };
      terminal.print(options.json === true ? resampleJson(report) : resampleText(report));
    });
}

async function readSource(
  paths: readonly string[],
  interval: string | undefined,
  terminal: Terminal,
): Promise<Source> {
  const timeframe = interval === undefined ? undefined : parseTimeframe(interval);
  if (paths.length === 1) return readWithProgress(paths[0]!, timeframe, terminal);
  const progress = createProgress(terminal, 'Reading');
  try {
    const loaded = await loadCandles({
      files: paths,
      timeframe,
      extraColumns: 'present',
      onProgress: ({ file, done, total }) => progress.update(done, total, file),
    });
    const { candles } = loaded;
    const { timeframe: length, symbol, market } = candles;
    return {
      columns: candles,
      extras: fileExtraColumns(candles),
      timeframe: length,
      symbol,
      market,
      notes: loaded.warnings,
    };
  } finally {
    progress.end();
  }
}

interface ResampleReport {
  readonly output: string;
  readonly to: Timeframe;
  readonly from: Timeframe;
  readonly built: ReturnType<typeof resample>;
}

function resampleText({ output, to, from, built }: ResampleReport): string {
  const { openTime, length } = built.columns;
  const dropped = [built.droppedFirst ? 'first' : '', built.droppedLast ? 'last' : ''];
  const lines = [
    `${output}: ${countText(length, `${to} candle`)}, ${spanText(openTime[0]!, openTime[length - 1]!)} (open times)`,
  ];
  const names = dropped.filter((name) => name !== '').join(' and ');
  if (names !== '')
    lines.push(`Dropped, because the data do not fully cover it: the ${names} candle`);
  if (built.missing > 0) {
    lines.push(
      `${countText(built.missing, `${from} candle`)} missing inside ${countText(built.incomplete, 'candle')}, built from the available ones`,
    );
  }
  return lines.join('\n');
}

function resampleJson({ output, to, from, built }: ResampleReport): string {
  const { openTime, length } = built.columns;
  return JSON.stringify({
    file: output,
    from,
    to,
    candles: length,
    start: new Date(openTime[0]!).toISOString(),
    last: new Date(openTime[length - 1]!).toISOString(),
    dropped_first: built.droppedFirst,
    dropped_last: built.droppedLast,
    missing: built.missing,
    incomplete: built.incomplete,
  });
}
