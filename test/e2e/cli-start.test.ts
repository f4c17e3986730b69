import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { runInProcess } from './in-process.js';
import { buildOnce, repositoryRoot, runWus } from './wus.js';

describe('wus', () => {
  test.each([[['--help']], [['-h']], [['help']], [[]]])('%j lists every command', async (args) => {
    const { stdout, stderr, exitCode } = await runWus(args);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    for (const { name, summary } of COMMANDS) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +${escaped(summary)}$`, 'm'));
    }
  });

  test('--version prints the version of the package', async () => {
    const packageFile = readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8');
    const { version } = JSON.parse(packageFile) as { version: string };
    expect(await runWus(['--version'])).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  test('an unknown command asks whether a known one was meant', async () => {
    expect(await runWus(['vesion'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'Unknown command "vesion" (did you mean "version"?)\nwus --help lists the commands\n',
    });
  });

  test('an unknown option is named with its neighbour', async () => {
    expect(await runWus(['version', '--hlp'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: "Unknown option '--hlp' (did you mean --help?)\nSee wus version --help\n",
    });
  });

  test.each(COMMANDS.map(({ name, summary }) => [name, summary]))(
    '%s --help has the summary of the list and two examples',
    async (name, summary) => {
      const { stdout, exitCode } = await runInProcess([name, '--help'], { cwd: repositoryRoot });
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`${summary}.`);
      const examples = stdout.slice(stdout.indexOf('\nExamples:\n'));
      expect(examples.match(/^ {2}wus /gm)?.length).toBeGreaterThan(1);
    },
  );

  test('a reader that closes the pipe early is no failure', () => {
    buildOnce();
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', 'set -o pipefail; node bin/wus.js --help | head -n 1; echo $?'],
      { cwd: repositoryRoot, encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^wus: .*\n0\n$/);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
