import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { buildOnce, repositoryRoot, runWus, temporaryFolder } from './wus.js';

const STRATEGY = `import { defineStrategy } from 'mista-wus-algo-trader';
import { length } from './length.js';
console.log('averages over', length);
export const strategy = defineStrategy({
  name: 'Watched',
  warmUp: length,
  signals({ candles, indicators }) {
    const mean = indicators.sma(candles.close, length);
    return (i) => indicators.compare(candles.close[i], mean[i]);
  },
});
`;
const CSV = (length: number): string =>
  candlesToCsv(syntheticCandles({ length, symbol: 'BTCUSDT', hasTimeGaps: false }));

function folder(): string {
  const cwd = temporaryFolder();
  mkdirSync(path.join(cwd, 'data/spot/1h'), { recursive: true });
  writeFileSync(path.join(cwd, 'data/spot/1h/BTCUSDT_1h.csv'), CSV(1_000));
  writeFileSync(path.join(cwd, 'watched.ts'), STRATEGY);
  writeFileSync(path.join(cwd, 'length.ts'), 'export const length: number = 10;\n');
  return cwd;
}

/** A watch whose words can be waited for, in order. */
class Watch {
  readonly child: ChildProcess;
  #text = '';
  #read = 0;
  readonly closed: Promise<number | null>;

  constructor(cwd: string, args: readonly string[]) {
    buildOnce();
    const wus = path.join(repositoryRoot, 'bin/wus.js');
    this.child = spawn(process.execPath, [wus, 'backtest', '--watch', ...args], { cwd });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
      });
    }
    this.closed = new Promise((resolve) => this.child.on('close', resolve));
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  /** What was printed since the last call, up to the text. */
  async until(text: string): Promise<string> {
    const deadline = Date.now() + 45_000;
    for (;;) {
      const at = this.#text.indexOf(text, this.#read);
      if (at >= 0) {
        const found = this.#text.slice(this.#read, at);
        this.#read = at + text.length;
        return found;
      }
      if (Date.now() > deadline) throw new Error(`"${text}" did not come after:\n${this.#text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const WATCHING = 'press Ctrl-C to stop';

test('wus backtest --watch runs again for the file, its imports and the candles; mistakes do not end it', async () => {
  const cwd = folder();
  const put = (name: string, text: string): void => {
    // As editors do: a new file takes the place of the old one.
    writeFileSync(path.join(cwd, `${name}.new`), text);
    renameSync(path.join(cwd, `${name}.new`), path.join(cwd, name));
  };
  const watch = new Watch(cwd, [
    '--strategy',
    './watched.ts',
    '--symbol',
    'BTCUSDT',
    '--interval',
    '1h',
  ]);
  expect(await watch.until(WATCHING)).toMatch(
    /averages over 10\n[\s\S]*Watched on BTCUSDT 1h[\s\S]*Watching 3 files/,
  );

  put('length.ts', 'export const length: number = 20;\n');
  expect(await watch.until(WATCHING)).toMatch(
    /UTC {2}length\.ts changed\n[\s\S]*averages over 20\n[\s\S]*Watched on/,
  );

  put('length.ts', 'export const length: number = ;\n');
  expect(await watch.until(WATCHING)).toMatch(
    /length\.ts changed\n\S+length\.ts:1:\d+: [^\n]+\n\nWatching/,
  );

  put('length.ts', 'export const length: number = 20;\n');
  expect(await watch.until(WATCHING)).toMatch(/averages over 20\n[\s\S]*Watched on/);

  put('data/spot/1h/BTCUSDT_1h.csv', CSV(1_200));
  expect(await watch.until(WATCHING)).toMatch(/BTCUSDT_1h\.csv changed\n[\s\S]*1,200/);

  watch.child.kill('SIGINT');
  expect(await watch.closed).toBe(130);
});

test.each<readonly [readonly string[], string]>([
  [['--strategy', './gone.ts'], 'Strategy file "./gone.ts" does not exist'],
  [['--strategy', 'MACros'], 'Unknown strategy "MACros" (did you mean "MACross"?)'],
  [['--strategy', './watched.ts', '--param', 'nothing=1'], 'nothing'],
])('a wrong command line ends a watch at once: %j', async (args, sentence) => {
  const market = ['--symbol', 'BTCUSDT', '--interval', '1h'];
  const found = await runWus(['backtest', '--watch', ...args, ...market], { cwd: folder() });
  expect(found.exitCode).toBe(2);
  expect(found.stderr).toContain(sentence);
});
