import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseRuntimeConfig, type RuntimeBotConfig, runtimeBots } from '../config/index.js';
import { type Market, quoteAsset, UsageError, UserError } from '../domain/index.js';
import {
  ExchangeError,
  type ExchangeServer,
  type HttpClient,
  isUsdmBroker,
  type SpotAdapter,
  SteadyClock,
  spotAdapter,
  type UsdmAdapter,
  type UsdmAdapterOptions,
  usdmAdapter,
} from '../exchange/index.js';
import { type FileLock, tryLockFile } from '../files/index.js';
import type { BotView } from '../live/index.js';
import type { ApiKey } from './api-key.js';
import { type BotPlan, type BotWish, overriddenChanges, planBots } from './bot-plan.js';
import { type BotLine, type BotPorts, BotSession, type LineLevel } from './bot-session.js';
import type { Compute } from './check-bot-strategy.js';
import { clockOf, type PacedClock } from './exchange-clock.js';
import { FAST_RECV_WINDOW_MS, REPLAY_LATE_MS, scaledLimits } from './live-limits.js';
import { startLocalMarket } from './local-market.js';
import { keepBan, type Patience, patiently, savedQuietUntil, waitOut } from './obey-ban.js';
import { rulesOf } from './rules-of.js';
import { type SelfTestCheck, selfTest } from './self-test.js';
import { sharedUserEvents } from './shared-user-events.js';
import { stopTogether } from './stop-together.js';
import { fileName } from './trade-log-name.js';

import {
  hostKind,
  standardHosts,
  type TradingHosts,
  type TradingMode,
  tradingHosts,
} from './trading-hosts.js';
import { watchFileText } from './watched-file.js';

/** Where the market comes from. */
export type MarketPlace =
  | { readonly kind: 'exchange'; readonly hosts: TradingHosts }
  /** A SYNTHETIC market of our own. */
  | { readonly kind: 'synthetic'; readonly speed: number; readonly seed: number };

export interface TraderOptions {
  readonly mode: TradingMode;
  readonly place: MarketPlace;
  /** One per symbol. */
  readonly plans: readonly BotPlan[];
  readonly stateFolder: string;
  readonly tradesFolder: string;
  readonly workingFolder: string;
  /** Key of the account; `undefined` in paper mode. */
  readonly key: ApiKey | undefined;
  /** Trades on live although it cannot be seen what the key may do. */
  readonly acceptsUnverifiedKey: boolean;
  readonly onLine: (line: BotLine) => void;
}

export interface RuntimeConfigOptions {
  /** Path. */
  readonly file: string;
  /** As the user named it. */
  readonly name: string;
  /** Content at the start; `undefined` if it was not there. */
  readonly text: string | undefined;
  /** The command line. */
  readonly wish: BotWish;
}

/** Answers that take longer say that the exchange is out of reach, ms. */
const REACH_MS = 8_000;
/** What a request may take in real time, ms. */
const REQUEST_MS = 10_000;
/** How late a request that writes may leave in real time, ms. */
const SEND_MS = 3_000;
const STALE_MS = 10_000;
const GRACE_MS = 2_500;

/**
 * Says whether an exchange answers.
 *
 * @param hosts - Its addresses.
 * @returns Why not; `undefined` if it does.
 */
export async function whyOutOfReach(hosts: TradingHosts): Promise<string | undefined> {
  try {
    await adapterOf(hosts, { timeoutMs: REACH_MS }).client.synchronize();
    return undefined;
  } catch (error) {
    if (error instanceof ExchangeError) return error.message;
    throw error;
  }
}

/**
 * Says whether an earlier process was forbidden to ask, for longer than until now: then nothing may be sent at all.
 *
 * @param options - What would be traded, and where its state is.
 */
export async function isQuietTime(
  options: Pick<TraderOptions, 'mode' | 'stateFolder'> & { readonly hosts: TradingHosts },
): Promise<boolean> {
  const { hosts, mode, stateFolder } = options;
  const environment = environmentOf({ mode, place: { kind: 'exchange', hosts } });
  const root = path.join(stateFolder, environment);
  const subject = { root, market: hosts.market, hosts: hostsOf(hosts) };
  return (await savedQuietUntil(subject, Date.now())) !== undefined;
}

