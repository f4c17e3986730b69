// What `bin/wus.js` starts: the program that bundle.js makes of the compiled modules, or the modules.
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { buildOnce, repositoryRoot, temporaryFolder } from './wus.js';

/** An installation of its own, whose files a test may change, with its program just made. */
function installation(): string {
  buildOnce();
  const folder = temporaryFolder();
  for (const name of ['bin', 'dist', 'package.json', 'bundle.js'])
    cpSync(path.join(repositoryRoot, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(repositoryRoot, 'node_modules'), path.join(folder, 'node_modules'));
  const made = spawnSync(process.execPath, ['bundle.js'], { cwd: folder, encoding: 'utf8' });
  expect(made).toMatchObject({ status: 0, stderr: '' });
  return folder;
}

function wus(folder: string, args: readonly string[], cwd = folder) {
  const file = path.join(folder, 'bin/wus.js');
  return spawnSync(process.execPath, [file, ...args], { cwd, encoding: 'utf8' });
}

const version = (folder: string): string => wus(folder, ['version']).stdout;

const mark = (folder: string, file: string, text: string): void =>
  appendFileSync(path.join(folder, file), `\nconsole.log('${text}');\n`);

test('the program runs while it was made of the modules that are there, else the modules', () => {
  const folder = installation();
  mark(folder, 'dist/program/cli/main.js', 'the program');
  mark(folder, 'dist/cli/main.js', 'the modules');
  expect(version(folder)).toMatch(/^the program\nwus \d/);
  appendFileSync(path.join(folder, 'dist/.tsbuildinfo'), '\n');
  expect(version(folder)).toMatch(/^the modules\nwus \d/);
  // As a package is installed: neither says what it was made of.
  for (const name of ['dist/.tsbuildinfo', 'dist/program/.tsbuildinfo'])
    rmSync(path.join(folder, name));
  expect(version(folder)).toMatch(/^the program\nwus \d/);
});

const STRATEGY = `import { defineStrategy, integer, UserError } from 'mista-wus-algo-trader';
import { PackageError } from 'shared';
if (PackageError !== UserError) throw new Error('two copies of the program');
export const strategy = defineStrategy({
  name: 'Own',
  parameters: { period: integer({ default: 30, min: 1, description: 'Candles' }) },
  warmUp: ({ period }) => period,
  signals() {
    throw new UserError('no volume in these candles');
  },
});
`;

test('a strategy, a package that it imports and the program share one copy of its modules', () => {
  const folder = installation();
  const cwd = temporaryFolder();
  const shared = path.join(cwd, 'node_modules/shared');
  mkdirSync(shared, { recursive: true });
  symlinkSync(folder, path.join(cwd, 'node_modules/mista-wus-algo-trader'));
  writeFileSync(path.join(shared, 'package.json'), '{"type":"module","exports":"./index.js"}');
  writeFileSync(
    path.join(shared, 'index.js'),
    "export { UserError as PackageError } from 'mista-wus-algo-trader';\n",
  );
  writeFileSync(path.join(cwd, 'own.ts'), STRATEGY);
  writeFileSync(path.join(cwd, 'BTCUSDT_1h.csv'), candlesToCsv(syntheticCandles({ length: 500 })));
  const args = ['backtest', '--strategy', './own.ts', '--file', 'BTCUSDT_1h.csv'];
  expect(wus(folder, args, cwd)).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/no volume in these candles\n$/) as string,
  });
});
