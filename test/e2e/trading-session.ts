// A trader and an exchange as processes of their own, a wire between them that can be cut, and what both say afterwards.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type CandleSeries, candlesToCsv } from '../../src/candles/index.js';
import { MARKETS, type Market, timeframeMs } from '../../src/domain/index.js';
import { PARITY_CAUSES, type ParityReport, readSavedMemory } from '../../src/live/index.js';
import { type Random, seededRandom } from '../../src/util/index.js';
import { readHistory } from '../auditor/account-history.js';
import { audit } from '../auditor/audit.js';
import { type ClaimedStatus, readTradeLog } from '../auditor/bot-claims.js';
import { CuttableProxy } from './cuttable-proxy.js';
import {
  type BotBooks,
  disagreements,
  type ExchangeBooks,
  enteredSignals,
} from './exchange-books.js';
import { ExchangeControl } from './exchange-control.js';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const LOOK_MS = 50;
const RESTART_MS = 500;
/** A bot handles the last candle, and what was under way, within this; real ms. */
const SETTLE_MS = 60_000;
/** So often in turn, half a second apart, the books must agree before the traders are ended. */
const CALM_LOOKS = 4;
/** Real ms. */
const CUT_MS = 1_000;
const HOLD_MS = 4_000;
const STALL_MS = 2_000;
/** Lines of the output that a failure shows. */
const TAIL_LINES = 60;
/** An order comes within this; else the kill comes without one. */
const ORDER_MS = 10_000;
const BALANCES: Readonly<Record<string, string>> = { USDT: '100000' };

/** A bot as `bots:` of the runtime configuration writes it, and the candles that its symbol replays. */
export interface SessionBot {
  readonly config: Readonly<Record<string, unknown>>;
  /** Named as the symbol of the bot. History first; in the last candle, which keeps the market open, no price moves. */
  readonly candles: CandleSeries;
  /** Bots of one name share a trader; default: all do. */
  readonly trader?: string;
}

/** Something that happens to a session. */
export type Mishap =
  /** SIGKILL. */
  | 'kill'
  /** SIGKILL while the exchange has carried out an order and its reply is under way. */
  | 'kill-amid-order'
  /** All TCP connections are reset, new ones too, for a second. */
  | 'cut'
  | 'hold'
  | 'exchange-stalls'
  | 'sockets-dropped'
  | 'streams-silent'
  | 'reply-lost'
  | 'answer-unknown'
  | 'event-lost'
  | 'event-twice'
  | 'candle-lost'
  | 'rest-down'
  | 'terminated';

export interface SessionOptions {
  readonly market: Market;
  readonly bots: readonly SessionBot[];
  /** Exchange time at the start, ms UTC. */
  readonly startTime: number;
  /** Times as fast as the clock. */
  readonly speed: number;
  /** They happen in an order and at moments that the seed chooses, one in each equal part of the session. */
  readonly mishaps: readonly Mishap[];
  readonly seed: number;
  /** Rates of USD-M by symbol, as `wus fetch-data --funding` writes them. */
  readonly funding?: Readonly<Record<string, string>>;
  /** What the account begins with, by asset; default 100,000 USDT. */
  readonly balances?: Readonly<Record<string, string>>;
  /** Candles of symbols that no bot trades. */
  readonly otherCandles?: readonly CandleSeries[];
  /** Further arguments of `wus exchange`. */
  readonly exchangeArgs?: readonly string[];
}

/** What a bot made of a session. */
export interface SessionResult {
  readonly symbol: string;
  readonly report: ParityReport;
  /** `wus parity` as a person sees it. */
  readonly text: string;
}

export interface SessionResults {
  readonly results: readonly SessionResult[];
  /** Mishaps with their exchange times, one line each. */
  readonly happened: readonly string[];
}