interface ConstructorParts {
  readonly environment: string;
  readonly market: ExchangeServer | undefined;
  readonly lock: FileLock | undefined;
  readonly sessions: readonly BotSession[];
  readonly paced: PacedClock;
  readonly adapter: Adapter;
  readonly account: BotPorts['account'];
  readonly patience: Patience;
}

/** All bots of one process, and the connections that they share. */
export class Trader {
  readonly #options: TraderOptions;
  readonly #market: ExchangeServer | undefined;
  readonly #lock: FileLock | undefined;
  readonly sessions: readonly BotSession[];
  /** Name of the world that is traded in: part of folders and file names. */
  readonly environment: string;
  #endWatch: () => void = () => undefined;
  readonly #parts: Pick<ConstructorParts, 'paced' | 'adapter' | 'account' | 'patience'>;

  /**
   * Connects, opens the state of every bot and gets them ready.
   *
   * @param options - What, where and how.
   * @throws {UserError} If the exchange is out of reach, or a bot cannot be opened.
   */
  static async open(options: TraderOptions): Promise<Trader> {
    const { place, plans } = options;
    const environment = environmentOf(options);
    const market = place.kind === 'synthetic' ? await openMarket(options, place) : undefined;
    const sessions: BotSession[] = [];
    let lock: FileLock | undefined;
    try {
      const hosts =
        place.kind === 'synthetic'
          ? tradingHosts({ mode: 'paper', market: marketOf(plans), restUrl: market!.url })
          : place.hosts;
      const paced = await clockOf(hosts.restUrl);
      const root = path.join(options.stateFolder, environment);
      const patience = patienceOf(hosts, paced, options);
      const subject = { root, market: hosts.market, hosts: hostsOf(hosts) };
      const quietUntil = await savedQuietUntil(subject, paced.clock.now());
      // To ask during a ban makes it longer: not a single request before its end.
      if (place.kind === 'exchange' && quietUntil !== undefined)
        await waitOut(patience, quietUntil);
      const adapter = await connect(hosts, paced, { ...options, patience, root });
      const account = await accountAt(adapter, paced, { ...options, patience });
      if (place.kind === 'synthetic') {
        lock = tryLockFile(`${root}.lock`);
        if (lock === undefined) {
          throw new UserError(
            `A trader on a SYNTHETIC market runs already: stop it, or give this one its own --state-dir`,
          );
        }
        // A market that begins anew has no past that an account could go on from.
        await rm(root, { recursive: true, force: true });
      }
      for (const plan of plans) {
        const { market: marketName, symbol } = plan.settings.run;
        const open = (): Promise<BotSession> =>
          BotSession.open({
            plan,
            mode: options.mode,
            folder: path.join(root, `${marketName}-${fileName(symbol)}`),
            tradesFolder: options.tradesFolder,
            environment,
            workingFolder: options.workingFolder,
            world: options.mode === 'paper' ? 'paper' : hostKind(hosts.restUrl),
            ports: {
              ...paced,
              candles: adapter.candles,
              feed: adapter.feed,
              instruments: adapter.broker,
              ...fundingOf(adapter),
              ...(account !== undefined && { account }),
            },
            hasContinuousPrices: hostKind(hosts.restUrl) === 'local',
            onLine: options.onLine,
          });
        sessions.push(await patiently(patience, open));
      }
      const parts = { environment, market, lock, sessions, paced, adapter, account, patience };
      return new Trader(options, parts);
    } catch (error) {
      for (const session of sessions) await session.stop();
      await market?.close();
      lock?.release();
      throw error;
    }
  }

  private constructor(options: TraderOptions, parts: ConstructorParts) {
    this.#options = options;
    this.#market = parts.market;
    this.#lock = parts.lock;
    this.environment = parts.environment;
    this.sessions = parts.sessions;
    this.#parts = parts;
  }

