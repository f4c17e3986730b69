// `wus trader` as a process at the other exchange: what happens to it, and what an auditor says afterwards.
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { seededRandom } from '../../src/util/index.js';
import { readHistory } from '../auditor/account-history.js';
import { audit } from '../auditor/audit.js';
import {
  type BotClaims,
  type ClaimedParity,
  type ClaimedStatus,
  readTradeLog,
} from '../auditor/bot-claims.js';
import type { FaultName } from '../other-exchange/faults.js';
import type { ListingTexts } from '../other-exchange/listing.js';
import { klineRow } from '../other-exchange/market.js';
import { OtherExchange, type OtherExchangeOptions } from '../other-exchange/other-exchange.js';
import { CuttableProxy } from './cuttable-proxy.js';
import { scheduled } from './trading-session.js';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const LOOK_MS = 50;
const RESTART_MS = 300;
/** Real ms. */
const CUT_MS = 800;
/** An order comes within this; else the kill comes without one. Real ms. */
const ORDER_MS = 8_000;
/** What is under way settles within this, real ms: a stop that is gone is missed by the next look at the account. */
const SETTLE_MS = 100_000;
/** How far the clock of the exchange jumps, real ms. */
const SKEW_MS = 1_300;

/** Something that happens to a session. */
export type OtherMishap =
  | Exclude<FaultName, 'reply-late'>
  /** SIGKILL; SIGKILL while the reply to an order is under way; SIGTERM. */
  | 'kill'
  | 'kill-amid-order'
  | 'terminated'
  /** All TCP connections are reset, new ones too. */
  | 'cut'
  | 'sockets-dropped'
  /** Spot announces the end of its connections; USD-M ends the listen key. */
  | 'stream-ended'
  /** Stops vanish while the trader runs; while it does not. */
  | 'stops-forgotten'
  | 'stops-forgotten-while-down'
  | 'clock-ahead'
  | 'clock-behind';

export interface OtherSessionOptions
  extends Omit<OtherExchangeOptions, 'keys' | 'startTime' | 'balances'> {
  readonly listings: readonly ListingTexts[];
  /** `bots:` of the runtime configuration, one per listing. */
  readonly bots: readonly (Readonly<Record<string, unknown>> & { readonly symbol: string })[];
  readonly balances: Readonly<Record<string, string>>;
  readonly mishaps: readonly OtherMishap[];
  /** Real ms. */
  readonly lengthMs: number;
}

const START_TIME = Date.UTC(2026, 0, 5, 6, 50);
/** Of the auditor, and of the trader on USD-M; on spot the trader has an Ed25519 pair. */
const KEY = { apiKey: 'K'.repeat(64), secret: 'S'.repeat(64) };
const PAIR_NAME = 'E'.repeat(64);
const KEY_FILE = 'private.pem';

/** What a session came to. */
export interface OtherSessionResult {
  readonly happened: readonly string[];
  readonly output: string;
  readonly disagreements: readonly string[];
  readonly trades: number;
  readonly exchange: OtherExchange;
}

/**
 * Lets bots trade at the other exchange through mishaps, and lets the auditor compare.
 *
 * @param options - Who trades what, and what happens.
 */
export async function tradeElsewhere(options: OtherSessionOptions): Promise<OtherSessionResult> {
  const session = await OtherSession.start(options);
  await session.live();
  return session.end();
}

class OtherSession {
  readonly #options: OtherSessionOptions;
  readonly #folder = temporaryFolder();
  readonly #exchange: OtherExchange;
  readonly #wire: CuttableProxy;
  readonly #happened: string[] = [];
  readonly #outputs: string[] = [];
  #trader: WusProcess | undefined;
  readonly #env: Record<string, string>;

