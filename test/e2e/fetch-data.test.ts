import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { buildOnce, repositoryRoot, runWus, temporaryFolder } from './wus.js';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface RunningExchange {
  readonly url: string;
  readonly text: string;
  readonly child: ChildProcess;
}

/** Starts `wus exchange` and reads its address off its output. */
async function startExchange(args: readonly string[] = []): Promise<RunningExchange> {
  buildOnce();
  const wus = path.join(repositoryRoot, 'bin/wus.js');
  const market = [
    '--symbols',
    'BTCUSDT',
    '--days',
    '3',
    '--start',
    '2024-02-10T06:00',
    '--speed',
    'step',
  ];
  const child = spawn(process.execPath, [wus, 'exchange', '--port', '0', ...market, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return new Promise((resolve, reject) => {
    child.on('exit', () => reject(new Error(`wus exchange ended: ${text}`)));
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const url = /REST and archives\s+(http\S+)/.exec(text)?.[1];
      if (url !== undefined && text.includes('BINANCE_API_KEY')) resolve({ url, text, child });
    });
  });
}

function fetchArgs(url: string, folder: string, more: readonly string[] = []): string[] {
  const where = ['--rest-url', url, '--archive-url', url, '--data-dir', folder];
  const what = ['--symbols', 'BTCUSDT', '--interval', '1m', '--start', '2024-02-07'];
  return ['fetch-data', ...what, ...where, ...more];
}

const file = (folder: string) => path.join(folder, 'spot/1m/BTCUSDT_1m.csv');

describe('wus fetch-data from wus exchange', () => {
  test.each(['spot', 'usdm'])(
    'a killed and corrupted download of %s ends in the same file as an undisturbed one',
    async (market) => {
      const file = (folder: string) => path.join(folder, market, '1m/BTCUSDT_1m.csv');
      const more = market === 'usdm' ? ['--market', market, '--funding'] : [];
      const exchange = await startExchange([
        '--market',
        market,
        '--fault',
        'archive-bit-flip:2024-02-07',
        '--fault',
        'archive-slow:2024-02-09',
      ]);
      expect(exchange.text).toContain('SYNTHETIC market of BTCUSDT');
      const [folder, calm] = [temporaryFolder(), temporaryFolder()];
      const child = spawn(
        process.execPath,
        [path.join(repositoryRoot, 'bin/wus.js'), ...fetchArgs(exchange.url, folder, more)],
        { stdio: 'ignore' },
      );
      started.push(child);
      const parts = path.join(folder, market, '1m/.BTCUSDT_1m.csv.parts');
      for (let i = 0; i < 1_000 && !(existsSync(parts) && readdirSync(parts).length >= 2); i++) {
        await new Promise((wait) => setTimeout(wait, 20));
      }
      child.kill('SIGKILL');
      expect(readdirSync(parts).length).toBeGreaterThanOrEqual(2);
      expect(existsSync(file(folder))).toBe(false);

      const resumed = await runWus(fetchArgs(exchange.url, folder, more));
      expect(resumed).toMatchObject({ exitCode: 0 });
      expect(resumed.stdout).toMatch(
        /BTCUSDT {2}1m +[\d,]+ +\+[\d,]+ {2}2024-02-07 00:00 {2}2024-02-10 05:5\d/,
      );
      expect(existsSync(parts)).toBe(false);

      const undisturbed = await runWus(
        fetchArgs(exchange.url, calm, [...more, '--source', 'rest']),
      );
      expect(undisturbed.exitCode).toBe(0);
      expect(readFileSync(file(folder), 'utf8')).toBe(readFileSync(file(calm), 'utf8'));

      const again = await runWus(fetchArgs(exchange.url, folder, more));
      expect(again.stdout).toContain('+0');
      const check = await runWus(['data', 'check', file(folder)]);
      expect(check.exitCode).toBe(0);
      if (market === 'usdm') {
        const funding = path.join(folder, 'usdm/funding/BTCUSDT_funding.csv');
        // From the start of the request on, every eight hours.
        expect(readFileSync(funding, 'utf8').trim().split('\n')).toHaveLength(1 + 10);
      }
    },
  );

  const canMount =
    spawnSync('unshare', ['--map-root-user', '--mount', 'true'], { stdio: 'ignore' }).status === 0;
  if (!canMount) {
    console.warn('skipped: this system lets nobody mount a small disk, a full one is not tried');
  }
  test.skipIf(!canMount)('a disk that is full is said, and what was there stays', async () => {
    const exchange = await startExchange();
    const folder = temporaryFolder();
    const wus = path.join(repositoryRoot, 'bin/wus.js');
    const fetch = [wus, ...fetchArgs(exchange.url, folder)].map((part) => `'${part}'`).join(' ');
    const first = `${fetch} --end 2024-02-07T02:00`;
    const script = [
      `mount -t tmpfs -o size=96k tmpfs '${folder}'`,
      `'${process.execPath}' ${first} >/dev/null || exit 90`,
      `cp '${file(folder)}' '${folder}/before.csv'`,
      `'${process.execPath}' ${fetch}; code=$?`,
      `cmp '${file(folder)}' '${folder}/before.csv' || exit 91`,
      'exit $code',
    ].join('\n');
    const full = spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', script], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect(full).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/no space left|disk is full/i) as string,
    });
  });

  test('Ctrl-C ends the exchange; a taken port and a foreign address are said', async () => {
    const first = await startExchange();
    const { port } = new URL(first.url);
    const second = await runWus(['exchange', '--port', port, '--days', '1']);
    expect(second).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`Port ${port} on 127.0.0.1 is already in use`) as string,
    });
    const open = await runWus(['exchange', '--port', '0', '--host', '0.0.0.0', '--days', '1'], {
      interruptAt: { text: 'BINANCE_API_KEY', signal: 'SIGINT' },
    });
    expect(open.exitCode).toBe(130);
    expect(open.stderr).toContain(
      'WARNING: listening on 0.0.0.0. Everyone who can reach this address can trade',
    );
  });

  test.each([
    [['--interval', '7m'], /Interval "7m": unknown/],
    [['--start', 'yesterday'], /--start yesterday: not a date/],
    [['--end', '2024-01-01'], /--end 2024-01-01 is not later than --start/],
    [
      ['--source', 'archives'],
      /--source archives: use auto, archive, rest \(did you mean "archive"\?\)/,
    ],
    [['--processes', '0'], /--processes 0: a whole number from 1 to 32/],
    [['--funding'], /--funding: spot markets have no funding/],
    [['--rest-url', 'api.binance.com'], /--rest-url api.binance.com: not an address/],
  ])('%s is a mistake', async (more, message) => {
    const finished = await runWus(fetchArgs('http://127.0.0.1:64999', temporaryFolder(), more));
    expect(finished).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(message) as string,
    });
  });
});
