import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  analyzeDetails,
  DETAIL_METRICS,
  type DetailMetric,
  type DetailsAnalysis,
  type DetailsTable,
  findFiles,
  idleSettings,
  isTradeLogName,
  knownParameters,
  NOT_SET,
  parameterText,
  type RunRecord,
  readDetailsTable,
  readTradeLogs,
  settingText,
  shortStrategyName,
  sortedQuantile,
  type TradeLog,
  tradeLogName,
} from '../analysis/index.js';
import { csvField, UserError } from '../domain/index.js';
import { writeFileAtomic } from '../files/index.js';
import { findMetric } from '../metrics/index.js';
import {
  ablationSentence,
  detailMetricText,
  detailsPlots,
  type OutOfSample,
  renderDetailsReport,
} from '../report/index.js';
import { countText } from '../util/index.js';
import type { AnalysisRequest } from './analyze-trade-logs.js';
import { readJudgement } from './judgement-file.js';
import { packageVersion } from './package-version.js';
import { createPalette } from './palette.js';
import { plainText } from './plain-text.js';
import { createProgress } from './progress.js';
import { refusedFilesError, warnOfRefused } from './refused-files.js';
import { firstLine, requireReplaceable } from './replaceable-output.js';
import { readRerun } from './rerun-file.js';
import { runAgain } from './run-again.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

/** Which details are analyzed, and how. */
export interface DetailsRequest extends Omit<AnalysisRequest, 'hasSynthetic'> {
  readonly metric: DetailMetric;
  readonly minTrades: number;
  /** Files and folders with out-of-sample trade logs. */
  readonly forward: readonly string[];
}

const DEFAULT_FOLDER = 'results/optimize/details';

/** What the file beside details tells. */
interface DetailsSubject {
  readonly path: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly interval: string;
  /** ms UTC; `NaN` when unknown. */
  readonly start: number;
  readonly end: number;
}

/**
 * Analyzes optimization details: one report, CSV and plots per file.
 *
 * @param request - Which files, which metric.
 * @param terminal - For results and progress.
 * @throws {UserError} If nothing can be analyzed; or at the end, if some files could not be read.
 */
