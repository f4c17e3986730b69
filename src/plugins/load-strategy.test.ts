import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildOnce, repositoryRoot } from '../../test/e2e/wus.js';

// On built code, in processes of their own: the test runner resolves modules in its own way.

const dist = (file: string) => pathToFileURL(path.join(repositoryRoot, 'dist', file)).href;
const RUNNER = `
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { loadStrategy, loadStrategyFromFile } from '${dist('plugins/index.js')}';
import { candleSeriesFromRows } from '${dist('index.js')}';
const describe = async (name, cwd) => {
  try {
    const { strategy, source } = await loadStrategy(name, { cwd });
    const rows = [1, 2, 3, 2, 1].map((price, i) => [i * 60000, price, price, price, price, 1]);
    const candles = candleSeriesFromRows({ symbol: 'X', market: 'spot', timeframe: '1m' }, rows);
    const defaults = Object.fromEntries(
      Object.entries(strategy.parameters).map(([key, spec]) => [key, spec.default]),
    );
    const signals = [...strategy.signals(candles, defaults)];
    return { name: strategy.name, parameters: defaults, signals, sha256: source?.sha256, files: source?.files.length };
  } catch (error) {
    return { error: error.message, kind: error.name, exitCode: error.exitCode };
  }
};
const { name, cwd, thread, twice, sha256 } = isMainThread ? JSON.parse(process.argv[2]) : workerData;
if (isMainThread && thread) {
  new Worker(new URL(import.meta.url), { workerData: { name, cwd } }).on('message', (m) => console.log(m));
} else if (sha256) {
  await loadStrategyFromFile(name, { cwd, sha256 }).catch((error) => console.log(JSON.stringify({ error: error.message })));
} else {
  const result = await describe(name, cwd);
  if (twice) {
    const { writeFileSync, readFileSync } = await import('node:fs');
    writeFileSync(twice, readFileSync(twice, 'utf8').replace('First', 'Second'));
    result.again = (await describe(name, cwd)).name;
  }
  const text = JSON.stringify(result);
  isMainThread ? console.log(text) : parentPort.postMessage(text);
}
`;

let folder = '';

