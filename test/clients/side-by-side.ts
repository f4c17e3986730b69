// Clients of others as programs of their own, side by side on one `wus exchange`, through restarts of either.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const HERE = import.meta.dirname;
const ROOT = path.join(HERE, '../..');
const START_MS = 90_000;

/** A client: what trades what, and how its program is stopped in the middle. */
export interface Client {
  readonly name: string;
  readonly symbol: string;
  readonly command: readonly string[];
  /** What is missing to run it. */
  readonly missing?: string;
  /** Kind of key that it demands; default HMAC. */
  readonly key?: 'ed25519';
  /** Programs with books of their own on disk are ended in order; the others are killed. */
  readonly stopSignal: 'SIGKILL' | 'SIGTERM';
  /** Spot alone, or USD-M too. */
  readonly markets: readonly ('spot' | 'usdm')[];
  /** It follows its own fills over sockets, too. */
  readonly listens?: true;
}

const environment = (name: string): string => path.join(HERE, 'python', name);
const script = (name: string): string => path.join(HERE, 'python', name);

/** All clients, with what is missing on this machine. */
export function clients(): Client[] {
  const python = environment('.venv');
  const nautilus = environment('.venv-nautilus');
  const go = builtGoClient();
  const needs = (folder: string, what: string): { missing?: string } =>
    existsSync(path.join(folder, '.installed')) ? {} : { missing: what };
  const both = ['spot', 'usdm'] as const;
  const pythonNeeds = needs(python, 'Python 3.11 with python/requirements.txt');
  return [
    {
      name: 'ccxt-js',
      symbol: 'ETHUSDT',
      command: [process.execPath, path.join(HERE, 'trade-ccxt.mjs')],
      stopSignal: 'SIGKILL',
      markets: both,
      listens: true,
    },
    {
      name: 'ccxt-python',
      symbol: 'BTCUSDT',
      command: [path.join(python, 'bin/python'), script('trade_ccxt.py')],
      stopSignal: 'SIGKILL',
      markets: both,
      ...pythonNeeds,
    },
    {
      name: 'freqtrade',
      symbol: 'SOLUSDT',
      command: [path.join(python, 'bin/python'), script('trade_freqtrade.py')],
      stopSignal: 'SIGTERM',
      markets: ['spot'],
      ...pythonNeeds,
    },
    {
      name: 'python-binance',
      symbol: 'BNBUSDT',
      command: [path.join(python, 'bin/python'), script('trade_python_binance.py')],
      stopSignal: 'SIGKILL',
      markets: both,
      listens: true,
      ...pythonNeeds,
    },
    {
      name: 'nautilus_trader',
      symbol: 'XRPUSDT',
      command: [path.join(nautilus, 'bin/python'), script('trade_nautilus.py')],
      key: 'ed25519',
      stopSignal: 'SIGTERM',
      markets: ['spot'],
      ...needs(nautilus, 'Python 3.12 with python/requirements-nautilus.txt'),
    },
    {
      name: 'go-binance',
      symbol: 'ADAUSDT',
      command: [go ?? ''],
      stopSignal: 'SIGKILL',
      markets: both,
      listens: true,
      ...(go === undefined ? { missing: 'Go 1.24' } : {}),
    },
  ];
}

function builtGoClient(): string | undefined {
  const program = path.join(HERE, 'go/trade');
  for (const go of ['go', '/usr/local/go/bin/go']) {
    try {
      execFileSync(go, ['build', '-o', program, '.'], {
        cwd: path.join(HERE, 'go'),
        stdio: 'pipe',
      });
      return program;
    } catch {
      // Not there, or it cannot build: tried elsewhere.
    }
  }
  return undefined;
}

