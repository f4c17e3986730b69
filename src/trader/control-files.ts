import { existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileError, isLivingLock } from '../files/index.js';
import type { BotCommand, BotView } from '../live/index.js';

/** What a person may tell a running bot. */
export const BOT_COMMANDS = ['halt', 'resume', 'flatten'] as const;

/** How a bot stood when it last said so. */
export interface BotStatus {
  /** Of the exchange, ms UTC. */
  readonly time: number;
  /** Of this machine, ms UTC. */
  readonly writtenTime: number;
  readonly pid: number;
  /** `paper`, `testnet`, `live`, … */
  readonly environment: string;
  readonly market: string;
  readonly symbol: string;
  readonly interval: string;
  readonly strategy: string;
  readonly view: BotView;
}

/** A bot's folder, what it last said, and whether a process has it. */
export interface FoundBot {
  readonly folder: string;
  readonly status: BotStatus | undefined;
  readonly isRunning: boolean;
}

const STATUS = 'status.json';
/** The name says everything: an empty file can be made on a full disk, too. */
const COMMAND = /^command-(\d{15})-(halt|resume|flatten)$/;
/** Commands of one instant: what holds back comes first, what allows comes last. */
const RANKS: readonly BotCommand[] = ['halt', 'flatten', 'resume'];

/**
 * Leaves a command for a bot; one that does not run obeys at its next start.
 *
 * @param folder - State folder of the bot.
 * @param command - What it shall do.
 * @param time - Now, ms UTC: commands are obeyed in this order.
 * @returns Path of the file, which is gone when the bot has obeyed.
 * @throws {UserError} If it cannot be written.
 */
export async function leaveCommand(
  folder: string,
  command: BotCommand,
  time: number,
): Promise<string> {
  const file = path.join(folder, `command-${String(time).padStart(15, '0')}-${command}`);
  try {
    const handle = await open(file, 'w', 0o600);
    await handle.close();
    return file;
  } catch (error) {
    throw fileError('write', file, error);
  }
}

const WANTED = 'wanted';

/**
 * Asks whoever has a bot only to protect what it holds to let it go; see `isAskedFor`.
 *
 * @param folder - State folder of the bot.
 * @returns Takes the question back.
 */
export async function askFor(folder: string): Promise<() => void> {
  const file = path.join(folder, WANTED);
  await writeFile(file, '', { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

const GUARDED = 'guarded';

/**
 * Says whether the process that has a bot only protects what the bot holds: another that trades it may then ask for it. From
 * the first moment on, before there is a status of this process.
 *
 * @param folder - State folder of the bot.
 * @param isGuarded - Whether it only protects.
 */
export async function writeGuarded(folder: string, isGuarded: boolean): Promise<void> {
  const file = path.join(folder, GUARDED);
  if (isGuarded) await writeFile(file, '', { mode: 0o600 });
  else rmSync(file, { force: true });
}

/** Whether the process that has a bot said that it only protects what the bot holds. */
export async function isOnlyProtected(folder: string): Promise<boolean> {
  if (existsSync(path.join(folder, GUARDED))) return true;
  const status = await readStatus(folder);
  return status?.view.blocks.includes('not-configured') === true;
}

/** Whether another process asks for the bot. */
export function isAskedFor(folder: string): boolean {
  return existsSync(path.join(folder, WANTED));
}

/** Takes the commands left for one bot, oldest first, each once. */
export class CommandReader {
  readonly #folder: string;
  readonly #taken = new Set<string>();

  /** @param folder - State folder of the bot. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Hands out what is new; a folder that cannot be read has nothing new.
   *
   * @param obey - Gets each command before its file goes.
   */
  take(obey: (command: BotCommand) => void): void {
    for (const name of namesIn(this.#folder)) {
      if (this.#taken.has(name)) continue;
      // Where nothing can be removed, a command must not be obeyed again and again.
      this.#taken.add(name);
      obey(commandOf(name));
      try {
        rmSync(path.join(this.#folder, name), { force: true });
      } catch {
        // It was obeyed; that counts.
      }
    }
  }
}

/** Names of the commands in a folder in the order in which they are obeyed. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => COMMAND.test(name))
      .sort((a, b) => timeOf(a) - timeOf(b) || rankOf(a) - rankOf(b));
  } catch {
    return [];
  }
}

function timeOf(name: string): number {
  return Number(COMMAND.exec(name)?.[1]);
}

function commandOf(name: string): BotCommand {
  return COMMAND.exec(name)?.[2] as BotCommand;
}

function rankOf(name: string): number {
  return RANKS.indexOf(commandOf(name));
}

/**
 * Writes how a bot stands; a reader sees the old or the new, never half of it.
 *
 * @param folder - State folder of the bot.
 * @param status - How it stands.
 */
export async function writeStatus(folder: string, status: BotStatus): Promise<void> {
  const file = path.join(folder, STATUS);
  await mkdir(folder, { recursive: true });
  // Lost with a power cut it is written again: no need to wait for the disk.
  await writeFile(`${file}.tmp`, JSON.stringify(status), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

/**
 * Finds the bots below a state folder.
 *
 * @param stateFolder - `--state-dir`.
 * @param isRunning - Whether a process has a bot; default asks its lock.
 * @returns Sorted by environment, market and symbol.
 */
export async function findBots(
  stateFolder: string,
  isRunning: (folder: string, status: BotStatus | undefined) => boolean = isLocked,
): Promise<readonly FoundBot[]> {
  const bots: FoundBot[] = [];
  for (const environment of await foldersIn(stateFolder)) {
    for (const folder of await foldersIn(environment)) {
      const names = await readdir(folder);
      if (!names.some((name) => /^(state-\d+\.json|status\.json)$/.test(name))) continue;
      const status = await readStatus(folder);
      bots.push({ folder, status, isRunning: isRunning(folder, status) });
    }
  }
  return bots;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(folder, entry.name))
      .sort();
  } catch {
    return [];
  }
}

async function readStatus(folder: string): Promise<BotStatus | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder, STATUS), 'utf8')) as BotStatus;
  } catch {
    return undefined;
  }
}

/** Whether a process has a bot. */
export function isLocked(folder: string): boolean {
  return isLivingLock(path.join(folder, 'lock'));
}
