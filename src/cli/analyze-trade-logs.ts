import path from 'node:path';
import {
  analyzeTrades,
  findFiles,
  isTradeLogName,
  readTradeLogs,
  type TradeAnalysis,
  type TradeSummary,
  tradeSummaryCsv,
  withoutSynthetic,
} from '../analysis/index.js';
import { UserError } from '../domain/index.js';
import { writeFileAtomic } from '../files/index.js';
import { renderTradeAnalysis, tradeAnalysisPlots } from '../report/index.js';
import { countText } from '../util/index.js';
import { grouped } from './metric-display.js';
import { packageVersion } from './package-version.js';
import { createPalette } from './palette.js';
import { createProgress } from './progress.js';
import { refusedFilesError, warnOfRefused } from './refused-files.js';
import { firstLine, requireReplaceable } from './replaceable-output.js';
import type { Palette, Terminal } from './terminal.js';
import { textTable } from './text-table.js';

/** What is analyzed, and where results go. */
export interface AnalysisRequest {
  /** Files and folders; empty for `results/`. */
  readonly names: readonly string[];
  readonly outputFolder: string;
  readonly isForced: boolean;
  /** Whether trades on generated candles count beside others. */
  readonly hasSynthetic: boolean;
  /** Is handed every report that was written. */
  readonly onReport?: (file: string) => void;
}

const DEFAULT_FOLDER = 'results';
/** More groups than this are in the report and the CSV only. */
const ROWS_MAX = 12;

/**
 * Analyzes trade logs: summary in the terminal, CSV, plots and an HTML report.
 *
 * @param request - Which logs.
 * @param terminal - For results and progress.
 * @throws {UserError} If nothing can be analyzed; or at the end, if some files could not be read.
 */
export async function analyzeTradeLogs(
  request: AnalysisRequest,
  terminal: Terminal,
): Promise<void> {
  const names = request.names.length === 0 ? [DEFAULT_FOLDER] : request.names;
  const found = findFiles(names, isTradeLogName);
  const progress = createProgress(terminal, 'Reading trade logs');
  const read = await terminal.compute(() =>
    readTradeLogs(found, (done, total, file) => progress.update(done, total, path.basename(file))),
  );
  const { refused } = read;
  const { logs, leftOut } = request.hasSynthetic
    ? { logs: read.logs, leftOut: 0 }
    : withoutSynthetic(read.logs);
  progress.end();
  warnOfRefused(refused, terminal);
  if (found.files.length === 0 && refused.length === 0) {
    throw new UserError(
      `No trade logs in ${names.join(', ')}: create one with "wus backtest … --trades-file results/my_trades.csv", or name files`,
    );
  }
  if (logs.length === 0) throw refusedFilesError(refused.length, found.files.length);
  if (logs.every((log) => log.trades.length === 0)) {
    throw new UserError(
      `No trades in ${logs.map((log) => log.path).join(', ')}: nothing to analyze`,
    );
  }
  const analysis = await terminal.compute(() => analyzeTrades(logs));
  const notes = [...worldNotes(analysis, leftOut), ...read.notes];
  const written = await write(analysis, { ...request, notes, refused }, terminal);
  terminal.print(
    summaryText(
      analysis,
      [...logNotes(analysis), ...notes],
      written,
      createPalette(terminal.hasColors),
    ),
  );
  if (refused.length > 0) throw refusedFilesError(refused.length, found.files.length);
}

async function write(
  analysis: TradeAnalysis,
  about: AnalysisRequest & {
    readonly notes: readonly string[];
    readonly refused: readonly { readonly path: string; readonly reason: string }[];
  },
  terminal: Terminal,
): Promise<[string, string][]> {
  const folder = about.outputFolder;
  const report = path.join(folder, 'trades.html');
  const summary = path.join(folder, 'trades_summary.csv');
  const plots = path.join(folder, 'plots');
  const page = await terminal.compute(() =>
    renderTradeAnalysis({
      analysis,
      refused: about.refused,
      notes: about.notes,
      command: terminal.commandLine,
      version: packageVersion(),
      createdTime: Date.now(),
    }),
  );
  const summaryCsv = tradeSummaryCsv(analysis);
  await requireReplaceable(
    [
      { name: 'Summary', file: summary, kind: { kind: 'table', header: firstLine(summaryCsv) } },
      { name: 'Report', file: report, kind: { kind: 'report', report: 'Trade analysis' } },
    ],
    about.isForced,
  );
  const drawings = await terminal.compute(() => tradeAnalysisPlots(analysis));
  await writeFileAtomic(summary, summaryCsv);
  for (const { name, content } of drawings) await writeFileAtomic(path.join(plots, name), content);
  await writeFileAtomic(report, page);
  about.onReport?.(report);
  return [
    ['Report', report],
    ['Summary', summary],
    ['Plots', plots],
  ];
}

