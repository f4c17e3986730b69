// Bad calls of every command, derived from its own options: what is wrong is said in two lines, whatever it is.
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { COMMANDS } from '../../src/cli/commands.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { runInProcess } from '../e2e/in-process.js';

/** What a call needs, so that only the one thing under test is wrong. Addresses are those of nobody. */
const NEEDED: Readonly<Record<string, string>> = {
  backtest: '--strategy MACross --file BTCUSDT_1h.csv',
  optimize: '--strategy MACross --file BTCUSDT_1h.csv --config grid.yaml',
  'optimize-batch': '--interval 1h --config grid.yaml',
  'forward-test': '--strategy MACross --file BTCUSDT_1h.csv',
  'walk-forward':
    '--strategy MACross --file BTCUSDT_1h.csv --config grid.yaml --train 5d --test 2d',
  'analyze-trades': 'trades.csv',
  compare: 'trades.csv trades.csv',
  parity: 'trades.csv',
  exchange: '--port 0',
  trader: '--strategy MACross --symbol BTCUSDT --interval 1m --rest-url http://127.0.0.1:1',
  'fetch-data': '--symbols BTCUSDT --interval 1h --start 2024-01-01',
  'data check': 'BTCUSDT_1h.csv',
  'data convert': 'BTCUSDT_1h.csv out.csv',
  'data resample': 'BTCUSDT_1h.csv out.csv --to 4h',
  'strategies show': 'MACross',
  'new strategy': 'Mine',
};

/** Options whose value may be any text: only what is no text at all is refused. */
const ANY_TEXT = new Set(
  [
    ['trader log', '--grep'],
    ['exchange', '--allow-host'],
  ].map((row) => row.join(' ')),
);

/** Values that no option takes. */
const VALUES: readonly (readonly [what: string, value: string])[] = [
  ['an empty word', ''],
  ['a picture', '💥ü'],
  ['a huge word', 'x'.repeat(5_000)],
  ['a line end of Windows', 'BTC\r\n'],
  ['a colour', '\u001b[31mred'],
  ['a date that is none', '2024-13-45'],
];
/** A file may have these names; that it is not there is another matter. */
const NO_FILE_NAMES = new Set(['an empty word', 'a line end of Windows', 'a colour']);

/** What every command refuses, whatever its options. */
const JUNK: readonly (readonly string[])[] = [
  ['--nope'],
  ['--nope=3'],
  ['--nope', '3'],
  ['-x'],
  ['-xyz'],
  ['--💥'],
  ['--hlep'],
  ['--help=1'],
  ['--json=1'],
  ['--version'],
  ['-'.repeat(300)],
  [`--${'x'.repeat(5_000)}`],
  ['--no'],
  ['---'],
  ['--=='],
  ['--a b'],
  ['--a\r\nb'],
  ['--\u001b[31mred'],
  ['--.'],
  ['--/etc/passwd'],
  ['--strategyy', 'x'],
  ['--%s'],
  ['--$HOME'],
  ['--constructor'],
  ['--__proto__', 'x'],
];

const LINES_MAX = 2;
const CHARACTERS_MAX = 1_000;
const ROW_LIMIT_MS = 10_000;

const folder = mkdtempSync(path.join(tmpdir(), 'wus-bad-calls-'));
const csv = candlesToCsv(syntheticCandles({ length: 300, symbol: 'BTCUSDT' }));
const FILES = {
  'BTCUSDT_1h.csv': csv,
  'grid.yaml': 'BTCUSDT:\n  MACross:\n    fast_period: [5]\n    slow_period: [30]\n',
  'trades.csv': 'a,b\r\n1,2\r\n',
};
for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
chmodSync(path.join(folder, 'trades.csv'), 0o444);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Call {
  readonly what: string;
  readonly args: readonly string[];
}

interface Target {
  readonly words: readonly string[];
  readonly command: Command;
}

/** A command and its subcommands. */
async function targetsOf({ name, load }: (typeof COMMANDS)[number]): Promise<Target[]> {
  const build = await load();
  const command = build({ columns: 80, environment: {} } as unknown as Terminal);
  const children = command.commands.map((child) => ({
    words: [name, child.name()],
    command: child,
  }));
  return [{ words: [name], command }, ...children];
}

function callsOf({ words, command }: Target): Call[] {
  const name = words.join(' ');
  const needed = (NEEDED[name] ?? '').split(' ').filter((word) => word !== '');
  const isGroup = command.commands.length > 0 && NEEDED[name] === undefined;
  const base = [...words, ...needed];
  const calls = JUNK.map((junk) => ({
    what: junk.join(' ').slice(0, 40),
    args: [...base, ...junk],
  }));
  if (isGroup) return calls;
  for (const { long, required, optional, flags } of command.options) {
    if (long === undefined || long === null || long === '--help') continue;
    calls.push({ what: `${long} misspelled`, args: [...base, `${long}q`] });
    if (!required && !optional) {
      calls.push({ what: `${long} with a value`, args: [...base, `${long}=x`] });
      continue;
    }
    if (required) calls.push({ what: `${long} without a value`, args: [...base, long] });
    const isPath = /[<[](file|folder)/.test(flags);
    for (const [what, value] of VALUES) {
      if (ANY_TEXT.has(`${name} ${long}`) || (isPath && !NO_FILE_NAMES.has(what))) continue;
      calls.push({ what: `${long}: ${what}`, args: [...base, `${long}=${value}`] });
    }
  }
  return calls;
}

async function problemOf({ args }: Call, columns: number): Promise<string | undefined> {
  const env = { BINANCE_API_KEY: '', BINANCE_API_SECRET: '', BINANCE_PRIVATE_KEY_FILE: '' };
  const late = new Promise<'late'>((resolve) => {
    setTimeout(() => resolve('late'), ROW_LIMIT_MS).unref();
  });
  const finished = await Promise.race([runInProcess(args, { cwd: folder, env, columns }), late]);
  if (finished === 'late') return 'it was taken';
  const { exitCode, stdout, stderr } = finished;
  const lines = stderr.trimEnd().split('\n');
  if (exitCode !== 2 && exitCode !== 1) return `exit code ${exitCode}`;
  if (stdout !== '') return `it printed ${stdout.slice(0, 60)}`;
  if (lines.length > LINES_MAX) return `${lines.length} lines: ${stderr}`;
  if (stderr.length > CHARACTERS_MAX) return `${stderr.length} characters`;
  if (/Unexpected failure|^\s+at |\[object|\bundefined\b/m.test(stderr)) return stderr;
  if (!/[\p{L}\d]{3}/u.test(stderr)) return 'it says nothing';
  return undefined;
}

describe.each(COMMANDS.filter(({ name }) => name !== 'demo'))('wus $name', (row) => {
  test.each([80, 20])('refuses every bad call in two lines, %i columns wide', async (columns) => {
    const targets = await targetsOf(row);
    const problems: string[] = [];
    for (const target of targets) {
      const calls = callsOf(target);
      expect(calls.length).toBeGreaterThanOrEqual(25);
      // The width changes no message; a few rows show it.
      for (const call of columns === 80 ? calls : calls.slice(0, 5)) {
        const problem = await problemOf(call, columns);
        if (problem !== undefined)
          problems.push(`${target.words.join(' ')} ${call.what}: ${problem}`);
      }
    }
    expect(problems).toEqual([]);
    const written = readdirSync(folder).filter((name) => name !== '.wus-cache');
    expect(written.sort()).toEqual(Object.keys(FILES).sort());
  });
});