  /** Now, by the clock of the market, ms UTC. */
  get time(): number {
    return this.#parts.paced.clock.now();
  }

  /** State of all bots. */
  get stateFolder(): string {
    return path.join(this.#options.stateFolder, this.environment);
  }

  /**
   * Checks users' strategies for look-ahead on the history that the bots are going to see.
   *
   * @param compute - Runs the checks; nothing else happens meanwhile.
   * @returns One line per strategy; none for those that are built in.
   * @throws {StrategyError} If one sees the future: nothing may be traded then.
   */
  async checkStrategies(compute: Compute): Promise<readonly SelfTestCheck[]> {
    const checks: SelfTestCheck[] = [];
    for (const session of this.sessions) {
      const candles = await session.checkStrategies(compute);
      if (candles === undefined) continue;
      const text = `no look-ahead found on ${candles} candles`;
      checks.push({ name: `${session.symbol} strategy`, result: 'ok', text });
    }
    return checks;
  }

  /**
   * Tests everything that an order needs, without sending one.
   *
   * @returns One line per check; empty in paper mode, which sends no orders.
   */
  async selfTest(): Promise<readonly SelfTestCheck[]> {
    const { adapter, account, paced, patience } = this.#parts;
    if (account === undefined) return [];
    const test = () =>
      selfTest({
        mode: this.#options.mode,
        bots: this.sessions,
        ...paced,
        candles: adapter.candles,
        feed: adapter.feed,
        instruments: adapter.broker,
        broker: account.broker,
        userEvents: account.userEvents,
        acceptsUnverifiedKey: this.#options.acceptsUnverifiedKey,
      });
    for (;;) {
      const checks = await test();
      const { bannedUntil } = adapter.client.budget;
      // A test during a ban says nothing: it is made again after it.
      if (bannedUntil <= paced.clock.now()) return checks;
      await waitOut(patience, bannedUntil);
    }
  }

  /** Lets the bots trade. */
  start(): void {
    for (const session of this.sessions) session.start();
  }

  /**
   * Follows the runtime configuration: a valid change is passed on to its bot, anything else changes nothing and is said.
   *
   * @param options - The file, its content at the start, and the command line that wins over it.
   */
  followRuntimeConfig(options: RuntimeConfigOptions): void {
    const { file, name, text, wish } = options;
    let bots = text === undefined ? [{}] : runtimeBots(parseRuntimeConfig(text, name));
    this.#endWatch = watchFileText(file, text, async (changed) => {
      if (changed === undefined) {
        this.#say('warning', `${name} is gone: the settings stay`);
        return;
      }
      try {
        const next = runtimeBots(parseRuntimeConfig(changed, name));
        const plans = await planBots(wish, next, this.#options.workingFolder);
        for (const [session, plan] of this.#planned(plans)) {
          if (plan !== undefined) await session.checkPlan(plan);
        }
        this.#takePlans(plans, name);
        this.#sayOverridden(wish, bots, next);
        bots = [...next];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        this.#say('warning', `The edit is not taken, the settings stay: ${error.message}`);
      }
    });
  }