/**
 * Lets bots trade replayed candles at `wus exchange` in testnet mode, through mishaps, and demands that in the end the
 * exchange and the bots agree to the last digit, that no order was sent twice, that `wus parity` knows a cause of every difference,
 * and that an auditor who sees the lists of the exchange alone comes to the numbers of the bots.
 *
 * @param options - Who trades what, and what happens.
 */
export async function tradeThrough(options: SessionOptions): Promise<SessionResults> {
  const session = await TradingSession.start(options);
  await session.live();
  await session.end();
  session.expectAgreement();
  const results: SessionResult[] = [];
  for (const bot of options.bots) results.push(await session.explain(bot));
  expect((await session.audit(results)).join('\n')).toBe('');
  session.close();
  return { results, happened: session.happened };
}

/**
 * Does something for spot and USD-M at once; fails after both have ended, with what failed of each.
 *
 * @param run - May take long.
 */
export async function onBothMarkets(run: (market: Market) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(MARKETS.map((market) => run(market)));
  const failures = results.flatMap((result, i) =>
    result.status === 'rejected' ? [`${MARKETS[i]}: ${String(result.reason)}`] : [],
  );
  expect(failures.join('\n\n')).toBe('');
}

/** Returns candles in the last of which no price moves, so that what is open at the end stays open. */
export function calmEnd(candles: CandleSeries): CandleSeries {
  const { length, close } = candles;
  const price = close[length - 2]!;
  const calm = (column: Float64Array): Float64Array =>
    column.map((value, i) => (i === length - 1 ? price : value));
  const { open, high, low } = candles;
  return { ...candles, open: calm(open), high: calm(high), low: calm(low), close: calm(close) };
}

class TradingSession {
  readonly #options: SessionOptions;
  readonly #folder: string;
  readonly #exchange: WusProcess;
  /** Past the wire. */
  readonly #control: ExchangeControl;
  readonly #wire: CuttableProxy;
  readonly #env: Record<string, string>;
  readonly #outputs: string[] = [];
  readonly happened: string[] = [];
  /** By name of the trader; the runtime configuration of each is `<name>.yaml`. */
  readonly #traders = new Map<string, WusProcess | undefined>();
  #books: readonly string[] = ['the books were never compared'];
  #entries = 0;

