// What git ignores (environments of Python, results, candles) is no business of the tools either.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ESLint } from 'eslint';
import { afterAll, expect, test } from 'vitest';
import { repositoryRoot } from './e2e/wus.js';

const IGNORED = [
  'bench/peers/.venv/lib/python3.11/site-packages/plotly/widget',
  'test/clients/python/.venv-nautilus/lib/widget',
  'results/analysis/page',
  'data/spot/page',
  'state/MACross/page',
  'coverage/page',
  'dist/cli/main',
  'dist-bench/bench/run',
  'src/node_modules/page',
];
const FILES = IGNORED.flatMap((name) => ['.js', '.ts', '.json'].map((end) => name + end));

const folder = mkdtempSync(path.join(tmpdir(), 'wus-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('git ignores these files', () => {
  const input = FILES.join('\n');
  const ignored = execFileSync('git', ['check-ignore', '--no-index', '--stdin'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    input,
  });
  expect(ignored.trim().split('\n')).toEqual(FILES);
});

test('biome does not read them', () => {
  for (const name of ['biome.json', '.gitignore'])
    copyFileSync(path.join(repositoryRoot, name), path.join(folder, name));
  symlinkModules();
  for (const name of FILES) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), '{ nothing : that anybody,, could read');
  }
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  writeFileSync(path.join(folder, 'src/one.ts'), 'export const one = 1;\n');
  const biome = path.join(repositoryRoot, 'node_modules/@biomejs/biome/bin/biome');
  const { status, stdout, stderr } = spawnSync(process.execPath, [biome, 'check', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stderr, stdout }).toMatchObject({ status: 0 });
  expect(stdout + stderr).toMatch(/Checked 2 files/);
});

/** The schema of biome.json lies there. */
function symlinkModules(): void {
  execFileSync('ln', ['-s', path.join(repositoryRoot, 'node_modules'), folder]);
}

test('eslint does not read them', async () => {
  const eslint = new ESLint({ cwd: repositoryRoot });
  for (const name of FILES) expect(await eslint.isPathIgnored(name), name).toBe(true);
  expect(await eslint.isPathIgnored('src/index.ts')).toBe(false);
});
