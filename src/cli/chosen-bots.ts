import path from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../domain/index.js';
import { type FoundBot, findBots } from '../trader/index.js';
import type { Terminal } from './terminal.js';

/** Which bots a command is about. */
export interface BotFilter {
  readonly stateDir: string;
  readonly environment?: string;
  readonly symbol?: string;
}

/** Adds the options that choose bots. */
export function withBotFilter(command: Command): Command {
  return command
    .option('--state-dir <folder>', 'State folder of the bots', 'state')
    .option('--environment <name>', 'Only this environment: paper, testnet, live, … (default: all)')
    .option('--symbol <symbol>', 'Only this symbol (default: all)');
}

/**
 * Finds the chosen bots.
 *
 * @param filter - Options of the command.
 * @param terminal - Folder of relative paths.
 * @param isRunning - As `findBots` takes it.
 * @throws {UserError} If there is none, with what to do.
 */
export async function chosenBots(
  filter: BotFilter,
  terminal: Terminal,
  isRunning?: Parameters<typeof findBots>[1],
): Promise<readonly FoundBot[]> {
  const folder = path.resolve(terminal.workingFolder, filter.stateDir);
  const all = await findBots(folder, isRunning);
  const symbol = filter.symbol?.toUpperCase();
  const bots = all.filter(
    (bot) =>
      (filter.environment === undefined || environmentOf(bot) === filter.environment) &&
      (symbol === undefined || path.basename(bot.folder).endsWith(`-${symbol}`)),
  );
  if (bots.length > 0) return bots;
  throw new UserError(
    all.length === 0
      ? `No bot has run with state folder ${filter.stateDir}/ yet\nStart one (wus trader --strategy MACross --symbol BTCUSDT --interval 15m), or give --state-dir`
      : `No such bot in ${filter.stateDir}/. Available: ${all.map(nameOf).join(', ')}; check --environment and --symbol`,
  );
}

/** `paper`, `live`, … */
export function environmentOf({ folder }: FoundBot): string {
  return path.basename(path.dirname(folder));
}

/** What names a bot among all. */
export function nameOf(bot: FoundBot): string {
  return `${environmentOf(bot)} ${path.basename(bot.folder)}`;
}
