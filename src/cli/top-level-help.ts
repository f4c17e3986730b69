import { COMMAND_GROUPS, COMMANDS } from './commands.js';

/** Returns what `wus --help` prints. */
export function topLevelHelp(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  const groups = COMMAND_GROUPS.map((group) => ({
    group,
    rows: COMMANDS.filter((row) => row.group === group),
  })).filter(({ rows }) => rows.length > 0);
  return [
    'wus: research, prove and run trading strategies for crypto on Binance',
    '',
    'Usage: wus <command> [options]',
    ...groups.flatMap(({ group, rows }) => [
      '',
      `${group}:`,
      ...rows.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    ]),
    '',
    'Options:',
    `  ${'--help'.padEnd(width)} Show this help; wus <command> --help shows a command's options`,
    `  ${'--version'.padEnd(width)} Print the version`,
  ].join('\n');
}
