// A line that is printed to be copied runs where it was printed: in a clone and in a project that has the package.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot, temporaryFolder } from './wus.js';

const LIST = ['strategies', 'list', '--folder', 'examples'];

function run(file: string, args: readonly string[], cwd: string): string {
  return execFileSync(file, args, { cwd, encoding: 'utf8' });
}

function nextOf(output: string): string {
  return /^Next: (.+)$/m.exec(output)?.[1] ?? '';
}

test('in a clone it begins with node and the script, and runs', () => {
  const next = nextOf(run('node', ['bin/wus.js', ...LIST], repositoryRoot));
  expect(next).toMatch(/^node bin\/wus\.js strategies show /);
  expect(run('sh', ['-c', next], repositoryRoot)).toContain('Parameters:');
});

test('in a project with the package it begins with npx', () => {
  const cwd = temporaryFolder();
  const bin = path.join(cwd, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  mkdirSync(path.join(cwd, 'examples'));
  symlinkSync(path.join(repositoryRoot, 'bin/wus.js'), path.join(bin, 'wus'));
  const output = run('node', [path.join(bin, 'wus'), ...LIST], cwd);
  expect(nextOf(output)).toMatch(/^npx wus strategies show /);
});
