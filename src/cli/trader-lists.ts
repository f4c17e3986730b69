import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { quoteAsset, UsageError, UserError } from '../domain/index.js';
import { addSubcommand } from './create-command.js';
import { printFolded } from './fold-line.js';
import { followLog, readLog } from './follow-log.js';
import { type ListedTrade, listTrades, tradeLines, tradeTotals } from './live-trade-list.js';
import { numberOption } from './option-values.js';
import type { Terminal } from './terminal.js';

interface ListOptions {
  readonly environment?: string;
  readonly symbol?: string;
  readonly last: number;
}

const LEVELS = ['info', 'warning', 'alarm'] as const;
const INDENT = ' '.repeat(16);

/**
 * Adds `trades` and `log` to `wus trader`.
 *
 * @param parent - `wus trader`.
 * @param terminal - Where they print.
 */
export function addTraderLists(parent: Command, terminal: Terminal): void {
  addTrades(parent, terminal);
  addLog(parent, terminal);
}

function addTrades(parent: Command, terminal: Terminal): void {
  withListOptions(
    addSubcommand(parent, terminal, {
      name: 'trades',
      summary: 'List the latest closed trades of the bots and their results',
      examples: [
        ['wus trader trades', 'the latest twenty of all trade logs'],
        ['wus trader trades --environment live --symbol BTCUSDT --last 100', 'of one bot'],
      ],
    }),
    20,
  )
    .option('--trades-dir <folder>', 'Folder of the trade logs', 'results/live_trades')
    .option('--json', 'Print one JSON array')
    .optionsGroup('Help:')
    .action(
      async (options: ListOptions & { readonly tradesDir: string; readonly json?: boolean }) => {
        const folder = path.resolve(terminal.workingFolder, options.tradesDir);
        const { trades, problems } = await listTrades(folder, {
          environment: options.environment,
          symbol: options.symbol?.toUpperCase(),
        });
        for (const problem of problems) terminal.note(problem);
        const newest = trades.slice(-countOf(options.last));
        if (options.json === true) {
          terminal.print(JSON.stringify(newest, null, 2));
          return;
        }
        if (trades.length === 0) {
          throw new UserError(
            `No trades in ${options.tradesDir}: no bot has closed a trade yet; otherwise check --trades-dir, --environment and --symbol`,
          );
        }
        for (const line of tradeLines(newest, terminal.columns))
          printFolded(line, terminal, INDENT);
        for (const line of totalsByQuote(trades)) printFolded(line, terminal, INDENT);
      },
    );
}

function addLog(parent: Command, terminal: Terminal): void {
  withListOptions(
    addSubcommand(parent, terminal, {
      name: 'log',
      summary: 'Show the log of the bots, and follow it',
      examples: [
        ['wus trader log --level warning', 'the latest lines that need attention'],
        ['wus trader log --environment live --symbol BTCUSDT --follow', 'one bot, live'],
      ],
    }),
    50,
  )
    .option('--state-dir <folder>', 'State folder of the bots', 'state')
    .option('--level <level>', `Lowest level: ${LEVELS.join(', ')}`, 'info')
    .option('--grep <text>', 'Only lines that contain this text')
    .option('--follow', 'Print new lines as they arrive, until Ctrl-C')
    .optionsGroup('Help:')
    .action(
      async (
        options: ListOptions & {
          readonly stateDir: string;
          readonly level: string;
          readonly grep?: string;
          readonly follow?: boolean;
        },
      ) => {
        const file = await logFile(options, terminal);
        const isWanted = lineFilter(options);
        const show = (line: string): void => printFolded(line, terminal, INDENT);
        const { lines, position } = await readLog(file, countOf(options.last), isWanted);
        lines.forEach(show);
        if (options.follow === true) await followLog(file, position, isWanted, show, terminal);
      },
    );
}

function withListOptions(command: Command, last: number): Command {
  return command
    .option('--environment <name>', 'Only this environment: paper, testnet, live, … (default: all)')
    .option('--symbol <symbol>', 'Only this symbol (default: all)')
    .option('--last <n>', 'Number of lines, the latest', numberOption('--last'), last);
}

function countOf(last: number): number {
  if (Number.isSafeInteger(last) && last >= 1) return last;
  throw new UsageError(`--last ${last}: it must be an integer from 1 on`);
}

/** Several environments have logs of their own, which cannot be shown as one. */
async function logFile(
  { stateDir, environment }: { readonly stateDir: string; readonly environment?: string },
  terminal: Terminal,
): Promise<string> {
  const folder = path.resolve(terminal.workingFolder, stateDir);
  const names = await readdir(folder).catch(() => []);
  const withLog = names.filter((name) => existsSync(path.join(folder, name, 'trader.log'))).sort();
  const found = withLog.filter((name) => environment === undefined || name === environment);
  const [only, ...others] = found;
  if (only === undefined) {
    const there =
      withLog.length === 0 ? 'no bot has run there yet' : `there are: ${withLog.join(', ')}`;
    throw new UserError(`No log of ${environment ?? 'a trader'} in ${stateDir}/: ${there}`);
  }
  if (others.length > 0) {
    throw new UsageError(`Which one? Give --environment ${found.join(' or ')}`);
  }
  return path.join(folder, only, 'trader.log');
}

function lineFilter({
  symbol,
  level,
  grep,
}: {
  readonly symbol?: string;
  readonly level: string;
  readonly grep?: string;
}): (line: string) => boolean {
  if (!(LEVELS as readonly string[]).includes(level)) {
    throw new UsageError(`--level ${level}: it must be one of ${LEVELS.join(', ')}`);
  }
  const wanted = symbol?.toUpperCase();
  return (line) => {
    const [, name = '', mark = ''] =
      /^\d\d-\d\d \d\d:\d\d:\d\d {2}(?:(\S+) {2})?(?:(WARNING|ALARM) )?/.exec(line) ?? [];
    if (wanted !== undefined && name !== wanted) return false;
    if (level === 'warning' && mark === '') return false;
    if (level === 'alarm' && mark !== 'ALARM') return false;
    return grep === undefined || line.includes(grep);
  };
}

function totalsByQuote(trades: readonly ListedTrade[]): string[] {
  const groups = new Map<string, ListedTrade[]>();
  for (const trade of trades) {
    const key = `${trade.environment}: `;
    const quote = quoteAsset(trade.symbol) ?? 'quote';
    const group = `${key}\n${quote}`;
    groups.set(group, [...(groups.get(group) ?? []), trade]);
  }
  return [...groups].map(([group, own]) => {
    const [environment = '', quote = ''] = group.split('\n');
    return `${environment}${tradeTotals(own)} ${quote}`;
  });
}
