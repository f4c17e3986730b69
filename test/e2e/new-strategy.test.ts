import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { type Finished, repositoryRoot, runWus, temporaryFolder } from './wus.js';

const tsc = path.join(repositoryRoot, 'node_modules/typescript/bin/tsc');

/** A folder in which the package was installed, or that does not know it. */
function folderOf(kind: 'installed' | 'elsewhere'): string {
  const cwd = temporaryFolder();
  if (kind === 'installed') {
    mkdirSync(path.join(cwd, 'node_modules'));
    symlinkSync(repositoryRoot, path.join(cwd, 'node_modules/mista-wus-algo-trader'));
  }
  return cwd;
}

function putCandles(cwd: string): void {
  mkdirSync(path.join(cwd, 'data/usdm/4h'), { recursive: true });
  const candles = syntheticCandles({ length: 3_000, symbol: 'ETHUSDT', timeframe: '4h' });
  writeFileSync(path.join(cwd, 'data/usdm/4h/ETHUSDT_4h.csv'), candlesToCsv(candles));
}

/** Runs a line that was printed, word by word as a shell would. */
async function follow(line: string, cwd: string): Promise<Finished> {
  const [program, ...args] = line.split(' ');
  if (program === 'wus') return runWus(args, { cwd });
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { exitCode: status ?? -1, stdout, stderr };
}

describe('wus new strategy', () => {
  test.each(['installed', 'elsewhere'] as const)(
    'writes file, test and types; all of them work where the package is %s',
    async (kind) => {
      const cwd = folderOf(kind);
      const { stdout, exitCode } = await runWus(['new', 'strategy', 'DipInTrend'], { cwd });
      expect(exitCode).toBe(0);
      const [next = ''] = /(?<=^Next: ).*$/m.exec(stdout) ?? [];
      expect(next).toBe('node --test strategies/dip-in-trend.test.mjs');
      expect(await follow(next, cwd)).toMatchObject({ exitCode: 0 });
      const types = spawnSync(process.execPath, [tsc, '-p', 'strategies'], {
        cwd,
        encoding: 'utf8',
      });
      expect(types.stdout).toBe('');

      if (kind === 'elsewhere') return;
      // A typo is found by the types, too.
      const file = path.join(cwd, 'strategies/dip-in-trend.ts');
      writeFileSync(file, readFileSync(file, 'utf8').replace('indicators.rsi(', 'indicators.rsj('));
      const typo = spawnSync(process.execPath, [tsc, '-p', 'strategies'], {
        cwd,
        encoding: 'utf8',
      });
      expect(typo.stdout).toContain("'rsj' does not exist");
    },
  );

  test('names candles that are there in the next line, which runs', async () => {
    const cwd = folderOf('installed');
    putCandles(cwd);
    const { stdout } = await runWus(['new', 'strategy', 'my_Idea.2', '--folder', 'research'], {
      cwd,
    });
    const [next = ''] = /(?<=^Next: ).*$/m.exec(stdout) ?? [];
    expect(next).toBe(
      'wus backtest --strategy ./research/my-idea-2.ts --symbol ETHUSDT --interval 4h --market usdm --report',
    );
    const run = await follow(next, cwd);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toMatch(/^my_Idea\.2 on ETHUSDT 4h/);
  });

  test('replaces nothing without --force, and the settings for types never', async () => {
    const cwd = folderOf('installed');
    const write = (...more: string[]) => runWus(['new', 'strategy', 'Dip', ...more], { cwd });
    await write();
    const file = path.join(cwd, 'strategies/dip.ts');
    for (const name of ['dip.ts', 'dip.test.mjs', 'tsconfig.json']) {
      writeFileSync(path.join(cwd, 'strategies', name), 'mine');
    }
    expect(await write()).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'strategies/dip.ts exists; choose another name, or add --force to overwrite it\n',
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await write('--force')).stdout).toContain('kept     strategies/tsconfig.json');
    expect(readFileSync(file, 'utf8')).toContain('defineStrategy');
    expect(readFileSync(path.join(cwd, 'strategies/tsconfig.json'), 'utf8')).toBe('mine');
  });
});

describe('wus strategies', () => {
  const OWN = (
    name: string,
  ): string => `import { defineStrategy, integer } from 'mista-wus-algo-trader';
console.log('loaded');
export const strategy = defineStrategy({
  name: '${name}',
  parameters: { length: integer({ default: 7, min: 2, max: 50, description: 'Candles looked at' }) },
  warmUp: ({ length }) => length,
  signals: () => () => 0,
});
`;
  function folder(): string {
    const cwd = temporaryFolder();
    mkdirSync(path.join(cwd, 'strategies'));
    writeFileSync(path.join(cwd, 'strategies/quiet.ts'), OWN('Quiet'));
    writeFileSync(path.join(cwd, 'strategies/broken.ts'), `${OWN('Broken')}}`);
    writeFileSync(path.join(cwd, 'strategies/helper.ts'), 'export const strategyLength = 3;\n');
    writeFileSync(path.join(cwd, 'mine.js'), OWN('Mine'));
    return cwd;
  }

  test('list has those that are built in, and the files here and in strategies/', async () => {
    const { stdout, exitCode } = await runWus(['strategies', 'list', '--json'], { cwd: folder() });
    expect(exitCode).toBe(0);
    const all = JSON.parse(stdout) as Record<
      string,
      { name?: string; file: string; problem?: string }[]
    >;
    expect(all.built_in!.map(({ name }) => name)).toHaveLength(4);
    expect(all.own!.map(({ file, name }) => [file, name])).toEqual([
      ['./mine.js', 'Mine'],
      ['./strategies/broken.ts', undefined],
      ['./strategies/quiet.ts', 'Quiet'],
    ]);
    expect(all.own![1]!.problem).toMatch(/broken\.ts:\d+:\d+/);
  });

  test('show has defaults, ranges and words, by name, short name and path', async () => {
    const cwd = folder();
    for (const name of ['Quiet', './strategies/quiet.ts']) {
      const { stdout, stderr } = await runWus(['strategies', 'show', name], { cwd });
      expect(stdout).toContain('  length=7: an integer >= 2 and <= 50\n      Candles looked at\n');
      expect(stdout).toContain(
        'Next: wus backtest --strategy ./strategies/quiet.ts --param length=7',
      );
      // What a file prints is no part of the answer.
      expect(stderr).toContain('loaded');
      expect(
        Math.max(
          ...stdout
            .split('\n')
            .slice(0, -2)
            .map((line) => line.length),
        ),
      ).toBeLessThanOrEqual(80);
    }
    const { stdout } = await runWus(['strategies', 'show', 'RSIReversion', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      short_name: 'RSIReversion',
      file: null,
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'oversold_threshold', default: 30, exclusive_min: 0 }),
      ]) as unknown,
    });
  });

  test.each<readonly [readonly string[], number, string]>([
    [
      ['show', 'Quite'],
      1,
      'No strategy "Quite" (did you mean "Quiet"?)\nwus strategies list shows all strategies',
    ],
    [['show', './gone.ts'], 2, 'Strategy file "./gone.ts" does not exist'],
    [['show', './strategies/broken.ts'], 1, 'broken.ts:'],
    [['show'], 2, 'Missing required argument'],
    [['shwo'], 2, "Unknown command 'shwo'"],
    [[], 2, 'Which one? list, show'],
  ])('%j is refused', async (args, exitCode, text) => {
    const found = await runWus(['strategies', ...args], { cwd: folder() });
    expect({ exitCode: found.exitCode, stdout: found.stdout }).toEqual({ exitCode, stdout: '' });
    expect(found.stderr).toContain(text);
  });
});