function logNotes({ logs }: TradeAnalysis): string[] {
  return logs.flatMap((log) => log.notes.map((note) => `${log.path}: ${note}.`));
}

/** Sums over worlds are no result of any of them. */
function worldNotes({ groups, overall }: TradeAnalysis, leftOut: number): string[] {
  const synthetic = groups.world.find(({ key }) => key === 'SYNTHETIC')?.trades ?? 0;
  const worlds = groups.world.map(({ key, trades }) => `${grouped(trades, 0)} ${key}`);
  return [
    ...(leftOut === 0
      ? []
      : [
          `${countText(leftOut, 'SYNTHETIC trade was', 'SYNTHETIC trades were')} left out, because generated candles say nothing about a real market; --include-synthetic includes them.`,
        ]),
    ...(synthetic === 0
      ? []
      : [
          `${grouped(synthetic, 0)} of ${countText(overall.trades, 'trade')} ${synthetic === 1 ? 'is' : 'are'} SYNTHETIC: generated candles say nothing about a real market.`,
        ]),
    ...(worlds.length < 2
      ? []
      : [
          `The trades come from different environments (${worlds.join(', ')}): do not add them up.`,
        ]),
  ];
}

const SECTIONS = [
  ['world', 'By environment'],
  ['strategy', 'By strategy'],
  ['symbol', 'By symbol'],
  ['parameter_set', 'By parameter set'],
  ['side', 'By side'],
  ['exit_reason', 'By exit reason'],
  ['weekday', 'By entry weekday (UTC)'],
] as const;

function summaryText(
  analysis: TradeAnalysis,
  notes: readonly string[],
  written: readonly (readonly [string, string])[],
  palette: Palette,
): string {
  const { groups, overall, logs } = analysis;
  const header = ['', 'trades', 'won %', 'mean %', 'median %', 'net profit', '', 'PF', 'SQN'];
  const rows: string[][] = [header, row({ ...overall, key: 'all' })];
  const titles = new Map<number, string>();
  for (const [dimension, title] of SECTIONS) {
    const all =
      dimension === 'parameter_set' ? withShortKeys(groups[dimension]) : groups[dimension];
    // One group alone repeats the first line.
    if (all.length < 2) continue;
    titles.set(rows.length, title);
    rows.push(...all.slice(0, ROWS_MAX).map(row));
    if (all.length > ROWS_MAX)
      rows.push([`… ${grouped(all.length - ROWS_MAX, 0)} more in the report`]);
  }
  const lines = textTable(rows, 'lrrrrrlrr');
  const body = lines.flatMap((line, k) => {
    const title = titles.get(k);
    return title === undefined ? [line] : ['', palette.bold(title), line];
  });
  const from = new Date(overall.firstEntry).toISOString().slice(0, 10);
  const to = new Date(overall.lastExit).toISOString().slice(0, 10);
  return [
    palette.bold(
      `${countText(overall.trades, 'trade')} of ${countText(logs.length, 'log')}, ${from} to ${to} (UTC)`,
    ),
    ...body,
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `Note: ${note}`)]),
    '',
    ...textTable(written, 'll'),
  ].join('\n');
}

function row(summary: TradeSummary): string[] {
  return [
    summary.key.length > KEY_MAX ? `${summary.key.slice(0, KEY_MAX - 1)}…` : summary.key,
    grouped(summary.trades, 0),
    grouped(summary.winRate, 1),
    grouped(summary.meanReturnPct, 3),
    grouped(summary.medianReturnPct, 3),
    Number.isNaN(summary.netPnl) ? '-' : grouped(summary.netPnl, 2),
    summary.quoteAsset,
    ratio(summary.profitFactor),
    ratio(summary.sqn),
  ];
}

const KEY_MAX = 44;

function ratio(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value === Infinity ? '∞' : grouped(value, 2);
}

/** Leaves out the parameters that all sets of a strategy share: what remains tells them apart. */
function withShortKeys(sets: readonly TradeSummary[]): readonly TradeSummary[] {
  const split = sets.map((set) => {
    const [strategy = '', ...rest] = set.key.split(': ');
    return { set, strategy, words: rest.join(': ').split(' ') };
  });
  return split.map(({ set, strategy, words }) => {
    const siblings = split.filter((other) => other.strategy === strategy);
    const own = words.filter((word) => !siblings.every((other) => other.words.includes(word)));
    const shown = siblings.length > 1 && own.length > 0 ? own : words;
    return { ...set, key: `${shown.join(' ')} (${strategy})` };
  });
}
