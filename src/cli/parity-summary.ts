import { quoteAsset } from '../domain/index.js';
import { PARITY_CAUSES, type ParityReport, type ParityRow } from '../live/index.js';
import { grouped } from './metric-display.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';

/** Rows shown in the terminal; all of them are in `--json`. */
const ROWS_MAX = 40;
const AMOUNT_PLACES = 4;
/** Smaller amounts are not named as causes. */
const NEGLIGIBLE = 0.00005;

/** What the summary is about. */
export interface ParitySubject {
  readonly symbol: string;
  readonly strategy: string;
  /** Instants, ms UTC. */
  readonly startTime: number;
  readonly endTime: number;
  readonly notes: readonly string[];
}

/**
 * Returns the comparison of a session with its backtest as text.
 *
 * @param report - Rows and totals.
 * @param subject - Of which bot and time.
 * @param palette - Colours; plain on a pipe.
 */
export function paritySummary(
  report: ParityReport,
  subject: ParitySubject,
  palette: Palette,
): string {
  const quote = quoteAsset(subject.symbol);
  const difference = report.liveNetPnl - report.backtestNetPnl;
  const { rows } = report;
  return [
    palette.bold(`${subject.strategy} on ${subject.symbol}: bot against backtest`),
    `${minute(subject.startTime)} to ${minute(subject.endTime)} UTC`,
    '',
    ...textTable(
      [
        ['Trades of the bot', String(report.liveTrades), amount(report.liveNetPnl), quote],
        [
          'Trades of the backtest',
          String(report.backtestTrades),
          amount(report.backtestNetPnl),
          quote,
        ],
        ['In both', String(report.matched), '', ''],
        ['Difference', '', amount(difference), quote],
      ],
      'lrrl',
    ),
    '',
    'Where the difference comes from:',
    ...causeLines(report, quote),
    '',
    verdict(report, quote, palette),
    ...(rows.length === 0 ? [] : ['', ...rowLines(shownOf(rows))]),
    ...(rows.length > ROWS_MAX ? [`... and ${rows.length - ROWS_MAX} more: see --json`] : []),
    ...subject.notes.flatMap((note, i) => (i === 0 ? ['', `Note: ${note}`] : [`Note: ${note}`])),
  ].join('\n');
}

function verdict({ unexplainedRows, totals }: ParityReport, quote: string, palette: Palette) {
  if (unexplainedRows === 0) return 'Every difference is explained.';
  const rows = unexplainedRows === 1 ? '1 row is' : `${unexplainedRows} rows are`;
  return palette.bold(
    `${rows} not explained by the records: ${amount(totals.unexplained)} ${quote} in total`,
  );
}

function causeLines({ totals, rows }: ParityReport, quote: string): string[] {
  const lines = PARITY_CAUSES.filter((cause) => Math.abs(totals[cause]) >= NEGLIGIBLE).map(
    (cause) => {
      const count = rows.filter(
        ({ amounts }) => Math.abs(amounts[cause] ?? 0) >= NEGLIGIBLE,
      ).length;
      return [
        `  ${cause}`,
        amount(totals[cause]),
        quote,
        `${count} trade${count === 1 ? '' : 's'}`,
      ];
    },
  );
  return lines.length === 0 ? ['  no difference: both are equal'] : textTable(lines, 'lrll');
}

/** As many as are shown, in their order; those that are not explained before all others. */
function shownOf(rows: readonly ParityRow[]): readonly ParityRow[] {
  if (rows.length <= ROWS_MAX) return rows;
  const open = rows.filter(({ unexplained }) => unexplained.length > 0);
  const rest = rows.filter(({ unexplained }) => unexplained.length === 0);
  const shown = new Set([...open, ...rest].slice(0, ROWS_MAX));
  return rows.filter((row) => shown.has(row));
}

function rowLines(rows: readonly ParityRow[]): string[] {
  const cells = rows.map((row) => {
    const trade = row.live ?? row.backtest;
    return [
      trade === undefined ? 'the whole log' : minute(trade.entryTime),
      trade?.side ?? '',
      row.live === undefined ? '-' : amount(row.live.netPnl),
      row.backtest === undefined ? '-' : amount(row.backtest.netPnl),
      amount(row.difference),
      whyOf(row),
    ];
  });
  return textTable([['entry', 'side', 'bot', 'backtest', 'difference', 'why'], ...cells], 'llrrrl');
}

/** What is not explained first, then the evidence, else the causes. */
function whyOf(row: ParityRow): string {
  const texts = [...row.unexplained.map((text) => `UNEXPLAINED: ${text}`), ...row.evidence];
  return texts.length === 0 ? causesOf(row) : texts.join('; ');
}

function causesOf({ amounts }: ParityRow): string {
  return PARITY_CAUSES.filter((cause) => Math.abs(amounts[cause] ?? 0) >= NEGLIGIBLE)
    .sort((a, b) => Math.abs(amounts[b] ?? 0) - Math.abs(amounts[a] ?? 0))
    .map((cause) => `${cause} ${amount(amounts[cause] ?? 0)}`)
    .join(', ');
}

function amount(value: number): string {
  return grouped(value, AMOUNT_PLACES);
}

function minute(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