  static async start(options: SessionOptions): Promise<TradingSession> {
    const folder = temporaryFolder();
    const { market, bots, startTime, speed, funding = {}, balances = BALANCES } = options;
    const series = [...bots.map(({ candles }) => candles), ...(options.otherCandles ?? [])];
    const files = series.map((candles) => {
      const file = path.join(
        ...[folder, market, candles.timeframe],
        `${candles.symbol}_${candles.timeframe}.csv`,
      );
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, candlesToCsv(candles));
      return file;
    });
    const rates = Object.entries(funding).map(([symbol, text]) => {
      const file = path.join(folder, `${symbol}_funding.csv`);
      writeFileSync(file, text);
      return file;
    });
    const exchange = new WusProcess(
      [
        ...['exchange', '--port', '0', '--speed', String(speed), '--market', market],
        ...['--start', new Date(startTime).toISOString(), '--balance', balanceText(balances)],
        ...files.flatMap((file) => ['--file', file]),
        ...rates.flatMap((file) => ['--funding', file]),
        ...(options.exchangeArgs ?? []),
      ],
      { cwd: folder },
    );
    const url = (await exchange.waitFor(/REST and archives +http:\S+/)).split(/ +/).at(-1) ?? '';
    const key = await exchange.waitFor(/BINANCE_API_KEY=\S+ BINANCE_API_SECRET=\S+/);
    const env = Object.fromEntries(
      key.split(' ').map((part): [string, string] => [part.split('=')[0]!, part.split('=')[1]!]),
    );
    const wire = await CuttableProxy.open(Number(new URL(url).port));
    onTestFinished(() => wire.close());
    for (const name of new Set(bots.map(traderOf))) {
      const own = bots.filter((bot) => traderOf(bot) === name);
      const config = { market, bots: own.map((bot) => bot.config) };
      // JSON is YAML.
      writeFileSync(path.join(folder, `${name}.yaml`), JSON.stringify(config));
    }
    return new TradingSession(options, { folder, exchange, url, wire, env });
  }

  private constructor(
    options: SessionOptions,
    parts: {
      folder: string;
      exchange: WusProcess;
      url: string;
      wire: CuttableProxy;
      env: Record<string, string>;
    },
  ) {
    this.#options = options;
    this.#folder = parts.folder;
    this.#exchange = parts.exchange;
    this.#control = new ExchangeControl(parts.url);
    this.#wire = parts.wire;
    this.#env = parts.env;
    for (const bot of options.bots) this.#traders.set(traderOf(bot), undefined);
  }

  /** Trades to the end of the candles, a mishap at a time. */
  async live(): Promise<void> {
    const { startTime, mishaps, seed } = this.#options;
    const endTime = this.#endTime();
    const due = scheduled(mishaps, startTime, endTime, seededRandom(seed));
    for (let now = startTime; now < endTime; now = await this.#control.time()) {
      await this.#tend();
      if (due[0] !== undefined && now >= due[0][0]) {
        const [, mishap] = due.shift()!;
        this.happened.push(`${new Date(now).toISOString()} ${mishap}`);
        await this.#suffer(mishap);
      }
      await sleep(LOOK_MS);
    }
    expect(due).toEqual([]);
  }

  /** Keeps the traders running, as a service manager would. */
  async #tend(): Promise<void> {
    for (const [name, trader] of this.#traders) {
      if (trader?.isRunning === true) continue;
      if (trader !== undefined) {
        this.#outputs.push(trader.output);
        await sleep(RESTART_MS);
      }
      const args = [
        ...['--mode', 'testnet', '--runtime-config', `${name}.yaml`, '--rest-url', this.#wire.url],
      ];
      const started = new WusProcess(['trader', ...args], { cwd: this.#folder, env: this.#env });
      this.#traders.set(name, started);
    }
  }

  /** Sends all traders a signal; returns their exit codes. */
  #endTraders(signal: NodeJS.Signals): Promise<number[]> {
    const all = [...this.#traders.values()].filter((trader) => trader !== undefined);
    return Promise.all(all.map((trader) => trader.end(signal)));
  }

  async #suffer(mishap: Mishap): Promise<void> {
    switch (mishap) {
      case 'kill':
        await this.#endTraders('SIGKILL');
        break;
      case 'kill-amid-order':
        await this.#control.post('faults', { name: 'reply-delayed', match: 'POST', value: 1_000 });
        await this.#control.untilStruck('reply-delayed', ORDER_MS);
        await this.#control.clearFault('reply-delayed');
        await this.#endTraders('SIGKILL');
        break;
      case 'terminated':
        await this.#endTraders('SIGTERM');
        break;
      case 'cut':
        this.#wire.cut();
        await sleep(CUT_MS);
        this.#wire.mend();
        break;
      case 'hold':
        this.#wire.hold();
        await sleep(HOLD_MS);
        this.#wire.mend();
        break;
      case 'exchange-stalls':
        process.kill(this.#exchange.pid, 'SIGSTOP');
        await sleep(STALL_MS);
        process.kill(this.#exchange.pid, 'SIGCONT');
        break;
      case 'sockets-dropped':
        await this.#control.post('sockets', { action: 'drop', kind: 'all' });
        break;
      case 'streams-silent':
        await this.#control.post('sockets', { action: 'silence', kind: 'all', ms: 5_000 });
        break;
      case 'reply-lost':
        await this.#control.post('faults', { name: 'reply-lost', match: 'rder', count: 3 });
        break;
      case 'answer-unknown':
        await this.#control.post('faults', { name: 'unknown-executed', match: 'POST', count: 2 });
        await this.#control.post('faults', {
          name: 'unknown-not-executed',
          match: 'POST',
          count: 1,
        });
        break;
      case 'event-lost':
      case 'event-twice':
        await this.#control.post('faults', { name: mishap, count: 4 });
        break;
      case 'candle-lost':
        await this.#control.post('faults', { name: 'closed-candle-lost', count: 2 });
        break;
      case 'rest-down':
        await this.#control.post('faults', { name: 'rest-down' });
        await sleep(STALL_MS);
        await this.#control.clearFault('rest-down');
        break;
    }
  }

  /** Lets the bots handle the last candle and what is under way, then ends the trader; what is open stays open. */
  async end(): Promise<void> {
    const newest = this.#endTime() - timeframeMs(this.#options.bots[0]!.candles.timeframe);
    const deadline = Date.now() + SETTLE_MS;
    let calmLooks = 0;
    for (;;) {
      await this.#tend();
      await sleep(10 * LOOK_MS);
      const memories = await this.#memories();
      const isAtEnd =
        memories.length === this.#options.bots.length &&
        memories.every(({ lastOpenTime }) => (lastOpenTime ?? 0) >= newest);
      // What is under way settles with time; what does not is shown below. On a busy machine the books agree a moment before
      // the last decision is sent: once is not enough.
      const agrees = isAtEnd && (await this.#compareBooks()).length === 0;
      calmLooks = agrees ? calmLooks + 1 : 0;
      if (calmLooks === CALM_LOOKS) break;
      if (Date.now() < deadline) continue;
      if (isAtEnd) break;
      throw new Error(`A bot did not come to the end:\n${this.output}`);
    }
    expect(new Set(await this.#endTraders('SIGTERM'))).toEqual(new Set([143]));
    this.#books = await this.#compareBooks();
  }

  /** Everything that happened and that the traders said. */
  get output(): string {
    const running = [...this.#traders.values()].map((trader) => trader?.output ?? '');
    const outputs = [...this.#outputs, ...running];
    return [...this.happened, ...outputs].join('\n---\n');
  }

  /** Orders, positions and money: the books of the exchange and those of the bots are the same. */
  expectAgreement(): void {
    writeFileSync(path.join(this.#folder, 'session.log'), this.output);
    expect(this.output).not.toMatch(/MISMATCH|mismatch|orphan/);
    expect(this.#books.join('\n'), this.#tail()).toBe('');
    expect(this.#entries).toBeGreaterThan(0);
  }

  /** What was said last. */
  #tail(): string {
    return this.output.split('\n').slice(-TAIL_LINES).join('\n');
  }

  async #compareBooks(): Promise<string[]> {
    const state = (await this.#control.get(
      `state?market=${this.#options.market}`,
    )) as ExchangeBooks;
    this.#entries = enteredSignals(state).length;
    const bots = (await this.#memories()).map((memory): BotBooks => {
      const file = this.#tradeLog(memory.settings.run.symbol);
      return { memory, tradeLog: file === undefined ? '' : readFileSync(file, 'utf8') };
    });
    const { balances = BALANCES } = this.#options;
    const isDollars = Object.keys(balances).join() === 'USDT';
    return disagreements(state, bots, isDollars ? Number(balances.USDT) : undefined);
  }

  /** What an auditor finds who reads the lists of the exchange alone. */
  async audit(results: readonly SessionResult[]): Promise<string[]> {
    const { market, bots, balances = BALANCES } = this.#options;
    const { BINANCE_API_KEY: apiKey = '', BINANCE_API_SECRET: secret = '' } = this.#env;
    const symbols = bots.map(({ candles }) => candles.symbol);
    const { url } = this.#control;
    const history = await readHistory({ market, url, apiKey, secret, symbols });
    const { stdout } = await runWus(['trader', 'status', '--json'], { cwd: this.#folder });
    const statuses = JSON.parse(stdout) as ClaimedStatus[];
    const claims = bots.map(({ config, candles: { symbol } }) => {
      const log = this.#tradeLog(symbol);
      return {
        symbol,
        trades: log === undefined ? [] : readTradeLog(readFileSync(log, 'utf8')),
        status: statuses.find((one) => one.symbol === symbol)!,
        parity: results.find((one) => one.symbol === symbol)!.report,
        initialBalance: String(config.initial_balance),
      };
    });
    return audit(history, claims, balances);
  }

  /** A bot that finished no trade has no log: the header of one that did. */
  #emptyLog(): string {
    const [log = ''] = this.#options.bots.flatMap(
      ({ candles }) => this.#tradeLog(candles.symbol) ?? [],
    );
    const [header] = readFileSync(log, 'utf8').split('\n');
    const file = path.join(this.#folder, 'no_trades.csv');
    writeFileSync(file, `${header}\n`);
    return file;
  }

  #tradeLog(symbol: string): string | undefined {
    const logs = path.join(this.#folder, 'results', 'live_trades');
    if (!existsSync(logs)) return undefined;
    const name = readdirSync(logs).find((entry) => entry.includes(`_${symbol}_`));
    return name && path.join(logs, name);
  }

  /** What `wus parity` says: every difference has a cause, and the causes add up. */
  async explain({ candles }: SessionBot): Promise<SessionResult> {
    const { symbol, timeframe, market } = candles;
    const args = [
      ...['parity', this.#tradeLog(symbol) ?? this.#emptyLog()],
      ...['--state', path.join(this.#folder, 'state', this.#environment(), `${market}-${symbol}`)],
      ...['--file', path.join(this.#folder, market, timeframe, `${symbol}_${timeframe}.csv`)],
    ];
    const { stdout: text, stderr, exitCode } = await runWus(args, { cwd: this.#folder });
    expect(stderr).toBe('');
    expect(exitCode, text).toBe(0);
    const json = await runWus([...args, '--json'], { cwd: this.#folder });
    const report = JSON.parse(json.stdout) as ParityReport;
    const known = PARITY_CAUSES.reduce((sum, cause) => sum + report.totals[cause], 0);
    expect(known).toBeCloseTo(report.liveNetPnl - report.backtestNetPnl, 6);
    return { symbol, report, text };
  }

  close(): void {
    void this.#exchange.end('SIGKILL');
    this.#wire.close();
  }

  #environment(): string {
    return `testnet-127.0.0.1-${new URL(this.#wire.url).port}`;
  }

  async #memories() {
    const root = path.join(this.#folder, 'state', this.#environment());
    const memories = [];
    for (const { candles } of this.#options.bots) {
      const folder = path.join(root, `${this.#options.market}-${candles.symbol}`);
      const memory = await readSavedMemory(folder).catch(() => undefined);
      if (memory !== undefined) memories.push(memory);
    }
    return memories;
  }

  /** The end of the last candle that is traded: the one after it keeps the market open. */
  #endTime(): number {
    const { openTime, length } = this.#options.bots[0]!.candles;
    return openTime[length - 1]!;
  }
}

function traderOf({ trader = 'bots' }: SessionBot): string {
  return trader;
}

function balanceText(balances: Readonly<Record<string, string>>): string {
  return Object.entries(balances)
    .map(([asset, amount]) => `${asset}=${amount}`)
    .join(',');
}

/** Mishaps in a random order, each at a random moment of a part of its own. */
export function scheduled<Kind>(
  mishaps: readonly Kind[],
  startTime: number,
  endTime: number,
  random: Random,
): [number, Kind][] {
  const partMs = (endTime - startTime) / (mishaps.length + 1);
  return mishaps
    .map((mishap) => [random(), mishap] as const)
    .sort(([a], [b]) => a - b)
    .map(([, mishap], i) => [startTime + (i + 0.5 + random()) * partMs, mishap]);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
