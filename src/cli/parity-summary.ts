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
    palette.bold(`${subject.strategy} on ${subject.symbol}: the bot beside its backtest`),
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
        ['Made by both', String(report.matched), amount(difference), `${quote} difference`],
      ],
      'lrrl',
    ),
    '',
    'Where the difference comes from:',
    ...causeLines(report, quote),
    ...(rows.length === 0 ? [] : ['', ...rowLines(rows.slice(0, ROWS_MAX))]),
    ...(rows.length > ROWS_MAX ? [`... and ${rows.length - ROWS_MAX} more: see --json`] : []),
    ...subject.notes.flatMap((note, i) => (i === 0 ? ['', `Note: ${note}`] : [`Note: ${note}`])),
  ].join('\n');
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
  return lines.length === 0 ? ['  nowhere: both are equal'] : textTable(lines, 'lrll');
}

function rowLines(rows: readonly ParityRow[]): string[] {
  const cells = rows.map((row) => {
    const trade = row.live ?? row.backtest;
    return [
      minute(trade?.entryTime ?? 0),
      trade?.side ?? '',
      row.live === undefined ? '-' : amount(row.live.netPnl),
      row.backtest === undefined ? '-' : amount(row.backtest.netPnl),
      amount(row.difference),
      row.note ?? causesOf(row),
    ];
  });
  return textTable([['entry', 'side', 'bot', 'backtest', 'difference', 'why'], ...cells], 'llrrrl');
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
