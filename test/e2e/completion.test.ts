import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { buildOnce, repositoryRoot, runWus, temporaryFolder } from './wus.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
const isThere = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;
const scripts: Record<string, string> = {};

beforeAll(() => {
  buildOnce();
  for (const shell of SHELLS) {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [path.join(repositoryRoot, 'bin/wus.js'), 'completion', shell],
      { encoding: 'utf8' },
    );
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    scripts[shell] = stdout;
  }
});

/** What a shell offers behind a line that ends where the cursor is. */
function offered(shell: (typeof SHELLS)[number], line: string, cwd: string): string[] {
  writeFileSync(path.join(cwd, 'completion'), scripts[shell]!);
  const run = (program: string, ...args: string[]): string[] => {
    const { stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((word) => word !== '');
  };
  if (shell === 'fish') {
    const code = `source completion; complete -C ${JSON.stringify(line)}`;
    return run('fish', '--no-config', '-c', code).map((found) => found.split('\t')[0]!);
  }
  const words = line.split(/ |(=)/).filter((word) => word !== undefined);
  const list = words.map((word) => `'${word}'`).join(' ');
  if (shell === 'bash') {
    const code = `source completion; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _wus; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run('bash', '--norc', '-c', code);
  }
  // Outside of its line editor zsh has no matches: what would be added is printed.
  const code = `
compdef() { :; }
compadd() { shift; print -rl -- \${(M)@:#\${words[CURRENT]}*}; }
_describe() { local -a items; items=("\${(@P)2}"); print -rl -- \${(M)\${items%%:*}:#\${words[CURRENT]}*}; }
_files() { local only='.'; [[ $1 == -/ ]] && only='/'; print -rl -- \${words[CURRENT]}*(N\${only}) \${words[CURRENT]}*(N/); }
source ./completion
words=(${list}); CURRENT=${words.length}; _wus`;
  return run('zsh', '-f', '-c', code);
}

function folder(): string {
  const cwd = temporaryFolder();
  mkdirSync(path.join(cwd, 'mydata'));
  writeFileSync(path.join(cwd, 'my candles.csv'), '');
  writeFileSync(path.join(cwd, 'mystrategy.ts'), '');
  return cwd;
}

describe.each(SHELLS)('completion of %s', (shell) => {
  if (!isThere(shell)) {
    console.warn(`${shell} is not installed: its completion was not run`);
    return;
  }

  test.each<readonly [string, readonly string[]]>([
    ['wus back', ['backtest']],
    ['wus backtest --engine ', ['reference', 'fast']],
    ['wus backtest --eng', ['--engine']],
    ['wus backtest --market u', ['usdm']],
    ['wus optimize --metric shar', ['sharpe_ratio']],
    ['wus fetch-data --interval 15', ['15m']],
    ['wus backtest --strategy RSI', ['RSIReversion']],
    ['wus backtest --strategy my', ['my candles.csv', 'mystrategy.ts', 'mydata']],
    ['wus backtest --file my', ['my candles.csv', 'mystrategy.ts', 'mydata']],
    ['wus backtest --data-dir my', ['mydata']],
    ['wus data ', ['check', 'convert', 'resample']],
    ['wus data check --al', ['--all']],
    ['wus trader hal', ['halt']],
    ['wus completion ', SHELLS],
    ['wus strategies s', ['show']],
    ['wus backtest --symbol ', []],
  ])('%j', (line, expected) => {
    const found = offered(shell, line, folder()).map((word) => word.replace(/\/$/, ''));
    // A script that was written here is a file, too.
    expect([...new Set(found)].sort()).toEqual([...expected].sort());
  });

  test('every command is offered', () => {
    const found = offered(shell, 'wus ', folder());
    expect(found.sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
  });

  test('flags that are out of the help are not offered', () => {
    const found = offered(shell, 'wus optimize --', folder());
    expect(found).toContain('--start');
    expect(found).not.toContain('--opt-start');
  });
});

if (isThere('bash')) {
  test('bash completes --flag=value', () => {
    expect(offered('bash', 'wus backtest --engine=f', folder())).toEqual(['fast']);
  });
}

test.each([
  [['completion'], 'Missing required argument'],
  [['completion', 'tcsh'], 'tcsh'],
])('%j is refused', async (args, sentence) => {
  const { exitCode, stderr } = await runWus(args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(sentence);
});
