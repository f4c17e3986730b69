import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../domain/index.js';
import { BOT_COMMANDS, type FoundBot, leaveCommand } from '../trader/index.js';
import { type BotFilter, chosenBots, nameOf, withBotFilter } from './chosen-bots.js';
import { addSubcommand } from './create-command.js';
import { foldLine, printFolded } from './fold-line.js';
import type { Terminal } from './terminal.js';
import { addTraderAdopt } from './trader-adopt.js';
import { addTestAlert } from './trader-alerts.js';
import { addTraderLists } from './trader-lists.js';
import { statusLines } from './trader-status.js';
import { watchStatus } from './watch-status.js';

/** What a running trader may take to obey; it looks four times a second. */
const OBEY_MS = 3_000;
const POLL_MS = 50;

const OUTLINES = {
  halt: {
    summary: 'Block new entries; open positions keep their stops and exit signals',
    example: 'every running bot in state/',
  },
  resume: {
    summary: 'Resume trading, and accept the state of the exchange after a mismatch',
    example: 'after a halt, a flatten or a MISMATCH',
  },
  flatten: {
    summary: 'Close open positions at market now, and block new entries',
    example: 'the kill switch: positions are closed, bots are halted',
  },
} as const;

/**
 * Adds the subcommands that look at running bots, and those that tell them something, to `wus trader`.
 *
 * @param parent - `wus trader`.
 * @param terminal - Where they print.
 */
export function addTraderControl(parent: Command, terminal: Terminal): void {
  addStatus(parent, terminal);
  for (const name of BOT_COMMANDS) {
    const { summary, example } = OUTLINES[name];
    const command = addSubcommand(parent, terminal, {
      name,
      summary,
      description:
        'Writes a file to the state folder of each running bot. Bots that are not running execute the command at their next start, before they trade.',
      examples: [
        [`wus trader ${name}`, example],
        [`wus trader ${name} --environment live --symbol BTCUSDT`, 'one bot'],
      ],
    });
    withBotFilter(command)
      .optionsGroup('Help:')
      .action(async (options: BotFilter) => {
        const bots = await chosenBots(options, terminal);
        const running = bots.filter(({ isRunning }) => isRunning);
        const told = running.length > 0 ? running : bots;
        const results = await Promise.all(told.map((bot) => tell(bot, name)));
        for (const { text } of results) printFolded(text, terminal, '  ');
        if (results.some(({ isObeyed }) => !isObeyed)) process.exitCode = 1;
      });
  }
  addTraderLists(parent, terminal);
  addTraderAdopt(parent, terminal);
  addTestAlert(parent, terminal);
  parent.usage(
    '[options]\n       wus trader <status|halt|resume|flatten|trades|log|adopt|test-alert> [options]',
  );
}

function addStatus(parent: Command, terminal: Terminal): void {
  const status = addSubcommand(parent, terminal, {
    name: 'status',
    summary: 'Show the status of the bots',
    examples: [
      ['wus trader status', 'every bot in state/'],
      ['wus trader status --watch', 'the same with the latest trades, refreshed every second'],
      ['wus trader status --environment live --json', 'for another program'],
    ],
  });
  withBotFilter(status)
    .option('--trades-dir <folder>', 'Folder of the trade logs for --watch', 'results/live_trades')
    .option('--watch', 'Refresh until Ctrl-C; without a terminal, print each change')
    .option('--json', 'Print one JSON array')
    .optionsGroup('Help:')
    .action(async (options: StatusOptions) => {
      if (options.watch === true && options.json === true)
        throw new UsageError('--watch and --json cannot be combined: omit one');
      if (options.watch === true) {
        const tradesFolder = path.resolve(terminal.workingFolder, options.tradesDir);
        await watchStatus({ ...options, tradesFolder }, terminal);
        return;
      }
      const bots = await chosenBots(options, terminal);
      if (options.json === true) {
        const all = bots.map(({ status: last, isRunning }) => ({ isRunning, ...last }));
        terminal.print(JSON.stringify(all, null, 2));
        return;
      }
      const lines = bots.flatMap((bot) => statusLines(bot, Date.now()));
      for (const line of lines)
        for (const part of foldLine(line, terminal.columns, '    ')) terminal.print(part);
    });
}

interface StatusOptions extends BotFilter {
  readonly tradesDir: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

async function tell(
  bot: FoundBot,
  command: (typeof BOT_COMMANDS)[number],
): Promise<{ readonly text: string; readonly isObeyed: boolean }> {
  const name = nameOf(bot);
  const file = await leaveCommand(bot.folder, command, Date.now());
  if (!bot.isRunning) {
    return {
      text: `${name}: not running; it executes ${command} at its next start`,
      isObeyed: true,
    };
  }
  for (let waitedMs = 0; waitedMs < OBEY_MS; waitedMs += POLL_MS) {
    if (!existsSync(file)) return { text: `${name}: ${command} was accepted`, isObeyed: true };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return {
    text: `${name}: the trader has NOT accepted ${command} within ${OBEY_MS / 1_000} s. The command waits in ${file}; act on the exchange directly if it is urgent`,
    isObeyed: false,
  };
}