/** A `wus exchange` that can be stopped and started again with its accounts. */
export class RestartableExchange {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'wus-clients-'));
  readonly #symbols: readonly string[];
  #process: ChildProcess | undefined;
  #output = '';
  port = 0;
  starts = 0;

  constructor(symbols: readonly string[]) {
    this.#symbols = symbols;
    const key = path.join(this.folder, 'private.pem');
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', key]);
    const publicKey = path.join(this.folder, 'public.pem');
    execFileSync('openssl', ['pkey', '-in', key, '-pubout', '-out', publicKey]);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What it printed, over all its starts. */
  get output(): string {
    return this.#output;
  }

  async start(): Promise<void> {
    const flags = {
      market: 'both',
      seed: '77',
      port: String(this.port),
      symbols: this.#symbols.join(','),
      days: '3',
      balance: 'USDT=100000',
      accounts: path.join(this.folder, 'accounts.json'),
      'public-key': path.join(this.folder, 'public.pem'),
    };
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    const wus = path.join(ROOT, 'bin/wus.js');
    const child = spawn(process.execPath, [wus, 'exchange', '--no-gaps', ...words]);
    this.#process = child;
    this.starts++;
    const from = this.#output.length;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    await waitFor(
      () => /Key of the PEM +\S+/.test(this.#output.slice(from)),
      () => `the exchange: ${this.#output.slice(from)}`,
    );
    this.port = Number(/REST and archives +http:\/\/[^:]+:(\d+)/.exec(this.#output)?.[1]);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  /** Key and secret of a kind, as clients get them. */
  credentials(kind: 'hmac' | 'ed25519'): { API_KEY: string; API_SECRET: string } {
    if (kind === 'ed25519') {
      const [, apiKey = ''] = /Key of the PEM +BINANCE_API_KEY=(\S+)/.exec(this.#output) ?? [];
      const file = path.join(this.folder, 'private.pem');
      return { API_KEY: apiKey, API_SECRET: readFileSync(file, 'utf8') };
    }
    const pattern = /Key +BINANCE_API_KEY=(\S+) BINANCE_API_SECRET=(\S+)/;
    const [, apiKey = '', secret = ''] = pattern.exec(this.#output) ?? [];
    return { API_KEY: apiKey, API_SECRET: secret };
  }

  async state(market: 'spot' | 'usdm'): Promise<ExchangeState> {
    const response = await fetch(`${this.url}/control/state?market=${market}`);
    return (await response.json()) as ExchangeState;
  }
}

interface Amount {
  readonly $decimal: string;
}

/** The parts of an account that are compared. */
export interface ExchangeState {
  readonly balances?: Readonly<Record<string, { free: Amount; locked: Amount }>>;
  readonly positions?: Readonly<Record<string, { quantity: Amount }>>;
  readonly orders: readonly {
    symbol: string;
    orderId: number;
    status: string;
    executedQuantity: Amount;
  }[];
  readonly trades: readonly {
    symbol: string;
    tradeId: number;
    orderId: number;
    isBuyer?: boolean;
    side?: string;
    price: Amount;
    quantity: Amount;
    commission: Amount;
    commissionAsset: string;
  }[];
}

/** The program of a client, started again as often as it is stopped. */
export class RunningClient {
  readonly client: Client;
  readonly book: string;
  readonly #exchange: RestartableExchange;
  readonly #endTime: number;
  #process: ChildProcess | undefined;
  exitCode: number | null = null;
  starts = 0;

  constructor(client: Client, exchange: RestartableExchange, endTime: number) {
    this.client = client;
    this.#exchange = exchange;
    this.#endTime = endTime;
    this.book = path.join(exchange.folder, `${client.name}.jsonl`);
  }

  start(): void {
    const { command, key, symbol } = this.client;
    const [program = '', ...words] = command;
    const child = spawn(program, words, {
      // A group of its own: what it starts ends with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.#exchange.folder,
      env: {
        ...process.env,
        ...this.#exchange.credentials(key ?? 'hmac'),
        PYTHONUNBUFFERED: '1',
        EXCHANGE: `127.0.0.1:${this.#exchange.port}`,
        SYMBOL: symbol,
        BOOK: this.book,
        END_TIME: String(this.#endTime),
      },
    });
    const log = createWriteStream(`${this.book}.out`, { flags: 'a' });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    child.on('close', (code) => {
      this.exitCode = code;
    });
    this.#process = child;
    this.exitCode = null;
    this.starts++;
  }

  async restart(): Promise<void> {
    await this.#end(this.client.stopSignal, 60_000);
    this.start();
  }

  /** Waits until it has closed everything and written its last line. */
  async finish(timeoutMs: number): Promise<void> {
    const child = this.#process;
    for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      await sleep(100);
    }
    await this.#end('SIGKILL', 10_000);
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM', timeoutMs: number): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    if (signal === 'SIGTERM') child.kill(signal);
    else process.kill(-child.pid, signal);
    const late = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), timeoutMs);
    await ended;
    clearTimeout(late);
  }

  entries(): BookEntry[] {
    if (!existsSync(this.book)) return [];
    return readFileSync(this.book, 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as BookEntry];
        } catch {
          // Cut off by a kill, or empty.
          return [];
        }
      });
  }

  /** The end of what it printed, to look into. */
  lastWords(): string {
    const file = `${this.book}.out`;
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-1_500) : '';
  }
}

/** A line of a client's books. */
export interface BookEntry {
  readonly kind: 'start' | 'order' | 'fill' | 'event' | 'read' | 'outage' | 'trouble' | 'end';
  readonly market: 'spot' | 'usdm';
  readonly trade: number;
  readonly order: number;
  readonly side: string;
  readonly price: string;
  readonly quantity: string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly executed: string;
  readonly base: string;
  readonly position: string;
  readonly openOrders: number;
  readonly what: string;
  readonly error: string;
}

export const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

async function waitFor(isDone: () => boolean, what: () => string): Promise<void> {
  for (const end = Date.now() + START_MS; Date.now() < end; ) {
    if (isDone()) return;
    await sleep(50);
  }
  throw new Error(`Waited ${START_MS} ms in vain for ${what()}`);
}
