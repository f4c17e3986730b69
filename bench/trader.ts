// From the closing kline frame to the order request, the sync of the journal between them, and 50 bots in one process.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { syntheticCandles } from '../src/candles/index.js';
import { parseBacktestRunConfig } from '../src/config/index.js';
import { decimal } from '../src/domain/index.js';
import {
  type Clock,
  type ExchangeServer,
  hmacSigner,
  localHosts,
  openWebSocket,
  spotAdapter,
  startExchangeServer,
  systemClock,
} from '../src/exchange/index.js';
import {
  BotRunner,
  DEFAULT_LIVE_LIMITS,
  Journal,
  type JournalFiles,
  type LiveLimits,
  openJournalFolder,
} from '../src/live/index.js';
import { findStrategy } from '../src/strategies/index.js';
import { median, reportBench } from './lib/bench.js';

const HISTORY = 500;
const CANDLES = 600;
const KEY = { apiKey: 'k'.repeat(64), secret: 's'.repeat(64) };
const MINUTE_MS = 60_000;
/** The clock leaps from candle to candle: that is no sleep and no silence. */
const LEAPING: LiveLimits = {
  ...DEFAULT_LIVE_LIMITS,
  oversleptMsMax: 1e9,
  accountAgeMsMax: 1e9,
  priceAgeMsMax: 1e9,
};
/** Three looks at this distance without a pending request: all answers are in. */
const IDLE_MS = 4;
const BOTS = 50;
const BOT_SECONDS = 15;

const folder = mkdtempSync(path.join(tmpdir(), 'wus-bench-trader-'));
try {
  const { cpuMs, wallMs, orders } = await frameToRequest();
  const syncMs = await journalSync();
  const megabytes = await memoryOfBots();
  reportBench({
    title: 'Trader: from the closing candle to the order, and memory',
    about: `Production adapter, runner and core against a local exchange over real sockets: MACross on ${CANDLES} one-minute candles, ${orders} entries. CPU time of the whole process between the closing kline frame and the order request; the journal is held in memory there, and its sync on the disk of this machine is measured apart. Memory: \`wus trader\` with ${BOTS} bots in paper mode, peak after ${BOT_SECONDS} s.`,
    rows: [
      { what: 'frame to request', median: median(cpuMs), unit: 'ms CPU', runs: cpuMs.length },
      { what: 'frame to request', median: median(wallMs), unit: 'ms', runs: wallMs.length },
      {
        what: 'append and sync of the journal',
        median: median(syncMs),
        unit: 'ms',
        runs: syncMs.length,
      },
    ],
    limits: [
      { what: 'frame to request', value: median(cpuMs), atMost: 1, unit: 'ms CPU' },
      { what: `peak memory of ${BOTS} bots`, value: megabytes, atMost: 300, unit: 'MB' },
    ],
    equal: [],
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(process.exitCode ?? 0);

async function frameToRequest(): Promise<{ cpuMs: number[]; wallMs: number[]; orders: number }> {
  const candles = syntheticCandles({
    length: HISTORY + CANDLES + 2,
    symbol: 'BTCUSDT',
    timeframe: '1m',
    startPrice: 60_000,
    hasTimeGaps: false,
  });
  const server = await startExchangeServer({
    series: [candles],
    startTime: candles.openTime[HISTORY]!,
    pace: { kind: 'stepped' },
    keys: [{ ...KEY, canTrade: true, canWithdraw: false, isIpRestricted: true }],
    balances: { USDT: decimal('1000000') },
    limits: { weightPerMinute: 1e9, ordersPer10Seconds: 1e9, ordersPerDay: 1e9 },
  });
  let pending = 0;
  const idle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 3; quiet = pending === 0 ? quiet + 1 : 0) await pause(IDLE_MS);
  };
  let frame: { cpu: NodeJS.CpuUsage; wall: number } | undefined;
  const cpuMs: number[] = [];
  const wallMs: number[] = [];
  const clock: Clock = { now: () => server.now(), after: systemClock.after };
  const adapter = spotAdapter({
    hosts: localHosts(server.url),
    signer: hmacSigner(KEY.apiKey, KEY.secret),
    clock,
    staleMs: 1e9,
    openSocket: (url, events) =>
      openWebSocket(url, {
        ...events,
        onMessage: (text) => {
          if (text.includes('"x":true')) {
            frame = { cpu: process.cpuUsage(), wall: performance.now() };
          }
          events.onMessage(text);
        },
      }),
    fetch: (url, init) => {
      // Only entries: a stop or an exit may belong to an earlier candle.
      const isEntry = init.method === 'POST' && /side=BUY/.test(url);
      if (isEntry && frame !== undefined) {
        const { user, system } = process.cpuUsage(frame.cpu);
        cpuMs.push((user + system) / 1_000);
        wallMs.push(performance.now() - frame.wall);
        frame = undefined;
      }
      pending++;
      return fetch(url, init).finally(() => {
        pending--;
      });
    },
  });
  const run = parseBacktestRunConfig({
    strategy: 'MACross',
    params: { fast_period: 2, slow_period: 4 },
    symbol: 'BTCUSDT',
    interval: '1m',
    units: 0.01,
    stop_loss_pct: 0.01,
  });
  const settings = {
    bot: 'bench',
    run: { ...run, symbol: 'BTCUSDT', interval: '1m' as const },
    risk: {},
  };
  const journal = await Journal.open(memoryFiles(), settings);
  const runner = new BotRunner(
    {
      clock,
      broker: adapter.broker,
      instruments: adapter.broker,
      candles: adapter.candles,
      feed: adapter.feed,
      userEvents: adapter.userEvents!,
      journal,
      onAlert: () => undefined,
      onTrade: () => undefined,
    },
    { strategyOf: findStrategy, limits: LEAPING },
    { historyCandles: HISTORY },
  );
  await adapter.client.synchronize();
  runner.start();
  await pause(300);
  await play(server, candles.openTime[HISTORY]!, idle);
  runner.stop();
  await server.close();
  const orders = cpuMs.length;
  if (orders < 20) throw new Error(`only ${orders} entries: nothing was measured`);
  // The first ones run before the code is compiled.
  return { cpuMs: cpuMs.slice(5), wallMs: wallMs.slice(5), orders };
}

async function play(
  server: ExchangeServer,
  startTime: number,
  idle: () => Promise<void>,
): Promise<void> {
  for (let i = 1; i <= CANDLES; i++) {
    server.advanceTo(startTime + i * MINUTE_MS - 2_000);
    await idle();
    server.advanceTo(startTime + i * MINUTE_MS);
    await idle();
  }
}

function memoryFiles(): JournalFiles {
  const files = new Map<string, Uint8Array[]>();
  return {
    list: () => Promise.resolve([...files.keys()]),
    read: (name) => Promise.resolve(Buffer.concat(files.get(name) ?? [])),
    append: (name, data) => {
      files.set(name, [...(files.get(name) ?? []), data]);
      return Promise.resolve();
    },
    sync: () => Promise.resolve(),
    rename: (from, to) => {
      files.set(to, files.get(from) ?? []);
      files.delete(from);
      return Promise.resolve();
    },
    remove: (name) => {
      files.delete(name);
      return Promise.resolve();
    },
    syncFolder: () => Promise.resolve(),
  };
}

async function journalSync(): Promise<number[]> {
  const files = await openJournalFolder(path.join(folder, 'journal'));
  const record = Buffer.alloc(1_500, 'x');
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    const before = performance.now();
    await files.append('journal.log', record);
    await files.sync('journal.log');
    times.push(performance.now() - before);
  }
  await files.close();
  return times;
}