export async function analyzeDetailsFiles(
  request: DetailsRequest,
  terminal: Terminal,
): Promise<void> {
  const names = request.names.length === 0 ? [DEFAULT_FOLDER] : request.names;
  const found = findFiles(names, (file) => file.endsWith('.csv'));
  if (found.files.length === 0 && found.refused.length === 0) {
    throw new UserError(
      `No optimization details in ${names.join(', ')}: create them with "wus optimize … --save-details"`,
    );
  }
  const refused = [...found.refused];
  const subjects = found.files.map(detailsSubject);
  const { logs } = await terminal.compute(() =>
    readTradeLogs({ ...findFiles(request.forward, isTradeLogName), refused: [] }, undefined),
  );
  for (const subject of subjects) {
    try {
      const { analysis, tests } = await terminal.compute(() => {
        const table = readWithProgress(subject.path, terminal);
        const found = analyzeDetails(table, request);
        const isEmpty = found.bestRow === -1;
        return {
          analysis: found,
          tests: isEmpty
            ? []
            : [
                ...logTests(found, subject, logs),
                ...siblingTests(found, subject, subjects, terminal),
              ],
        };
      });
      await finish(analysis, { subject, tests, request }, terminal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push({ path: subject.path, reason: error.message });
    }
  }
  warnOfRefused(refused, terminal);
  if (refused.length > 0) throw refusedFilesError(refused.length, found.files.length);
}

function readWithProgress(file: string, terminal: Terminal): DetailsTable {
  const progress = createProgress(terminal, 'Reading details');
  try {
    return readDetailsTable(file, (done, total) =>
      progress.update(done, total, path.basename(file)),
    );
  } finally {
    progress.end();
  }
}

function detailsSubject(file: string): DetailsSubject {
  let settings: Record<string, unknown> = {};
  try {
    const identity = JSON.parse(readFileSync(`${file}.identity.json`, 'utf8')) as {
      settings?: Record<string, unknown>;
    };
    settings = identity.settings ?? {};
  } catch {
    // Details without the file beside them can still be looked at; only their origin is unknown.
  }
  const text = (name: string): string => (typeof settings[name] === 'string' ? settings[name] : '');
  return {
    path: file,
    strategy: text('strategy'),
    symbol: text('symbol'),
    interval: text('interval'),
    start: Date.parse(text('period_start')),
    end: Date.parse(text('period_end')),
  };
}

/** Forward tests (or other runs) of the same strategy on the same instrument. */
function logTests(
  analysis: DetailsAnalysis,
  subject: DetailsSubject,
  logs: readonly TradeLog[],
): OutOfSample[] {
  return logs.flatMap((log): OutOfSample[] => {
    const [first] = log.trades;
    const name = tradeLogName(log.path);
    if (first === undefined || subject.strategy === '') return [];
    if (first.strategy !== subject.strategy || first.symbol !== subject.symbol) return [];
    if (name !== undefined && name.interval !== subject.interval) return [];
    const start = log.record?.span?.start ?? least(log.trades.map((t) => t.entryTime));
    const end = log.record?.span?.end ?? -least(log.trades.map((t) => -t.exitTime));
    // A run on the optimizer's own candles is no other sample.
    if (start >= subject.start && end <= subject.end) return [];
    const { record } = log;
    const known =
      record === undefined
        ? -1
        : rowOf(analysis.table, effectiveSettings(record, subject.strategy));
    const row = known === -1 ? analysis.bestRow : known;
    const measured = outOfSampleMetrics(log);
    return [
      {
        source: log.path,
        period: `${day(start)} to ${day(end)} (UTC)`,
        overlaps: start < subject.end && end > subject.start,
        isSameParameters: known !== -1,
        rows: DETAIL_METRICS.filter((metric) => measured[metric] !== undefined).map((metric) => ({
          metric,
          inSample: analysis.table.metrics.get(metric)![row]!,
          outOfSample: measured[metric]!,
        })),
      },
    ];
  });
}

/** A spread of 100,000 arguments would overflow the stack. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function outOfSampleMetrics(log: TradeLog): Partial<Record<DetailMetric, number>> {
  const { record, trades } = log;
  if (record !== undefined && Object.keys(record.metrics).length > 0) {
    return Object.fromEntries(
      DETAIL_METRICS.map((name) => [name, record.metrics[findMetric(name)!.key]]),
    );
  }
  const won = trades.filter((trade) => trade.netPnl > 0).reduce((sum, t) => sum + t.netPnl, 0);
  const all = trades.reduce((sum, trade) => sum + trade.netPnl, 0);
  return {
    cumulative_profit: all,
    profit_factor: won === all ? Infinity : won / (won - all),
    win_rate: (100 * trades.filter((trade) => trade.netPnl > 0).length) / trades.length,
    total_trades: trades.length,
  };
}

/** The row whose cells are all those of some settings, as far as these are known; -1 for none. */
function rowOf(table: DetailsTable, settings: RunRecord['settings']): number {
  const named = table.parameters
    .filter(({ name }) => settings[name] !== undefined)
    .map(({ name, levels, codes }) => ({
      codes,
      wanted: levels.indexOf(cellText(settings[name])),
    }));
  if (named.length === 0 || named.some(({ wanted }) => wanted < 0)) return -1;
  for (let row = 0; row < table.rows; row++) {
    if (named.every(({ codes, wanted }) => codes[row] === wanted)) return row;
  }
  return -1;
}

/** A run's settings with `null` where a switch that is off leaves one without effect. */
function effectiveSettings(record: RunRecord, strategyName: string): RunRecord['settings'] {
  const settings = { ...record.settings, ...record.parameters };
  const idle = idleSettings(settings, knownParameters(strategyName));
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, idle.has(name) ? null : value]),
  );
}