  #takePlans(plans: readonly BotPlan[], name: string): void {
    for (const [session, plan] of this.#planned(plans)) {
      if (plan !== undefined) session.changePlan(plan);
      else {
        this.#say(
          'warning',
          `${session.symbol} is no longer in ${name}: it is traded until the trader is stopped`,
        );
      }
    }
    const symbols = this.sessions.map(({ symbol }) => symbol);
    for (const { settings } of plans) {
      if (symbols.includes(settings.run.symbol)) continue;
      this.#say(
        'warning',
        `${settings.run.symbol} is new in ${name}: it is traded from the next start on`,
      );
    }
  }

  #planned(plans: readonly BotPlan[]): readonly (readonly [BotSession, BotPlan | undefined])[] {
    return this.sessions.map((session) => [
      session,
      plans.find(({ settings }) => settings.run.symbol === session.symbol),
    ]);
  }

  #sayOverridden(
    wish: BotWish,
    before: readonly RuntimeBotConfig[],
    after: readonly RuntimeBotConfig[],
  ): void {
    const all = after.flatMap((bot, i) => overriddenChanges(wish, before[i] ?? {}, bot));
    const keys = [...new Set(all)];
    if (keys.length === 0) return;
    const have = keys.length === 1 ? 'has' : 'have';
    this.#say('warning', `${keys.join(', ')} ${have} no effect: the command line wins`);
  }

  #say(level: LineLevel, text: string): void {
    const time = this.#parts.paced.clock.now();
    this.#options.onLine({
      time,
      symbol: undefined,
      level,
      text,
      kind: 'alert',
      code: 'runtime-config',
    });
  }

  /** Stops all bots and returns how each one stands. */
  async stop(): Promise<readonly { readonly symbol: string; readonly view: BotView }[]> {
    this.#endWatch();
    const views: { symbol: string; view: BotView }[] = [];
    await stopTogether(this.sessions);
    for (const session of this.sessions)
      views.push({ symbol: session.symbol, view: session.view() });
    await this.#market?.close();
    this.#lock?.release();
    return views;
  }
}

async function connect(
  hosts: TradingHosts,
  { clock, speed }: PacedClock,
  {
    key,
    plans,
    onLine,
    patience,
    root,
  }: TraderOptions & { readonly patience: StartPatience; readonly root: string },
): Promise<Adapter> {
  const adapter = adapterOf(hosts, {
    clock,
    ...(key !== undefined && { signer: key.signer }),
    ...(speed > 1 && { recvWindowMs: FAST_RECV_WINDOW_MS, pace: speed }),
    // Limits of the network are real time, whatever the clock of the exchange does.
    timeoutMs: REQUEST_MS * Math.max(1, speed),
    sendMs: SEND_MS * Math.max(1, speed),
    onBan: (untilTime, host) => {
      patience.keep(keepBan(root, host, untilTime));
    },
    onNote: ({ text }) =>
      onLine({
        time: clock.now(),
        symbol: undefined,
        level: 'warning',
        text: sentence(text),
        kind: 'alert',
        code: 'reading',
      }),
    staleMs: STALE_MS * Math.max(1, speed),
    graceMs: speed === 1 ? GRACE_MS : GRACE_MS + REPLAY_LATE_MS * speed,
    marginAsset: marginAssetOf(plans),
  });
  try {
    await patiently(patience, () => adapter.client.synchronize());
    // Before anything is decided: the bots go by the clock of the exchange from their first step on.
    if (clock instanceof SteadyClock) setByExchange(clock, adapter.client, speed);
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw new UserError(
      `${new URL(hosts.restUrl).host} is out of reach: ${error.message}\nTry again later, or trade a SYNTHETIC market on this machine: --market-data local`,
    );
  }
  return adapter;
}

/** Puts the clock right where the measurement is good enough to tell. */
function setByExchange(clock: SteadyClock, client: HttpClient, speed: number): void {
  const { offsetMs, uncertaintyMs } = client.offset;
  const { clockOffsetMsMax } = scaledLimits(speed);
  if (Math.abs(offsetMs) > clockOffsetMsMax && uncertaintyMs <= clockOffsetMsMax)
    clock.set(client.now());
}

/** Knows which ban is being written. */
interface StartPatience extends Patience {
  readonly keep: (writing: Promise<void>) => void;
}

/** Waits for the exchange, and says so. */
function patienceOf(
  { restUrl }: TradingHosts,
  { clock }: PacedClock,
  { onLine }: TraderOptions,
): StartPatience {
  let kept = Promise.resolve();
  const line = { symbol: undefined, level: 'alarm', kind: 'alert', code: 'banned' } as const;
  return {
    clock,
    host: new URL(restUrl).host,
    say: (text) => onLine({ ...line, time: clock.now(), text: sentence(text) }),
    kept: () => kept,
    keep: (writing) => {
      kept = writing;
    },
  };
}