/** Peak resident memory of a trader with many bots, MB. */
async function memoryOfBots(): Promise<number> {
  const symbols = Array.from(
    { length: BOTS },
    (_, i) =>
      `C${String.fromCharCode(65 + (i % 26))}${String.fromCharCode(65 + Math.floor(i / 26))}USDT`,
  );
  const exchange = wus(['exchange', '--port', '0', '--days', '1', '--symbols', symbols.join(',')]);
  const url = (await printed(exchange, /REST and archives +(http:\S+)/))[1]!;
  mkdirSync(path.join(folder, 'config'));
  const bots = symbols.map((symbol) => `  - {symbol: ${symbol}}`).join('\n');
  writeFileSync(path.join(folder, 'config', 'runtime_config.yaml'), `bots:\n${bots}\n`);
  const args = ['--strategy', 'MACross', '--interval', '1m', '--stop-loss', '0.01'];
  const trader = wus(['trader', ...args, '--rest-url', url]);
  try {
    await printed(trader, /candles of history/g, BOTS);
    await pause(BOT_SECONDS * 1_000);
    const status = readFileSync(`/proc/${trader.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_000;
  } finally {
    const ends = Promise.all([trader, exchange].map((child) => once(child, 'exit')));
    trader.kill('SIGKILL');
    exchange.kill('SIGKILL');
    await ends;
  }
}

function wus(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [path.resolve('bin/wus.js'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  return child;
}

/** Waits until a pattern was printed; a global one as often as wanted. */
function printed(child: ChildProcess, pattern: RegExp, count = 1): Promise<RegExpMatchArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (part: string) => {
      text += part;
      const match = text.match(pattern);
      if (match !== null && (!pattern.global || match.length >= count)) resolve(match);
    });
    child.on('exit', () => reject(new Error(`it ended: ${text}`)));
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
