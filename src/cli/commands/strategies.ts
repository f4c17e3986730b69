import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../domain/index.js';
import { isStrategyPath } from '../../plugins/index.js';
import { STRATEGIES, STRATEGY_MAP, type Strategy } from '../../strategies/index.js';
import { didYouMean } from '../../util/index.js';
import { addSubcommand, createCommand } from '../create-command.js';
import { loadCommandStrategy } from '../load-strategy.js';
import { ownStrategies } from '../strategies/own-strategies.js';
import { strategyList, strategyPage, strategyRecord } from '../strategies/strategy-words.js';
import type { Terminal } from '../terminal.js';

const FOLDERS = ['.', 'strategies'];
const FOLDER_FLAG = [
  '--folder <folder...>',
  'Folders of your own strategies (default: . and strategies)',
] as const;

interface Options {
  readonly folder?: readonly string[];
  readonly json?: boolean;
}

/** `wus strategies`: what there is, and what it can be given. */
export function strategiesCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'strategies',
    summary: 'List built-in and custom strategies and show their parameters',
    examples: [
      ['wus strategies list', 'built-in strategies, and files here and in strategies/'],
      ['wus strategies show RSIReversion', 'its parameters: defaults, ranges, descriptions'],
    ],
  });
  addSubcommand(command, terminal, {
    name: 'list',
    summary: 'List built-in and custom strategies',
    examples: [
      ['wus strategies list', 'built-in strategies, and files here and in strategies/'],
      ['wus strategies list --folder research --json', 'the files of another folder, as JSON'],
    ],
  })
    .option(...FOLDER_FLAG)
    .option('--json', 'Print one JSON object instead of text')
    .action((options: Options) => list(options, terminal));
  addSubcommand(command, terminal, {
    name: 'show',
    summary: 'Show the parameters of a strategy',
    description:
      'Shows defaults, ranges and descriptions, for --param and the grids of wus optimize.',
    examples: [
      ['wus strategies show RSIReversion', 'a built-in strategy'],
      [
        'wus strategies show ./strategies/dip-in-trend.ts',
        'a file; the name of the strategy works as well',
      ],
    ],
  })
    .usage('<name|file> [options]')
    .argument('<name|file>', 'A built-in strategy, a file, or the name of a custom strategy')
    .option(...FOLDER_FLAG)
    .option('--json', 'Print one JSON object instead of text')
    .action((name: string, options: Options) => show(name, options, terminal));
  return command;
}

async function list({ folder = FOLDERS, json }: Options, terminal: Terminal): Promise<void> {
  if (folder !== FOLDERS) await expectFolders(folder, terminal);
  const own = await ownStrategies(terminal, folder);
  if (json !== true) {
    terminal.print(strategyList(STRATEGIES, own, folder, terminal.columns));
    return;
  }
  const builtIn = STRATEGIES.map((one) => strategyRecord(one, null));
  const mine = own.map(({ file, strategy, problem }) =>
    strategy === undefined ? { file, problem } : strategyRecord(strategy, file),
  );
  terminal.print(JSON.stringify({ built_in: builtIn, own: mine }, null, 2));
}

async function show(name: string, { folder, json }: Options, terminal: Terminal): Promise<void> {
  if (folder !== undefined) await expectFolders(folder, terminal);
  const { strategy, file } = await found(name, folder ?? FOLDERS, terminal);
  terminal.print(
    json === true
      ? JSON.stringify(strategyRecord(strategy, file ?? null), null, 2)
      : strategyPage(strategy, file, terminal.columns),
  );
}

/** A folder that was named is there; those that are looked in anyway need not be. */
async function expectFolders(folders: readonly string[], terminal: Terminal): Promise<void> {
  for (const folder of folders) {
    const found = await stat(resolve(terminal.workingFolder, folder)).catch(() => undefined);
    if (found?.isDirectory() === true) continue;
    const what = found === undefined ? 'no such folder' : 'it is a file';
    throw new UserError(`--folder ${folder}: ${what}; name the folder of your strategies`);
  }
}

/** By path, by built-in name, or by the name that a file of the user's declares. */
async function found(
  name: string,
  folders: readonly string[],
  terminal: Terminal,
): Promise<{ readonly strategy: Strategy; readonly file: string | undefined }> {
  if (isStrategyPath(name)) {
    const { strategy } = await loadCommandStrategy(name, terminal);
    return { strategy, file: name };
  }
  const builtIn = Object.hasOwn(STRATEGY_MAP, name) ? STRATEGY_MAP[name] : undefined;
  if (builtIn !== undefined) return { strategy: builtIn, file: undefined };
  const own = await ownStrategies(terminal, folders);
  for (const { strategy, file } of own) {
    if (strategy?.name === name || strategy?.shortName === name) return { strategy, file };
  }
  const names = own.flatMap(({ strategy }) => strategy?.name ?? []);
  throw new UserError(
    `No strategy "${name}"${didYouMean(name, [...Object.keys(STRATEGY_MAP), ...names])}\nwus strategies list shows all strategies`,
  );
}
