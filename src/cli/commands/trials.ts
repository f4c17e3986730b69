import path from 'node:path';
import type { Command } from 'commander';
import { shortStrategyName } from '../../analysis/index.js';
import { type LedgerEntry, listLedgers } from '../../optimize/index.js';
import { countText } from '../../util/index.js';
import { createCommand } from '../create-command.js';
import { LEDGER_FOLDER } from '../ledger-folder.js';
import type { Terminal } from '../terminal.js';
import { textTable } from '../text-table.js';

/** `wus trials`: what was ever tried. */
export function trialsCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'trials',
    summary: 'List every trial on record: strategies, symbols, intervals, counts',
    description:
      'Counts every combination of wus optimize, every window of wus walk-forward and every wus backtest of this folder once. Verdicts account for all of them.',
    examples: [
      ['wus trials', 'one line per strategy, symbol, market and interval'],
      ['wus trials --json', 'the same for another program'],
    ],
  });
  return command
    .optionsGroup('Ledger:')
    .option('--ledger <folder>', 'Folder of the trial ledger', LEDGER_FOLDER)
    .optionsGroup('Output:')
    .option('--json', 'Print one JSON object instead of text')
    .optionsGroup('Help:')
    .action((options: { readonly ledger: string; readonly json?: boolean }) => {
      const folder = path.resolve(terminal.workingFolder, options.ledger);
      const entries = listLedgers(folder);
      terminal.print(
        options.json === true
          ? JSON.stringify(trialsJson(options.ledger, entries), null, 2)
          : trialsText(options.ledger, entries),
      );
    });
}

function trialsJson(folder: string, entries: readonly LedgerEntry[]): Record<string, unknown> {
  return {
    ledger: folder,
    trials: total(entries),
    subjects: entries.map((entry) => ({
      strategy: entry.strategy,
      symbol: entry.symbol,
      market: entry.market,
      interval: entry.interval,
      trials: entry.trials,
      trials_with_draws: entry.trialsInLuck,
      runs: entry.runs,
      first_run: entry.firstRun ?? null,
      last_run: entry.lastRun ?? null,
      period_start: entry.periodStart ?? null,
      period_end: entry.periodEnd ?? null,
      draws_readable: entry.isLuckReadable,
    })),
  };
}

function trialsText(folder: string, entries: readonly LedgerEntry[]): string {
  if (entries.length === 0) return `No trials yet: ${folder} contains no ledger.`;
  const header = ['strategy', 'symbol', 'market', 'interval', 'trials', 'runs', 'candles'];
  const rows = entries.map((entry) => [
    shortStrategyName(entry.strategy),
    entry.symbol,
    entry.market,
    entry.interval,
    entry.trials.toLocaleString('en-US'),
    String(entry.runs),
    `${day(entry.periodStart)} to ${day(entry.periodEnd)}`,
  ]);
  const unknown = entries.filter(({ trials, trialsInLuck }) => trialsInLuck < trials);
  return [
    ...textTable([header, ...rows], 'llllrrl'),
    '',
    `${countText(total(entries), 'trial')} in ${folder}, each counted once regardless of period, balance and costs.`,
    ...(unknown.length === 0
      ? []
      : [
          `Of ${countText(
            unknown.reduce((sum, { trials, trialsInLuck }) => sum + trials - trialsInLuck, 0),
            'trial',
          )} only the number is known (older versions or lost files); they count by number alone.`,
        ]),
  ].join('\n');
}

function total(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, { trials }) => sum + trials, 0);
}

function day(time: string | undefined): string {
  return time?.slice(0, 10) ?? '-';
}
