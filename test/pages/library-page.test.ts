// The programs of use-the-library.md are compiled as a reader would (strict TypeScript), and run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { buildOnce, repositoryRoot, temporaryFolder } from '../e2e/wus.js';

const OPTIONS = '--strict --noEmit --skipLibCheck --target es2023 --module nodenext --types node';

function programsOf(page: string): string[] {
  const text = readFileSync(path.join(repositoryRoot, page), 'utf8');
  const blocks = text.matchAll(/^( *)```(?:ts|js)\n([\s\S]*?)```/gm);
  return [...blocks].map(([, indent = '', code = '']) =>
    code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

test('every program of the page compiles and runs', () => {
  buildOnce();
  const cwd = temporaryFolder();
  const installed = process.env.WUS_PACKAGE;
  const modules = path.join(installed ?? repositoryRoot, 'node_modules');
  mkdirSync(path.join(cwd, 'node_modules/@types'), { recursive: true });
  symlinkSync(
    installed === undefined ? repositoryRoot : path.join(modules, 'mista-wus-algo-trader'),
    path.join(cwd, 'node_modules/mista-wus-algo-trader'),
  );
  symlinkSync(
    path.join(repositoryRoot, 'node_modules/@types/node'),
    path.join(cwd, 'node_modules/@types/node'),
  );
  writeFileSync(path.join(cwd, 'package.json'), '{"type":"module"}');
  writeFileSync(
    path.join(cwd, 'BTCUSDT_1h.csv'),
    candlesToCsv(syntheticCandles({ length: 2_000, symbol: 'BTCUSDT' })),
  );
  const programs = programsOf('docs/how-to/use-the-library.md');
  expect(programs.length).toBeGreaterThan(1);
  programs.forEach((program, i) => {
    writeFileSync(path.join(cwd, `page-${i}.ts`), program);
    writeFileSync(path.join(cwd, `page-${i}.js`), program);
  });
  const files = programs.map((_, i) => `page-${i}.ts`);
  const tsc = path.join(repositoryRoot, 'node_modules/typescript/bin/tsc');
  const compiled = run(cwd, [tsc, ...OPTIONS.split(' '), ...files]);
  expect(compiled.stdout).toBe('');
  for (const i of programs.keys()) {
    const { status, stdout, stderr } = run(cwd, [`page-${i}.js`, 'BTCUSDT_1h.csv']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.length).toBeGreaterThan(20);
  }
}, 120_000);

function run(cwd: string, args: readonly string[]) {
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
}