function cellText(value: RunRecord['settings'][string] | undefined): string {
  return value === undefined || value === null || value === '' ? '' : settingText(value);
}

/** The best trial in the details of the same strategy and instrument over another period. */
function siblingTests(
  analysis: DetailsAnalysis,
  subject: DetailsSubject,
  subjects: readonly DetailsSubject[],
  terminal: Terminal,
): OutOfSample[] {
  const { table, bestRow } = analysis;
  const siblings = subjects.filter(
    (other) =>
      other !== subject &&
      other.strategy !== '' &&
      other.strategy === subject.strategy &&
      other.symbol === subject.symbol &&
      other.interval === subject.interval &&
      (other.start !== subject.start || other.end !== subject.end),
  );
  return siblings.flatMap((other): OutOfSample[] => {
    const others = readWithProgress(other.path, terminal);
    const best = table.parameters.map(
      ({ name, levels, codes }) => [name, levels[codes[bestRow]!]!] as const,
    );
    const row = rowOf(others, Object.fromEntries(best));
    if (row === -1) return [];
    return [
      {
        source: other.path,
        period: `${day(other.start)} to ${day(other.end)} (UTC)`,
        overlaps: other.start < subject.end && other.end > subject.start,
        isSameParameters: true,
        rows: DETAIL_METRICS.map((metric) => ({
          metric,
          inSample: table.metrics.get(metric)![bestRow]!,
          outOfSample: others.metrics.get(metric)![row]!,
        })),
      },
    ];
  });
}

async function finish(
  analysis: DetailsAnalysis,
  about: {
    readonly subject: DetailsSubject;
    readonly tests: readonly OutOfSample[];
    readonly request: DetailsRequest;
  },
  terminal: Terminal,
): Promise<void> {
  const { subject, tests, request } = about;
  const stem = path.basename(subject.path, '.csv');
  const folder = request.outputFolder;
  const title =
    subject.strategy === ''
      ? stem
      : `${shortStrategyName(subject.strategy)} on ${subject.symbol} ${subject.interval}`;
  const period = Number.isNaN(subject.start)
    ? ''
    : `${day(subject.start)} to ${day(subject.end)} (UTC)`;
  const judgement = readJudgement(subject.path);
  const rerun = readRerun(subject.path);
  const report = path.join(folder, `${stem}.html`);
  const slices = path.join(folder, `${stem}_slices.csv`);
  const filters = path.join(folder, `${stem}_filters.csv`);
  const page = await terminal.compute(() =>
    renderDetailsReport({
      analysis,
      title,
      period,
      outOfSample: tests,
      isSynthetic: subject.symbol.startsWith('SYNTHETIC'),
      judgement,
      runAgain: rerun === undefined ? undefined : runAgain(analysis.table, rerun),
      command: terminal.commandLine,
      version: packageVersion(),
      createdTime: Date.now(),
    }),
  );
  const plots = await terminal.compute(() => detailsPlots(analysis));
  const tables = [
    { name: 'Slices', file: slices, csv: slicesCsv(analysis) },
    { name: 'Filters', file: filters, csv: filtersCsv(analysis) },
  ];
  await requireReplaceable(
    [
      ...tables.map(({ name, file, csv }) => ({
        name,
        file,
        kind: { kind: 'table', header: firstLine(csv) } as const,
      })),
      {
        name: 'Report',
        file: report,
        kind: { kind: 'report', report: 'Optimization details' },
      },
    ],
    request.isForced,
  );
  for (const { file, csv } of tables) await writeFileAtomic(file, csv);
  for (const { name, content } of plots)
    await writeFileAtomic(path.join(folder, 'plots', `${stem}_${name}`), content);
  await writeFileAtomic(report, page);
  request.onReport?.(report);
  terminal.print(
    [
      createPalette(terminal.hasColors).bold([title, period].filter(Boolean).join(', ')),
      ...summaryLines(analysis, tests),
      ...(judgement === undefined ? [] : ['', judgement.sentence]),
      '',
      ...textTable(
        [
          ['Report', report],
          ['Slices', slices],
          ['Filters', filters],
          ['Plots', path.join(folder, 'plots')],
        ],
        'll',
      ),
      '',
    ].join('\n'),
  );
}