/** Hosts whose bans concern what is traded there. */
function hostsOf(hosts: TradingHosts): readonly string[] {
  const urls = [hosts.restUrl, ...(hosts.market === 'usdm' ? [hosts.keyUrl] : [])];
  return urls.flatMap((url) => (url === undefined ? [] : new URL(url).host));
}

/** Notes on what was read begin with the thing that they are about. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Funding rates as the exchange publishes them. */
function fundingOf({ broker }: Adapter): Pick<BotPorts, 'fundingRate'> {
  if (!isUsdmBroker(broker)) return {};
  return { fundingRate: async (symbol) => (await broker.markPrice(symbol)).fundingRate ?? 0n };
}

/** The account, where the mode has one. */
async function accountAt(
  { broker, userEvents }: Adapter,
  { clock }: PacedClock,
  { plans, patience }: TraderOptions & { readonly patience: Patience },
): Promise<BotPorts['account']> {
  if (userEvents === undefined) return undefined;
  const sharing = plans.length > 1 && plans.some((plan) => !plan.isBalanceGiven);
  if (sharing) {
    throw new UsageError(
      'Several bots share one account: say with initial_balance how much of it each may call its own',
    );
  }
  try {
    // The exchange tells commissions by symbol: one that a bot trades must be known first.
    for (const { settings } of plans)
      await patiently(patience, () => rulesOf(broker, settings.run.symbol));
    const report = await patiently(patience, () => broker.account());
    return { broker, userEvents: sharedUserEvents(userEvents, clock), report };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw new UserError(`The account cannot be read: ${error.message}`);
  }
}

type Adapter = SpotAdapter | UsdmAdapter;

function adapterOf(hosts: TradingHosts, options: Omit<UsdmAdapterOptions, 'hosts'>): Adapter {
  return hosts.market === 'spot'
    ? spotAdapter({ ...options, hosts })
    : usdmAdapter({ ...options, hosts });
}

/** What backs the positions of USD-M: one connection looks at one such balance. */
function marginAssetOf(plans: readonly BotPlan[]): string {
  const [asset = 'USDT', ...others] = new Set(
    plans
      .filter(({ settings }) => settings.run.market === 'usdm')
      .map(({ settings }) => quoteAsset(settings.run.symbol)),
  );
  if (others.length === 0) return asset;
  throw new UsageError(
    `The bots of one process on USD-M are backed by one asset, not by ${[asset, ...others].join(' and ')}: start another for the others`,
  );
}

/** The market of all bots. */
function marketOf(plans: readonly BotPlan[]): Market {
  const [first, ...others] = plans.map(({ settings }) => settings.run.market);
  if (first !== undefined && others.every((market) => market === first)) return first;
  throw new UsageError('The bots of one process trade one market: start another for the other');
}

function openMarket(
  { plans }: TraderOptions,
  { speed, seed }: Extract<MarketPlace, { kind: 'synthetic' }>,
): Promise<ExchangeServer> {
  const [first] = plans;
  const intervals = new Set(plans.map(({ settings }) => settings.run.interval));
  if (first === undefined || intervals.size > 1) {
    throw new UserError('On a SYNTHETIC market all bots trade the same interval');
  }
  return startLocalMarket({
    symbols: plans.map(({ settings }) => settings.run.symbol),
    market: marketOf(plans),
    timeframe: first.settings.run.interval,
    historyCandles: Math.max(...plans.map(({ historyCandles }) => historyCandles)),
    speed,
    seed,
    startTime: Date.now(),
  });
}

/** Every world has state and logs of its own: play money must not be taken for money. */
function environmentOf({ mode, place }: Pick<TraderOptions, 'mode' | 'place'>): string {
  if (place.kind === 'synthetic') return `${mode}-synthetic`;
  const { restUrl } = place.hosts;
  if (restUrl === standardHosts(mode, place.hosts.market).restUrl) return mode;
  return `${mode}-${fileName(new URL(restUrl).host.replace(':', '-'))}`;
}
