import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Command } from 'commander';
import { type Comparison, compareResults, readResults } from '../../analysis/index.js';
import { UsageError } from '../../domain/index.js';
import { writeFileAtomic } from '../../files/index.js';
import { METRICS } from '../../metrics/index.js';
import { renderCompareReport, reportSubject } from '../../report/index.js';
import { createCommand } from '../create-command.js';
import { displayMetric, grouped } from '../metric-display.js';
import { openReport } from '../open-report.js';
import { requireOwnOutputs } from '../output-paths.js';
import { packageVersion } from '../package-version.js';
import { createPalette } from '../palette.js';
import { headOf, requireReplaceable } from '../replaceable-output.js';
import type { Palette, Terminal } from '../terminal.js';
import { textTable } from '../text-table.js';

/** More results do not fit side by side. */
const RESULTS_MAX = 8;
const CELL_MAX = 28;
const DEFAULT_REPORT = 'results/analysis/compare.html';
const REPORTS_MAX = 1_000;

/** `wus compare`: results side by side. */
export function compareCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'compare',
    summary: 'Compare results side by side: settings, metrics, equity, trades',
    description:
      'A result is a trade log (.csv) with its run record (.run.json), as backtest --trades-file, forward-test and walk-forward write it, or the --json output of these commands. Both kinds can be combined.',
    examples: [
      ['wus compare results/a_trades.csv results/b_trades.csv', 'two backtests with their trades'],
      [
        'wus compare backtest_trades.csv results/forward_test/trades/MovingAverageCrossoverStrategy_BTCUSDT_1h_2023-01-01_2024-01-01_trades.csv',
        'a backtest and a forward test',
      ],
      [
        'wus compare before.json after.json --report compare.html',
        'two JSON outputs, with a named report',
      ],
    ],
  })
    .usage('[options] <result> <result> [result...]')
    .argument('<results...>', `Two to ${RESULTS_MAX} results: .json or .csv`)
    .option(
      '--report <file>',
      `HTML report (default: ${DEFAULT_REPORT}; other sets of results go to compare_2.html, …)`,
    )
    .option('--force', 'Overwrite a file that is not an earlier report')
    .option('--open', 'Open the report in the browser (in a terminal only)')
    .action(
      async (files: string[], options: { report?: string; force?: boolean; open?: boolean }) => {
        if (files.length < 2 || files.length > RESULTS_MAX) {
          throw new UsageError(
            `compare takes two to ${RESULTS_MAX} results, but ${files.length} ${files.length === 1 ? 'is' : 'are'} given`,
          );
        }
        const subject = subjectOf(files);
        const report = options.report ?? (await freeReport(subject));
        await requireOwnOutputs(
          files.map((file) => ({ name: 'a result to compare', file })),
          [{ name: '--report', file: report }],
        );
        await requireReplaceable(
          [{ name: '--report', file: report, kind: { kind: 'report', report: 'Comparison' } }],
          options.force === true,
        );
        const comparison = await terminal.compute(() => compareResults(readResults(files)));
        const page = await terminal.compute(() =>
          renderCompareReport({
            comparison,
            subject,
            command: terminal.commandLine,
            version: packageVersion(),
            createdTime: Date.now(),
          }),
        );
        await writeFileAtomic(report, page);
        terminal.print(comparisonText(comparison, createPalette(terminal.hasColors)));
        terminal.print(`\nReport  ${report}`);
        if (options.open === true) await openReport(report, terminal);
      },
    );
}

/** The same files in the same order are the same comparison. */
function subjectOf(files: readonly string[]): string {
  const paths = files.map((file) => path.resolve(file));
  return createHash('sha256').update(paths.join('\n')).digest('hex').slice(0, 16);
}

/** The first of `compare.html`, `compare_2.html`, … that is not there yet, or holds an earlier report of the same results. */
async function freeReport(subject: string): Promise<string> {
  for (let number = 1; number <= REPORTS_MAX; number++) {
    const file = number === 1 ? DEFAULT_REPORT : DEFAULT_REPORT.replace('.html', `_${number}.html`);
    const head = await headOf(file);
    if (head === '' || reportSubject(head) === subject) return file;
  }
  throw new UsageError(
    `${path.dirname(DEFAULT_REPORT)} has ${REPORTS_MAX} comparisons already: name a file with --report, or delete some`,
  );
}

function comparisonText(comparison: Comparison, palette: Palette): string {
  const { results, settings, metrics, trades } = comparison;
  const names = shortNames(results.map(({ name }) => name));
  const settingRows = settings.map(({ name, values }) => [
    cut(name),
    ...values.map((value) => cut(value ?? 'unknown')),
  ]);
  const metricRows = metrics.map(({ key, values, best }) => {
    const { label, unit } = METRICS.find((metric) => metric.key === key)!;
    const cells = values.map((value, k) => {
      if (Number.isNaN(value)) return 'unknown';
      const shown = displayMetric(value, unit, '');
      return `${shown.value}${shown.unit === '' ? '' : ` ${shown.unit}`}${best === k ? ' *' : '  '}`;
    });
    return [label, ...cells];
  });
  // Metrics end in a mark or two blanks: the other lines line up with them.
  const plain = [['', ...names], ...settingRows].map(([name = '', ...cells]) => [
    name,
    ...cells.map((cell) => `${cell}  `),
  ]);
  const rows = [...plain, ...metricRows];
  const lines = textTable(rows, `l${'r'.repeat(names.length)}`);
  const [head = '', ...rest] = lines;
  return [
    head,
    palette.bold(
      settings.length === 0 ? 'Settings: all known settings are equal' : 'Settings that differ',
    ),
    ...rest.slice(0, settingRows.length),
    palette.bold('Metrics (* is better)'),
    ...rest.slice(settingRows.length),
    ...trades.flatMap(({ first, second, same, onlyFirst, onlySecond, otherExit }) => [
      palette.bold(`Trades of ${names[first]} and ${names[second]}`),
      `${grouped(same, 0)} identical, ${grouped(onlyFirst.length, 0)} only in ${names[first]}, ${grouped(onlySecond.length, 0)} only in ${names[second]}, ${grouped(otherExit.length, 0)} with the same entry and a different exit`,
    ]),
    ...results.flatMap(({ name, notes }) => notes.map((note) => `Note: ${name}: ${note}.`)),
  ].join('\n');
}

/** Names that are the same when they are cut off are numbered. */
function shortNames(names: readonly string[]): string[] {
  const short = names.map(cut);
  if (new Set(short).size === new Set(names).size) return short;
  const kept = CELL_MAX - 5;
  return names.map((name, k) => `${k + 1}: …${name.slice(-kept)}`);
}

function cut(text: string): string {
  return text.length > CELL_MAX ? `${text.slice(0, CELL_MAX - 1)}…` : text;
}