function summaryLines(analysis: DetailsAnalysis, tests: readonly OutOfSample[]): string[] {
  const { table, question, bestRow, counted, distribution, slices, ablations } = analysis;
  const label = findMetric(question.metric)?.label ?? question.metric;
  const head = `${countText(table.rows, 'trial')}, ${counted.toLocaleString('en-US')} with at least ${countText(question.minTrades, 'trade')}`;
  const notes = table.notes.map((note) => `Note: ${note}.`);
  if (bestRow === -1) return [head, ...notes];
  const text = (value: number): string => plainText(detailMetricText(value, question.metric));
  const best = table.parameters.map(({ name, levels, codes }): [string, string | null] => [
    name,
    levels[codes[bestRow]!] || null,
  ]);
  return [
    head,
    `${label}: best ${text(distribution.at(question.metric === 'max_drawdown' ? 0 : -1)!)}, median ${text(sortedQuantile(distribution, 0.5))}`,
    `Best: ${parameterText(Object.fromEntries(best))}`,
    '',
    ...textTable(
      [
        ['parameter', 'explains', 'best value (median)', label],
        ...slices.map((slice) => {
          const sign = question.metric === 'max_drawdown' ? -1 : 1;
          const top = slice.levels.reduce((a, b) => (sign * b.median > sign * a.median ? b : a));
          return [
            slice.parameter,
            `${(100 * slice.explained).toFixed(1)} %`,
            top.level || NOT_SET,
            text(top.median),
          ];
        }),
      ],
      'lrlr',
    ),
    '',
    ...ablations.map(({ filter, overall }) =>
      overall === undefined
        ? `${filter}: no two trials differ only in this filter`
        : `${filter}: ${plainText(ablationSentence(overall, question.metric))}`,
    ),
    ...tests.map((test) => {
      const row = test.rows.find(({ metric }) => metric === question.metric) ?? test.rows[0];
      if (row === undefined) return `Out-of-sample: ${test.source}`;
      const shown = (value: number): string =>
        plainText(detailMetricText(value, row.metric as DetailMetric));
      return `Out-of-sample (${test.period}${test.overlaps ? ', OVERLAPS' : ''}): ${findMetric(row.metric)?.label ?? row.metric} ${shown(row.inSample)} in-sample, ${shown(row.outOfSample)} out-of-sample`;
    }),
    ...notes,
  ];
}

function slicesCsv({ slices, question }: DetailsAnalysis): string {
  const header = 'metric,parameter,explained,value,trials,best,p5,p25,median,p75,p95';
  const lines = slices.flatMap(({ parameter, explained, levels }) =>
    levels.map((level) =>
      [
        question.metric,
        parameter,
        explained,
        level.level,
        level.trials,
        level.best,
        level.p5,
        level.p25,
        level.median,
        level.p75,
        level.p95,
      ]
        .map(csvField)
        .join(','),
    ),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

function filtersCsv({ ablations, question }: DetailsAnalysis): string {
  const header =
    'metric,filter,setting,pairs,raised_share,p25,median,p75,mean,cumulative_profit_median,max_drawdown_median,total_trades_median';
  const lines = ablations.flatMap(({ filter, overall, settings }) =>
    [...(overall === undefined ? [] : [overall]), ...settings].map((row) =>
      [
        question.metric,
        filter,
        row.setting,
        row.pairs,
        row.raisedShare,
        row.p25,
        row.median,
        row.p75,
        row.mean,
        row.profit,
        row.maxDrawdown,
        row.trades,
      ]
        .map(csvField)
        .join(','),
    ),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

function day(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : 'unknown';
}