  static async start(options: OtherSessionOptions): Promise<OtherSession> {
    const { bots, lengthMs: _, mishaps: __, ...rest } = options;
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const keys = [KEY, { apiKey: PAIR_NAME, publicKeyPem }];
    const exchange = await OtherExchange.start({ ...rest, keys, startTime: START_TIME });
    const wire = await CuttableProxy.open(Number(new URL(exchange.url).port));
    const session = new OtherSession(options, exchange, wire);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(path.join(session.#folder, KEY_FILE), pem, { mode: 0o600 });
    onTestFinished(async () => {
      wire.close();
      await exchange.close();
    });
    const config = JSON.stringify({ market: options.market, bots });
    writeFileSync(path.join(session.#folder, 'bots.yaml'), config);
    return session;
  }

  private constructor(options: OtherSessionOptions, exchange: OtherExchange, wire: CuttableProxy) {
    this.#options = options;
    this.#exchange = exchange;
    this.#wire = wire;
    this.#env =
      options.market === 'spot'
        ? { BINANCE_API_KEY: PAIR_NAME, BINANCE_PRIVATE_KEY_FILE: KEY_FILE }
        : { BINANCE_API_KEY: KEY.apiKey, BINANCE_API_SECRET: KEY.secret };
  }

  /** Trades to the end, a mishap at a time. */
  async live(): Promise<void> {
    const { mishaps, seed, lengthMs } = this.#options;
    const begin = Date.now();
    const due = scheduled(mishaps, begin + 4_000, begin + lengthMs, seededRandom(seed));
    while (Date.now() < begin + lengthMs) {
      await this.#tend();
      if (due[0] !== undefined && Date.now() >= due[0][0]) {
        const [, mishap] = due.shift()!;
        this.#happened.push(`${new Date(this.#exchange.now()).toISOString()} ${mishap}`);
        await this.#suffer(mishap);
      }
      await sleep(LOOK_MS);
    }
    for (const [, mishap] of due) this.#happened.push(`too late: ${mishap}`);
  }

  async end(): Promise<OtherSessionResult> {
    this.#exchange.faults.clear();
    this.#exchange.holdPrices();
    const deadline = Date.now() + SETTLE_MS;
    await this.#tend();
    await sleep(2_000);
    while (Date.now() < deadline && (await this.#audit(false)).length > 0) {
      await this.#tend();
      await sleep(10 * LOOK_MS);
    }
    expect(await this.#trader!.end('SIGTERM')).toBe(143);
    this.#outputs.push(this.#trader!.output);
    const disagreements = await this.#audit(true);
    const output = [...this.#happened, ...this.#outputs].join('\n---\n');
    const { length: trades } = this.#claimedTrades();
    return { happened: this.#happened, output, disagreements, trades, exchange: this.#exchange };
  }

  /** Keeps a trader running, as a service manager would. */
  async #tend(): Promise<void> {
    if (this.#trader?.isRunning === true) return;
    if (this.#trader !== undefined) {
      this.#outputs.push(this.#trader.output);
      await sleep(RESTART_MS);
    }
    const args = [
      '--mode',
      'testnet',
      '--runtime-config',
      'bots.yaml',
      '--rest-url',
      this.#wire.url,
    ];
    this.#trader = new WusProcess(['trader', ...args], { cwd: this.#folder, env: this.#env });
  }

  async #suffer(mishap: OtherMishap): Promise<void> {
    const { faults, sockets } = this.#exchange;
    const { speed } = this.#options;
    switch (mishap) {
      case 'kill':
        await this.#trader!.end('SIGKILL');
        break;
      case 'kill-amid-order':
        await this.#killAmidOrder();
        break;
      case 'terminated':
        await this.#trader!.end('SIGTERM');
        break;
      case 'cut':
        this.#wire.cut();
        await sleep(CUT_MS);
        this.#wire.mend();
        break;
      case 'sockets-dropped':
        sockets.drop();
        break;
      case 'stream-ended':
        if (this.#options.market === 'spot') sockets.shutDown();
        else sockets.expireListenKey();
        break;
      case 'stops-forgotten':
        this.#forgetStops();
        break;
      case 'stops-forgotten-while-down':
        await this.#trader!.end('SIGKILL');
        this.#forgetStops();
        break;
      case 'clock-ahead':
      case 'clock-behind':
        this.#exchange.moveClock((mishap === 'clock-ahead' ? 1 : -1) * SKEW_MS * speed);
        break;
      case 'event-lost':
      case 'event-twice':
        faults.arm(mishap, '', 3);
        break;
      case 'lagging':
        faults.arm(mishap, '', 3);
        break;
      default:
        faults.arm(mishap, 'rder', 2);
    }
  }

  async #killAmidOrder(): Promise<void> {
    const { faults } = this.#exchange;
    const before = faults.struck.length;
    faults.arm('reply-late', 'POST');
    const deadline = Date.now() + ORDER_MS;
    while (Date.now() < deadline && faults.struck.length === before) await sleep(10);
    await this.#trader!.end('SIGKILL');
  }

  #forgetStops(): void {
    for (const { symbol } of this.#options.bots) this.#exchange.forgetStops(symbol);
  }

  /** What the auditor finds; with parity at the end. */
  async #audit(isFinal: boolean): Promise<string[]> {
    const { market, bots, balances } = this.#options;
    const symbols = bots.map(({ symbol }) => symbol);
    const { url } = this.#exchange;
    const history = await readHistory({ market, url, ...KEY, symbols });
    const status = await runWus(['trader', 'status', '--json'], { cwd: this.#folder });
    if (status.exitCode !== 0) return [status.stderr];
    const all = JSON.parse(status.stdout) as (ClaimedStatus & { isRunning: boolean })[];
    const claims: BotClaims[] = [];
    for (const { symbol, initial_balance: initialBalance } of bots) {
      const own = all.find((one) => one.symbol === symbol);
      if (own === undefined) return [`${symbol}: no status`];
      const log = this.#tradeLog(symbol);
      claims.push({
        symbol,
        trades: log === undefined ? [] : readTradeLog(readFileSync(log, 'utf8')),
        status: own,
        initialBalance: String(initialBalance),
        ...(isFinal && log !== undefined ? { parity: await this.#parity(symbol, log) } : {}),
      });
    }
    const bare = claims.filter(
      ({ symbol, status: { view } }) =>
        view.position !== undefined && this.#exchange.restingStops(symbol) === 0,
    );
    return [
      ...audit(history, claims, balances),
      ...bare.map(({ symbol }) => `${symbol}: no stop rests at the exchange for its position`),
    ];
  }

  async #parity(symbol: string, log: string): Promise<ClaimedParity> {
    const { market } = this.#options;
    const candles = path.join(this.#folder, market, '1m', `${symbol}_1m.csv`);
    mkdirSync(path.dirname(candles), { recursive: true });
    const rows = this.#exchange.markets
      .get(symbol)!
      .candles.map((candle) => klineRow(candle).join(','));
    const header =
      'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';
    writeFileSync(candles, `${[header, ...rows].join('\n')}\n`);
    const environment = `testnet-127.0.0.1-${new URL(this.#wire.url).port}`;
    const state = path.join(this.#folder, 'state', environment, `${market}-${symbol}`);
    const args = ['parity', log, '--state', state, '--file', candles, '--json'];
    const { stdout, stderr } = await runWus(args, { cwd: this.#folder });
    expect(stdout, stderr).not.toBe('');
    return JSON.parse(stdout) as ClaimedParity;
  }

  #claimedTrades(): readonly unknown[] {
    return this.#options.bots.flatMap(({ symbol }) => {
      const log = this.#tradeLog(symbol);
      return log === undefined ? [] : readTradeLog(readFileSync(log, 'utf8'));
    });
  }

  #tradeLog(symbol: string): string | undefined {
    const logs = path.join(this.#folder, 'results', 'live_trades');
    try {
      const name = readdirSync(logs).find((entry) => entry.includes(`_${symbol}_`));
      return name && path.join(logs, name);
    } catch {
      return undefined;
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