beforeAll(() => buildOnce());
beforeEach(() => {
  rmSync(folder || path.join(tmpdir(), 'wus-none'), { recursive: true, force: true });
  folder = mkdtempSync(path.join(tmpdir(), 'wus-plugins-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

interface Job {
  readonly name: string;
  readonly cwd?: string;
  readonly thread?: boolean;
  readonly twice?: string;
  readonly sha256?: string;
}

function load(job: Job): Record<string, unknown> {
  const runner = write('runner.mjs', RUNNER);
  const argument = JSON.stringify({ cwd: folder, ...job });
  const run = spawnSync(process.execPath, [runner, argument], { encoding: 'utf8', cwd: '/' });
  expect(run.stderr).toBe('');
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

const RISING = `import { defineStrategy, integer, type Strategy } from 'mista-wus-algo-trader';

export const strategy: Strategy = defineStrategy({
  name: 'Rising',
  parameters: { period: integer({ default: 1, min: 1, description: 'Candles' }) },
  warmUp: ({ period }) => period,
  signals: ({ candles: { close }, parameters: { period }, indicators: { compare } }) =>
    (i: number): number => compare(close[i], close[i - period]),
});
`;

describe('a strategy file', () => {
  test.each([[false], [true]])('loads TypeScript; in a worker thread: %s', (thread) => {
    write('my-strategy.ts', RISING);
    expect(load({ name: './my-strategy.ts', thread })).toEqual({
      name: 'Rising',
      parameters: { period: 1, trend_filter_period: null, trend_filter_use_ema: true },
      signals: [0, 1, 1, -1, -1],
      sha256: createHash('sha256').update(RISING).digest('hex'),
      files: 1,
    });
  });

  test.each([
    ['./my-strategy.js', 'in a folder without package.json'],
    ['my-strategy.mjs', 'without a slash'],
  ])('loads JavaScript: %s %s', (name) => {
    write(name, RISING.replace(', type Strategy', '').replace(/: (Strategy|number)\b/g, ''));
    expect(load({ name })).toMatchObject({ name: 'Rising', signals: [0, 1, 1, -1, -1] });
  });

  test('loads from a path with blanks, hashes and umlauts', () => {
    write('a b#c?ä/my strategy.ts', RISING);
    expect(load({ name: 'a b#c?ä/my strategy.ts' })).toMatchObject({ name: 'Rising' });
  });

  test.each([[false], [true]])(
    'imports its neighbours by .js and .ts paths, and theirs; in a worker thread: %s',
    (thread) => {
      write('lib/base.ts', 'export const base: number = 1;\n');
      write(
        'lib/one.ts',
        "import { base } from './base.js';\nexport const one = base as number;\n",
      );
      write('two.ts', 'export type Two = 2;\nexport const two: number = 1;\n');
      write('plain.js', 'export const plain = 1;\n');
      write(
        'my-strategy.ts',
        `import { one } from './lib/one.js';\nimport { two } from './two.ts';\nimport { plain } from './plain.js';\n${RISING.replace('default: 1', 'default: one * two * plain')}`,
      );
      const loaded = load({ name: './my-strategy.ts', thread });
      expect(loaded).toMatchObject({ signals: [0, 1, 1, -1, -1], files: 5 });
    },
  );

  test('has another hash when a neighbour changes', () => {
    write('my-strategy.ts', `import './side.js';\n${RISING}`);
    write('side.ts', 'export const a = 1;\n');
    const before = load({ name: './my-strategy.ts' }).sha256;
    write('side.ts', 'export const a = 2;\n');
    expect(load({ name: './my-strategy.ts' }).sha256).not.toBe(before);
  });

  test.each([
    [
      'a JSON file',
      "import { a } from './side.json' with { type: 'json' };",
      'side.json',
      '{"a":1}',
    ],
    ['a file of another kind', "import './side.txt';", 'side.txt', 'a'],
    [
      'an npm package',
      "import 'own-levels';",
      'node_modules/own-levels/index.js',
      'export const a = 1;',
    ],
    [
      'a package that a package depends on',
      "import 'own-levels';",
      'node_modules/deeper/index.js',
      'export const a = 1;',
    ],
  ])('has another hash when %s changes that it imports', async (_, statement, name, content) => {
    const { readStrategySource } = await import('./strategy-source.js');
    write(
      'node_modules/own-levels/package.json',
      '{"name":"own-levels","dependencies":{"deeper":"1"}}',
    );
    write('node_modules/deeper/package.json', '{"name":"deeper"}');
    const file = write('my-strategy.ts', `${statement}\n${RISING}`);
    write(name, content);
    const before = readStrategySource(file).sha256;
    expect(readStrategySource(file).sha256).toBe(before);
    write(name, `${content} `);
    // A package does not change while a process uses it: another process sees the change.
    const again = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { readStrategySource } from '${dist('plugins/strategy-source.js')}'; console.log(readStrategySource(process.argv[1]).sha256);`,
        file,
      ],
      { encoding: 'utf8' },
    );
    expect(again.stdout.trim()).toMatch(/^[0-9a-f]{64}$/);
    expect(again.stdout.trim()).not.toBe(before);
  });

  test.each([
    ["import { readFileSync } from 'node:fs';", ['node:fs']],
    ["import { readFile } from 'fs/promises';", ['node:fs/promises']],
    ["const { readFileSync } = process.getBuiltinModule('fs');", ['node:fs']],
    ["const fs = await import('node:fs');", ['node:fs']],
    ['const answer = await fetch(address);', ['fetch']],
    ["import { randomBytes } from 'node:crypto'; const prefetch = 1;", []],
  ])('names what it can read by itself: %s', async (code, reads) => {
    const { outsideReads } = await import('./outside-reads.js');
    expect(outsideReads(code)).toEqual(reads);
  });

  test('loads anew in the same process when it was edited', () => {
    const file = write('my-strategy.ts', RISING.replace("'Rising'", "'First'"));
    expect(load({ name: './my-strategy.ts', twice: file })).toMatchObject({
      name: 'First',
      again: 'Second',
    });
  });

  test('is refused when it is not what was checked before', () => {
    write('my-strategy.ts', RISING);
    expect(load({ name: './my-strategy.ts', sha256: '00' }).error).toMatch(
      /my-strategy\.ts: the strategy file changed during the run; start again$/,
    );
  });
});

describe('loadStrategy()', () => {
  test('finds built-in strategies by name', () => {
    expect(load({ name: 'MACross' })).toMatchObject({ name: 'MovingAverageCrossoverStrategy' });
  });

  test.each<[string, string, string, RegExp]>([
    [
      'nothing there',
      'other.ts',
      '',
      /^Strategy file "\.\/my-strategy\.ts" does not exist; looked for \/.*my-strategy\.ts$/,
    ],
    [
      'a syntax error in TypeScript',
      'my-strategy.ts',
      'const a: number = 1;\n\nexport const b: = 2;\n',
      /my-strategy\.ts:3:17: Unexpected token `=`/,
    ],
    [
      'syntax that is more than types',
      'my-strategy.ts',
      'export enum Side { Long }\n',
      /my-strategy\.ts:1:8: TypeScript enum is not supported/,
    ],
    [
      'no export',
      'my-strategy.ts',
      'const strategy = 1;\n',
      /my-strategy\.ts: no export named "strategy" \(it exports nothing\); write: export const strategy = defineStrategy\(\{ … \}\)$/,
    ],
    [
      'another export',
      'my-strategy.ts',
      'export const Strategy = 1;\n',
      /no export named "strategy" \(it exports Strategy\)/,
    ],
    [
      'a plain object',
      'my-strategy.ts',
      "export const strategy = { name: 'x', signals: () => [] };\n",
      /"strategy" was not made by defineStrategy\(\)/,
    ],
    [
      'an exception',
      'my-strategy.ts',
      '\nconst a: string | undefined = undefined;\na!.length;\n',
      /my-strategy\.ts:3: TypeError while loading: Cannot read properties of undefined/,
    ],
    [
      'a thrown text',
      'my-strategy.ts',
      "throw 'no';\n",
      /my-strategy\.ts: threw while loading: no$/,
    ],
    [
      'a missing neighbour',
      'my-strategy.ts',
      "import './none.js';\n",
      /my-strategy\.ts: Error while loading: Cannot find module '.*none\.js'/,
    ],
    [
      'a type imported as a value',
      'my-strategy.ts',
      RISING.replace('type Strategy', 'StrategyPlot'),
      /does not provide an export named 'StrategyPlot'; if that is a type, write "import type/,
    ],
    [
      'a bad name',
      'my-strategy.ts',
      RISING.replace("'Rising'", "'../up'"),
      /my-strategy\.ts: Strategy name "\.\.\/up": use letters, digits/,
    ],
    [
      'a built-in name',
      'my-strategy.ts',
      RISING.replace("'Rising'", "'MACross'"),
      /"MACross" is the name of a built-in strategy; choose another$/,
    ],
    [
      'a reserved parameter',
      'my-strategy.ts',
      RISING.replace('period: integer', 'stop_loss_pct: integer'),
      /the parameter name "stop_loss_pct" is reserved for a filter or a stop/,
    ],
    [
      'a default out of range',
      'my-strategy.ts',
      RISING.replace('default: 1', 'default: 0'),
      /the default of period must be an integer >= 1: current value is 0$/,
    ],
    [
      'signals that throw',
      'my-strategy.ts',
      RISING.replace('=>\n    (i', "=> { throw new Error('boom'); },\n unused: (i"),
      /^Strategy "Rising" threw in signals\(\) at \/.*my-strategy\.ts:7: Error: boom$/,
    ],
    [
      'a signal that throws',
      'my-strategy.ts',
      RISING.replace(
        'compare(close[i], close[i - period])',
        '(i === 3 ? (null as never as string).length : 0)',
      ),
      /^Strategy "Rising" threw in the signal of candle 3 \(1970-01-01T00:03:00\.000Z\) at \/.*my-strategy\.ts:8: TypeError/,
    ],
    [
      'a signal out of range',
      'my-strategy.ts',
      RISING.replace('compare(close[i], close[i - period])', 'i'),
      /the signal of candle 2 \(1970-01-01T00:02:00\.000Z\) must be -1, 0 or 1 \(NaN counts as 0\): current value is 2$/,
    ],
    [
      'an import without the ending of the file',
      'my-strategy.ts',
      `import { k } from './runner';\n${RISING}`,
      /my-strategy\.ts: it imports "runner" without the file extension; write \.\/runner\.mjs$/,
    ],
    [
      'a package that is not installed',
      'my-strategy.ts',
      `import 'no-such-package';\n${RISING}`,
      /my-strategy\.ts: it imports the package "no-such-package", which is not installed; run npm install no-such-package in /,
    ],
    [
      'signals that are async',
      'my-strategy.ts',
      RISING.replace('signals: (', 'signals: async ('),
      /it returned a Promise\. It must not be async/,
    ],
    [
      'a signal that is a truth value',
      'my-strategy.ts',
      RISING.replace('compare(close[i], close[i - period])', '(close[i]! > 1) as never'),
      /the signal of candle 1 .* is true; return a number: 1 for long, -1 for short, 0 for neither$/,
    ],
    [
      'an error inside an indicator, at the line of the strategy',
      'my-strategy.ts',
      RISING.replace(
        'indicators: { compare } }) =>',
        'indicators: { compare, sma } }) => {\n const a = sma(close, 0.5);\n return',
      ).replace('period]),', 'period]) },'),
      /^Strategy "Rising" threw in signals\(\) at \/.*my-strategy\.ts:8: /,
    ],
    [
      'too few signals',
      'my-strategy.ts',
      RISING.replace(/\(i: number\).*\n/, '[1, 0],\n'),
      /signals must give one value per candle \(5\) or a function of the candle index: it returned 2 values$/,
    ],
  ])('says what is wrong: %s', (_, name, text, message) => {
    write(name, text);
    expect(load({ name: './my-strategy.ts' }).error).toMatch(message);
  });

  test('a folder, and a name that is neither', () => {
    mkdirSync(path.join(folder, 'folder.ts'));
    expect(load({ name: 'folder.ts' }).error).toMatch(/"folder\.ts" is not a file/);
    expect(load({ name: './my-strategy.py' }).error).toMatch(
      /must end in \.ts, \.mts, \.js or \.mjs/,
    );
    expect(load({ name: 'MACros' })).toMatchObject({ kind: 'UsageError', exitCode: 2 });
  });
});
