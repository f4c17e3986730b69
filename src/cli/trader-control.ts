import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../domain/index.js';
import {
  BOT_COMMANDS,
  type FoundBot,
  findBots,
  leaveCommand,
  statusText,
  unprotectedText,
} from '../trader/index.js';
import { addSubcommand } from './create-command.js';
import type { Terminal } from './terminal.js';
import { addTestAlert } from './trader-alerts.js';

/** What a running trader may take to obey; it looks four times a second. */
const OBEY_MS = 3_000;
const POLL_MS = 50;
/** A status older than this is said to be old. */
const OLD_MS = 30_000;

const OUTLINES = {
  halt: {
    summary: 'Enter nothing more; open positions keep their stop and their exit signals',
    example: 'every running bot below state/',
  },
  resume: {
    summary: 'Trade again, and take what did not agree with the exchange as it is',
    example: 'after a halt, a flatten or a MISMATCH',
  },
  flatten: {
    summary: 'Close open positions at market, now, and enter nothing more',
    example: 'the kill switch: positions are closed, bots are halted',
  },
} as const;

/**
 * Adds `status`, `halt`, `resume` and `flatten` to `wus trader`.
 *
 * @param parent - `wus trader`.
 * @param terminal - Where they print.
 */
export function addTraderControl(parent: Command, terminal: Terminal): void {
  const status = addSubcommand(parent, terminal, {
    name: 'status',
    summary: 'Show how the bots stand',
    examples: [
      ['wus trader status', 'every bot below state/'],
      ['wus trader status --environment live --json', 'for another program'],
    ],
  });
  withFilters(status)
    .option('--json', 'Print one JSON array')
    .action(async (options: Filters & { readonly json?: boolean }) => {
      const bots = await chosenBots(options, terminal);
      terminal.print(
        options.json === true
          ? JSON.stringify(
              bots.map(({ status: last, isRunning }) => ({ isRunning, ...last })),
              null,
              2,
            )
          : bots.map(statusLine).join('\n'),
      );
    });
  for (const name of BOT_COMMANDS) {
    const { summary, example } = OUTLINES[name];
    const command = addSubcommand(parent, terminal, {
      name,
      summary,
      description:
        'It is a file in the state folder of each running bot; where none runs the bots obey at their next start, before they trade.',
      examples: [
        [`wus trader ${name}`, example],
        [`wus trader ${name} --environment live --symbol BTCUSDT`, 'one bot'],
      ],
    });
    withFilters(command).action(async (options: Filters) => {
      const bots = await chosenBots(options, terminal);
      const running = bots.filter(({ isRunning }) => isRunning);
      const told = running.length > 0 ? running : bots;
      const results = await Promise.all(told.map((bot) => tell(bot, name)));
      terminal.print(results.map(({ text }) => text).join('\n'));
      if (results.some(({ isObeyed }) => !isObeyed)) process.exitCode = 1;
    });
  }
  addTestAlert(parent, terminal);
  parent.usage('[options]\n       wus trader <status|halt|resume|flatten|test-alert> [options]');
}

interface Filters {
  readonly stateDir: string;
  readonly environment?: string;
  readonly symbol?: string;
}

function withFilters(command: Command): Command {
  return command
    .option('--state-dir <folder>', 'Where the bots keep their state', 'state')
    .option('--environment <name>', 'Only these: paper, testnet, live, … (default: all)')
    .option('--symbol <symbol>', 'Only this one (default: all)')
    .optionsGroup('Help:');
}

async function chosenBots(options: Filters, terminal: Terminal): Promise<readonly FoundBot[]> {
  const folder = path.resolve(terminal.workingFolder, options.stateDir);
  const symbol = options.symbol?.toUpperCase();
  const bots = (await findBots(folder)).filter(
    (bot) =>
      (options.environment === undefined || environmentOf(bot) === options.environment) &&
      (symbol === undefined || path.basename(bot.folder).endsWith(`-${symbol}`)),
  );
  if (bots.length > 0) return bots;
  throw new UserError(
    `No such bot below ${options.stateDir}: check --state-dir, --environment and --symbol`,
  );
}

function environmentOf({ folder }: FoundBot): string {
  return path.basename(path.dirname(folder));
}

function nameOf(bot: FoundBot): string {
  return `${environmentOf(bot)} ${path.basename(bot.folder)}`;
}

function statusLine(bot: FoundBot): string {
  const { status, isRunning } = bot;
  const run = isRunning ? 'running' : 'NOT RUNNING';
  if (status === undefined) return `${nameOf(bot)}  ${run}, it has not said how it stands yet`;
  const ageMs = Date.now() - status.writtenTime;
  const age = isRunning && ageMs > OLD_MS ? `, silent for ${Math.round(ageMs / 1_000)} s` : '';
  const then = isRunning
    ? ''
    : `, last seen ${new Date(status.writtenTime).toISOString().slice(0, 19)}Z`;
  const parts = [
    nameOf(bot),
    `${run}${age}${then}`,
    `${status.strategy} ${status.interval}`,
    statusText(status.view),
    unprotectedText(status.view),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

async function tell(
  bot: FoundBot,
  command: (typeof BOT_COMMANDS)[number],
): Promise<{ readonly text: string; readonly isObeyed: boolean }> {
  const name = nameOf(bot);
  const file = await leaveCommand(bot.folder, command, Date.now());
  if (!bot.isRunning) {
    return {
      text: `${name}: no trader runs; it obeys ${command} at its next start`,
      isObeyed: true,
    };
  }
  for (let waitedMs = 0; waitedMs < OBEY_MS; waitedMs += POLL_MS) {
    if (!existsSync(file)) return { text: `${name}: ${command} was taken`, isObeyed: true };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return {
    text: `${name}: the trader has NOT taken ${command} within ${OBEY_MS / 1_000} s. It waits in ${file}; act on the exchange if it matters now`,
    isObeyed: false,
  };
}
