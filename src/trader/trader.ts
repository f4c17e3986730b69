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
import { type FileLock, isLivingLock, tryLockFile } from '../files/index.js';
import type { BotMemory, BotView } from '../live/index.js';
import { absentStrategy } from './absent-strategy.js';
import type { ApiKey } from './api-key.js';
import {
  type BotPlan,
  type BotWish,
  HISTORY_CANDLES,
  overriddenChanges,
  planBots,
  type RefusedBot,
} from './bot-plan.js';
import { type BotLine, type BotPorts, BotSession, type LineLevel } from './bot-session.js';
import type { Compute } from './check-bot-strategy.js';
import { checkedCandles } from './check-bot-strategy.js';
import { askFor, isAskedFor, isOnlyProtected, writeGuarded } from './control-files.js';
import { clockOf, type PacedClock } from './exchange-clock.js';
import { FAST_RECV_WINDOW_MS, REPLAY_LATE_MS, scaledLimits } from './live-limits.js';
import { startLocalMarket } from './local-market.js';
import { keepBan, type Patience, patiently, savedQuietUntil, waitOut } from './obey-ban.js';
import { rulesOf } from './rules-of.js';
import {
  folderWarning,
  holdsSomething,
  type SavedBot,
  type SavedBots,
  savedBots,
} from './saved-bots.js';
import { paperTest, type SelfTestCheck, selfTest } from './self-test.js';
import { sharedUserEvents } from './shared-user-events.js';
import { stopTogether } from './stop-together.js';
import { fileName, sessionName } from './trade-log-name.js';
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
  /** Bots of the settings that have no plan; default none. */
  readonly refused?: readonly RefusedBot[];
  /** What forbids all entries, though what is open is managed; default nothing. */
  readonly hindrances?: readonly string[];
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
/** What keeping the candles of a SYNTHETIC session may take, ms. */
const KEEP_MS = 5_000;
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

interface Connection {
  readonly hosts: TradingHosts;
  readonly paced: PacedClock;
  readonly adapter: Adapter;
  readonly account: BotPorts['account'];
  readonly marginAsset: string;
  readonly patience: StartPatience;
}

interface ConstructorParts extends Connection {
  readonly environment: string;
  readonly session: string | undefined;
  readonly market: ExchangeServer | undefined;
  readonly lock: FileLock | undefined;
  /** Open already; default none. */
  readonly sessions?: readonly BotSession[];
}

/** Something that a start has to say about one bot, or about all. */
interface Trouble {
  readonly symbol: string | undefined;
  readonly level: LineLevel;
  readonly text: string;
}

/** Another process that only protects a bot lets it go within this, ms. */
const HAND_OVER_MS = 15_000;
const HAND_OVER_POLL_MS = 100;
/** How often bots that wait for something are looked at, real ms. */
const CARE_MS = 1_000;
/** Checks that failed are made again this often, real ms. */
const RECHECK_MS = 60_000;
/** Between two events of a running trader. */
const computeAtOnce: Compute = (work) => Promise.resolve().then(work);
/** With something open, an exchange that does not answer is tried again this often, real ms. */
const RETRY_MS = 10_000;

/**
 * All bots of one process, and the connections that they share. What is open is managed, whatever became of the settings: a
 * bot that holds something is opened from its state folder, and only its entries depend on settings and checks.
 */
export class Trader {
  readonly #options: TraderOptions;
  readonly #parts: ConstructorParts;
  #sessions: BotSession[] = [];
  /** Opened for what they hold alone, with the settings that they had. */
  readonly #guests = new WeakSet<BotSession>();
  /** Plans that wait until their bot is flat. */
  readonly #waiting = new Map<string, BotPlan>();
  readonly #troubles: Trouble[] = [];
  /** Name of the world that is traded in: part of folders and file names. */
  readonly environment: string;
  #endWatch: () => void = () => undefined;
  #care: NodeJS.Timeout | undefined;
  #caring: Promise<void> = Promise.resolve();
  /** Monotonic, ms. */
  #recheckTime = Number.POSITIVE_INFINITY;
  #isStopped = false;

  /**
   * Connects, opens the state of every bot and gets them ready: those of the plans, and those that hold something.
   *
   * @param options - What, where and how.
   * @throws {UserError} If nothing is held and the exchange is out of reach, or a bot cannot be opened.
   */
  static async open(options: TraderOptions): Promise<Trader> {
    const { place } = options;
    const environment = environmentOf(options);
    const root = path.join(options.stateFolder, environment);
    const isSynthetic = place.kind === 'synthetic';
    const found: SavedBots = isSynthetic ? { bots: [], problems: [] } : await savedBots(root);
    const held = found.bots.filter(({ memory }) => holdsSomething(memory));
    const market = isSynthetic ? await openMarket(options, place) : undefined;
    let trader: Trader | undefined;
    let lock: FileLock | undefined;
    try {
      const hosts = isSynthetic
        ? tradingHosts({ mode: 'paper', market: marketOf(options.plans), restUrl: market!.url })
        : place.hosts;
      const connection = await reached(
        () => connectAll(hosts, { ...options, root }, held),
        held,
        options,
      );
      if (isSynthetic) {
        lock = tryLockFile(`${root}.lock`);
        if (lock === undefined) {
          throw new UserError(
            `A trader is already running on a SYNTHETIC market: stop it, or give this one its own --state-dir`,
          );
        }
        // A market that begins anew has no past that an account could go on from.
        await rm(root, { recursive: true, force: true });
      }
      // Each start of a SYNTHETIC market has other prices, so its trades go to another log.
      const session = isSynthetic ? sessionName(Date.now()) : undefined;
      trader = new Trader(options, { ...connection, environment, session, market, lock });
      await trader.#openAll(held, found.problems);
      return trader;
    } catch (error) {
      for (const session of trader?.sessions ?? []) await session.stop();
      await market?.close();
      lock?.release();
      throw error;
    }
  }

  private constructor(options: TraderOptions, parts: ConstructorParts) {
    this.#options = options;
    this.#parts = parts;
    this.environment = parts.environment;
    this.#sessions = [...(parts.sessions ?? [])];
  }

  /** Part of the names of its trade logs; `undefined` where the market outlives the process. */
  get session(): string | undefined {
    return this.#parts.session;
  }

  get sessions(): readonly BotSession[] {
    return this.#sessions;
  }

  /** Now, by the clock of the market, ms UTC. */
  get time(): number {
    return this.#parts.paced.clock.now();
  }

  /** State of all bots. */
  get stateFolder(): string {
    return path.join(this.#options.stateFolder, this.environment);
  }

  /** Whether a bot holds something, or may. */
  get isHolding(): boolean {
    return this.#sessions.some((session) => session.isInPosition);
  }

  /** Opens the bots of the plans, then those that hold something and are in none, or could not be opened so. */
  async #openAll(held: readonly SavedBot[], problems: readonly string[]): Promise<void> {
    const { plans, refused } = fittingPlans(this.#options, this.#parts);
    const failures: RefusedBot[] = [...(this.#options.refused ?? []), ...refused];
    for (const plan of plans) {
      const { symbol } = plan.settings.run;
      try {
        this.#sessions.push(await this.#openPlanned(plan));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        failures.push({ symbol, error });
        this.#waiting.set(symbol, plan);
      }
    }
    for (const saved of held) await this.#openHeld(saved, failures);
    const [failure] = failures;
    if (failure !== undefined && !this.isHolding) throw failure.error;
    for (const { symbol, error } of failures) {
      const isManaged = this.#sessions.some((session) => session.symbol === symbol);
      const who = symbol === undefined ? '' : `${symbol} `;
      const text = isManaged
        ? `the new settings are rejected while a position is open and the previous ones stay in force: its stops and signals close it, and entries are blocked. ${error.message}`
        : `${who}is NOT traded: ${error.message}`;
      this.#troubles.push({ symbol: isManaged ? symbol : undefined, level: 'alarm', text });
    }
    const told = new Set(failures.map(({ error }) => error.message));
    const others = problems.filter((text) => !told.has(text));
    for (const text of others) this.#troubles.push({ symbol: undefined, level: 'alarm', text });
    for (const text of this.#options.hindrances ?? []) {
      for (const session of this.#sessions) session.hold('settings-refused');
      const level = 'alarm';
      this.#troubles.push({ symbol: undefined, level, text: `entries are blocked: ${text}` });
    }
  }

  async #openPlanned(plan: BotPlan): Promise<BotSession> {
    const folder = this.#folderOf(plan.settings);
    const lock = path.join(folder, 'lock');
    // Whoever only protects it gives it to the one who trades it.
    const isGuarded = isLivingLock(lock) && (await isOnlyProtected(folder));
    const takeBack = isGuarded ? await askFor(folder).catch(() => undefined) : undefined;
    for (let waitedMs = 0; takeBack !== undefined && waitedMs < HAND_OVER_MS; ) {
      if (!isLivingLock(lock)) break;
      await new Promise((resolve) => setTimeout(resolve, HAND_OVER_POLL_MS));
      waitedMs += HAND_OVER_POLL_MS;
    }
    takeBack?.();
    const session = await this.#openSession({ plan, folder });
    await writeGuarded(folder, false).catch(() => undefined);
    return session;
  }

  /** Opens what holds something and is in no session yet, with the settings that it has. */
  async #openHeld({ folder, memory }: SavedBot, failures: RefusedBot[]): Promise<void> {
    const { symbol, market } = memory.settings.run;
    if (this.#sessions.some((session) => session.symbol === symbol && market === this.market))
      return;
    // A bot that runs elsewhere is managed there.
    if (isLivingLock(path.join(folder, 'lock'))) return;
    if (market !== this.market) {
      const text = `${symbol} has a position or orders on ${market} that no trader manages: start one with --market ${market}`;
      this.#troubles.push({ symbol: undefined, level: 'alarm', text });
      return;
    }
    const isRefused = failures.some((one) => one.symbol === undefined || one.symbol === symbol);
    try {
      const session = await this.#openSession({ plan: savedPlan(memory), folder, isSaved: true });
      session.hold(isRefused ? 'settings-refused' : 'not-configured');
      // Without it the bot is handed over a moment later, when its status says so.
      await writeGuarded(folder, !isRefused).catch(() => undefined);
      this.#sessions.push(session);
      this.#guests.add(session);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!failures.some((one) => one.symbol === symbol)) failures.push({ symbol, error });
      return;
    }
    if (isRefused) return;
    const text =
      'it has a position but is no longer configured: its stops and signals close the position, and entries are blocked';
    this.#troubles.push({ symbol, level: 'warning', text });
  }

  get market(): Market {
    return this.#parts.hosts.market;
  }

  async #openSession(one: {
    readonly plan: BotPlan;
    readonly folder: string;
    readonly isSaved?: boolean;
  }): Promise<BotSession> {
    const { mode, tradesFolder, workingFolder, onLine } = this.#options;
    const { paced, adapter, account, hosts, patience } = this.#parts;
    const open = (): Promise<BotSession> =>
      BotSession.open({
        plan: one.plan,
        keepsSettings: one.isSaved === true,
        mode,
        folder: one.folder,
        tradesFolder,
        environment: this.environment,
        session: this.session,
        workingFolder,
        world: mode === 'paper' ? 'paper' : hostKind(hosts.restUrl),
        ports: {
          ...paced,
          candles: adapter.candles,
          feed: adapter.feed,
          instruments: adapter.broker,
          ...fundingOf(adapter),
          ...(account !== undefined && { account }),
        },
        hasContinuousPrices: hostKind(hosts.restUrl) === 'local',
        onLine,
      });
    const session = await patiently(patience, open);
    const { symbol, strategyProblem } = session;
    if (strategyProblem !== undefined) {
      const text = `its strategy cannot be loaded: the position keeps its stops, and entries are blocked. ${strategyProblem}`;
      this.#troubles.push({ symbol, level: 'alarm', text });
    }
    const warning = await folderWarning(one.folder);
    if (warning !== undefined) this.#troubles.push({ symbol, level: 'warning', text: warning });
    return session;
  }

  #folderOf({ run }: BotPlan['settings']): string {
    return path.join(this.stateFolder, `${run.market}-${fileName(run.symbol)}`);
  }

  /**
   * Checks users' strategies for look-ahead on the history that the bots are going to see.
   *
   * @param compute - Runs the checks; nothing else happens meanwhile.
   * @returns One line per strategy; none for those that are built in.
   * @throws {StrategyError} If one sees the future, and nothing is held: nothing may be traded then.
   */
  async checkStrategies(compute: Compute): Promise<readonly SelfTestCheck[]> {
    return this.#checksOf(this.sessions, compute, () => this.isHolding);
  }

  async #checksOf(
    sessions: readonly BotSession[],
    compute: Compute,
    mayFail: () => boolean,
  ): Promise<readonly SelfTestCheck[]> {
    const checks: SelfTestCheck[] = [];
    for (const session of sessions) {
      const { symbol } = session;
      const name = `${symbol} strategy`;
      try {
        const candles = await session.checkStrategies(compute);
        if (candles === undefined) continue;
        const text = `no look-ahead found on ${candles} candles`;
        checks.push({ name, symbol, result: 'ok', text });
      } catch (error) {
        if (!(error instanceof UserError) || !mayFail()) throw error;
        checks.push({ name, symbol, result: 'failed', text: error.message });
      }
    }
    return checks;
  }

  /**
   * Tests everything that an order needs, without sending one.
   *
   * @returns One line per check; in paper mode, which sends no orders, only that sizes fit.
   */
  async selfTest(): Promise<readonly SelfTestCheck[]> {
    const { adapter, account, paced, patience } = this.#parts;
    const bots = this.#sessions.filter((session) => !this.#guests.has(session));
    const market = { feed: adapter.feed, instruments: adapter.broker };
    if (account === undefined) return paperTest({ ...market, bots });
    const test = () =>
      selfTest({
        mode: this.#options.mode,
        bots,
        ...paced,
        ...market,
        candles: adapter.candles,
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

  /** Lets the bots that hold something manage it; entries wait for the checks. */
  protect(): void {
    for (const session of this.#sessions) {
      session.hold('checks-pending');
      if (session.isInPosition) session.start();
    }
    for (const { symbol, level, text } of this.#troubles.splice(0))
      this.#say(level, text, { symbol, code: 'start' });
    this.#care = setInterval(() => {
      this.#caring = this.#caring.then(() => this.#careForAll()).catch(() => undefined);
    }, CARE_MS);
  }

  /**
   * Lets the bots trade whose checks did not fail. Where something is held the others wait, and are checked again.
   *
   * @param checks - What the checks said; default nothing.
   * @throws {UserError} If one failed and nothing is held.
   */
  start(checks: readonly SelfTestCheck[] = []): void {
    if (this.#isStopped) return;
    const failed = checks.filter(({ result }) => result === 'failed');
    if (failed.length > 0 && !this.isHolding) {
      throw new UserError(
        `The self-test failed: ${failed.length} of ${checks.length} checks. Nothing was traded`,
      );
    }
    for (const session of this.#sessions) {
      this.#judge(session, failed);
      session.start();
    }
    this.#recheckTime = performance.now() + RECHECK_MS;
  }

  /** Holds entries of a bot back whose checks failed, and says so once; or lets them go on. */
  #judge(session: BotSession, failed: readonly SelfTestCheck[]): void {
    const { symbol } = session;
    const own = failed.filter((check) => (check.symbol ?? symbol) === symbol);
    const wasFailed = session.holds.has('checks-failed');
    session.release('checks-pending');
    if (own.length === 0) {
      session.release('checks-failed');
      if (wasFailed) this.#say('info', 'the checks passed: entries are allowed', { symbol });
      return;
    }
    session.hold('checks-failed');
    if (wasFailed) return;
    const what = own.map(({ name, text }) => `${name}: ${text}`).join('; ');
    const how = session.isStrategyWithheld ? ' by their stops only' : '';
    const text = `entries are blocked until the checks pass, open positions are managed${how}. ${what}`;
    this.#say('alarm', text, { symbol, code: 'checks-failed' });
  }

  async #careForAll(): Promise<void> {
    if (this.#isStopped) return;
    for (const session of this.#sessions) {
      const isUnwanted = session.holds.has('not-configured');
      const isDone = this.#guests.has(session) && !session.isInPosition;
      if (isUnwanted && isAskedFor(session.folder))
        await this.#letGo(session, 'another trader takes it over');
      else if (isDone && (isUnwanted || this.#waiting.has(session.symbol)))
        await this.#letGo(session);
    }
    const isWaiting = this.#sessions.some(({ holds }) => holds.has('checks-failed'));
    if (isWaiting && performance.now() >= this.#recheckTime) void this.#checkAgain();
  }

  async #checkAgain(): Promise<void> {
    // Not before this one is done.
    this.#recheckTime = Number.POSITIVE_INFINITY;
    const strategies = await this.#checksOf(
      this.#sessions.filter(({ holds }) => holds.has('checks-failed')),
      computeAtOnce,
      () => true,
    );
    const checks = [...strategies, ...(await this.selfTest())];
    const failed = checks.filter(({ result }) => result === 'failed');
    if (this.#isStopped) return;
    this.#recheckTime = performance.now() + RECHECK_MS;
    for (const session of this.#sessions)
      if (session.holds.has('checks-failed')) this.#judge(session, failed);
  }

  /** A bot that only protected what it held is done with when it is flat; settings that waited for that are taken. */
  async #letGo(session: BotSession, why = 'it is flat'): Promise<void> {
    const { symbol } = session;
    const plan = this.#waiting.get(symbol);
    this.#waiting.delete(symbol);
    await session.stop();
    this.#sessions = this.#sessions.filter((one) => one !== session);
    if (plan === undefined || session.isInPosition) {
      this.#say('info', `${why}: it is no longer traded here`, { symbol, code: 'let-go' });
      return;
    }
    try {
      const next = await this.#openPlanned(plan);
      // The next look checks it, its strategy as well.
      next.hold('checks-failed');
      this.#recheckTime = 0;
      this.#sessions.push(next);
      next.start();
      this.#say('info', 'it is flat: the new settings apply', { symbol, code: 'let-go' });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#say('alarm', `it is flat and no longer traded: ${text}`, { symbol, code: 'let-go' });
    }
  }

  /**
   * Follows the runtime configuration: a valid change is passed on to its bot, anything else changes nothing and is said.
   *
   * @param options - The file, its content at the start, and the command line that wins over it.
   */
  followRuntimeConfig(options: RuntimeConfigOptions): void {
    const { file, name, text, wish } = options;
    let bots = knownBots(text, name);
    this.#endWatch = watchFileText(file, text, async (changed) => {
      if (changed === undefined) {
        this.#say('warning', `${name} is missing: the settings stay`);
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
        this.#say('warning', `The change was rejected, the settings stay: ${error.message}`);
      }
    });
  }

  #takePlans(plans: readonly BotPlan[], name: string): void {
    for (const [session, plan] of this.#planned(plans)) {
      const { symbol } = session;
      if (plan !== undefined) this.#takePlan(session, plan);
      else if (!session.holds.has('not-configured')) {
        session.hold('not-configured');
        const rest = session.isInPosition ? ', and its stops and signals close the position' : '';
        const text = `${symbol} is no longer in ${name}: entries are blocked${rest}`;
        this.#say('warning', text);
      }
    }
    const symbols = this.sessions.map(({ symbol }) => symbol);
    for (const { settings } of plans) {
      if (symbols.includes(settings.run.symbol)) continue;
      this.#say(
        'warning',
        `${settings.run.symbol} is new in ${name}: trading starts at the next start`,
      );
    }
  }

  /** With settings that it can take entries go on; others the bot refuses itself, and says so. */
  #takePlan(session: BotSession, plan: BotPlan): void {
    session.changePlan(plan);
    if (!session.mayTake(plan)) return;
    session.release('not-configured', 'settings-refused');
    this.#waiting.delete(session.symbol);
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
    this.#say(
      'warning',
      `${keys.join(', ')} ${have} no effect: the command line overrides the file`,
    );
  }

  #say(
    level: LineLevel,
    text: string,
    about: { readonly symbol?: string | undefined; readonly code?: string } = {},
  ): void {
    const time = this.#parts.paced.clock.now();
    const { symbol, code = 'runtime-config' } = about;
    this.#options.onLine({ time, symbol, level, text: onOneLine(text), kind: 'alert', code });
  }

  /** The market ends with this process: its candles are what parity compares with. */
  async #keepCandles(): Promise<void> {
    const { adapter } = this.#parts;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, KEEP_MS);
    });
    const all = this.sessions.map((session) => session.keepCandles(adapter.candles));
    // A session that cannot be compared is no reason to hang.
    await Promise.race([Promise.allSettled(all), patience]);
    clearTimeout(timer);
  }

  /** Stops all bots and returns how each one stands. */
  async stop(): Promise<readonly { readonly symbol: string; readonly view: BotView }[]> {
    this.#isStopped = true;
    // At once: what is awaited below may take long.
    for (const session of this.#sessions) session.blockEntries();
    this.#endWatch();
    clearInterval(this.#care);
    await this.#caring;
    const views: { symbol: string; view: BotView }[] = [];
    await stopTogether(this.sessions);
    for (const session of this.sessions)
      views.push({ symbol: session.symbol, view: session.view() });
    if (this.#parts.market !== undefined) await this.#keepCandles();
    await this.#parts.market?.close();
    this.#parts.lock?.release();
    return views;
  }
}

/** What an error says in two lines, in one. */
function onOneLine(text: string): string {
  return text.replace(/\.?\s*\n\s*/g, '. ');
}

/** Bots of a file as it was at the start; none where it cannot be read. */
function knownBots(text: string | undefined, name: string): readonly RuntimeBotConfig[] {
  if (text === undefined) return [{}];
  try {
    return runtimeBots(parseRuntimeConfig(text, name));
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** A plan of what a bot is already: nobody asked for anything else. */
function savedPlan({ settings, candlesKept }: BotMemory): BotPlan {
  return {
    settings,
    strategy: absentStrategy(settings),
    historyCandles: Math.max(candlesKept, HISTORY_CANDLES),
    isBalanceGiven: true,
    isCommissionGiven: true,
    notes: [],
  };
}

/** Plans that one process can trade together, and those that have no place beside them. */
function fittingPlans(
  { mode, plans }: TraderOptions,
  { hosts, marginAsset }: Connection,
): { readonly plans: readonly BotPlan[]; readonly refused: readonly RefusedBot[] } {
  const { market } = hosts;
  const problemOf = ({ settings, isBalanceGiven }: BotPlan): string | undefined => {
    const { run } = settings;
    if (run.market !== market)
      return 'All bots of one process trade the same market: start another process for the other market';
    const asset = quoteAsset(run.symbol);
    if (market === 'usdm' && asset !== marginAsset)
      return `All bots of one USD-M process use the same margin asset, not ${marginAsset} and ${asset}: start another process for the others`;
    if (mode !== 'paper' && plans.length > 1 && !isBalanceGiven)
      return 'Several bots share one account: set initial_balance for each';
    return undefined;
  };
  const refused = plans.flatMap((plan) => {
    const problem = problemOf(plan);
    const { symbol } = plan.settings.run;
    return problem === undefined ? [] : [{ symbol, error: new UsageError(problem) }];
  });
  return { plans: plans.filter((plan) => problemOf(plan) === undefined), refused };
}

/**
 * Connects to an exchange with the account, to look at it.
 *
 * @param hosts - Its addresses.
 * @param options - Mode, key, folders.
 * @throws {UserError} If it is out of reach or the account cannot be read.
 */
export function openConnection(
  hosts: TradingHosts,
  options: Pick<
    TraderOptions,
    'mode' | 'place' | 'stateFolder' | 'workingFolder' | 'key' | 'onLine'
  >,
): Promise<Connection> {
  const root = path.join(options.stateFolder, environmentOf(options));
  const rest = { plans: [], tradesFolder: '', acceptsUnverifiedKey: true };
  return connectAll(hosts, { ...options, ...rest, root }, []);
}

async function connectAll(
  hosts: TradingHosts,
  options: TraderOptions & { readonly root: string },
  held: readonly SavedBot[],
): Promise<Connection> {
  const { root, place } = options;
  const paced = await clockOf(hosts.restUrl);
  const patience = patienceOf(hosts, paced, options);
  const subject = { root, market: hosts.market, hosts: hostsOf(hosts) };
  const quietUntil = await savedQuietUntil(subject, paced.clock.now());
  // To ask during a ban makes it longer: not a single request before its end.
  if (place.kind === 'exchange' && quietUntil !== undefined) await waitOut(patience, quietUntil);
  const marginAsset = marginAssetOf(options.plans, held);
  const adapter = await connect(hosts, paced, { ...options, marginAsset, patience });
  const account = await accountAt(adapter, paced, { ...options, patience });
  return { hosts, paced, adapter, account, marginAsset, patience };
}

/** Repeats what an exchange out of reach refuses for as long as something is held: nobody else would manage it. */
async function reached<T>(
  action: () => Promise<T>,
  held: readonly SavedBot[],
  { onLine }: TraderOptions,
): Promise<T> {
  let said: string | undefined;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      const isPassing = error instanceof UserError && error.exitCode === 1;
      if (!isPassing || held.length === 0) throw error;
      const symbols = held.map(({ memory }) => memory.settings.run.symbol).join(', ');
      if (said !== error.message) {
        said = error.message;
        const text = `NOT MANAGED yet: the positions and orders of ${symbols}. ${onOneLine(error.message)}. Retrying every ${RETRY_MS / 1_000} s`;
        onLine({
          time: Date.now(),
          symbol: undefined,
          level: 'alarm',
          text,
          kind: 'alert',
          code: 'not-managed',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function connect(
  hosts: TradingHosts,
  { clock, speed }: PacedClock,
  {
    key,
    marginAsset,
    onLine,
    patience,
    root,
  }: TraderOptions & {
    readonly marginAsset: string;
    readonly patience: StartPatience;
    readonly root: string;
  },
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
    marginAsset,
  });
  try {
    await patiently(patience, () => adapter.client.synchronize());
    // Before anything is decided: the bots go by the clock of the exchange from their first step on.
    if (clock instanceof SteadyClock) setByExchange(clock, adapter.client, speed);
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw new UserError(
      `${new URL(hosts.restUrl).host} cannot be reached: ${error.message}\nTry again later, or trade a SYNTHETIC market on this machine: --market-data local`,
    );
  }
  return adapter;
}

/** Puts the clock right where the measurement is good enough to tell. */
function setByExchange(clock: SteadyClock, client: HttpClient, speed: number): void {
  const { offsetMs, uncertaintyMs } = client.offset;
  const { clockOffsetMsMax } = scaledLimits(speed);
  if (uncertaintyMs > clockOffsetMsMax) return;
  clock.set(Math.abs(offsetMs) > clockOffsetMsMax ? client.now() : clock.now());
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
  try {
    // The exchange tells commissions by symbol: one that a bot trades must be known first.
    for (const { settings } of plans)
      await patiently(patience, () => rulesIfAny(broker, settings.run.symbol));
    const report = await patiently(patience, () => broker.account());
    return { broker, userEvents: sharedUserEvents(userEvents, clock), report };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw new UserError(`The account cannot be read: ${error.message}`);
  }
}

/** An instrument that is not there is the trouble of its bot, not of all. */
async function rulesIfAny(broker: Adapter['broker'], symbol: string): Promise<void> {
  try {
    await rulesOf(broker, symbol);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

type Adapter = SpotAdapter | UsdmAdapter;

function adapterOf(hosts: TradingHosts, options: Omit<UsdmAdapterOptions, 'hosts'>): Adapter {
  return hosts.market === 'spot'
    ? spotAdapter({ ...options, hosts })
    : usdmAdapter({ ...options, hosts });
}

/** What backs the positions of USD-M: one connection looks at one such balance. */
function marginAssetOf(plans: readonly BotPlan[], held: readonly SavedBot[]): string {
  const all = [
    ...plans.map(({ settings }) => settings),
    ...held.map(({ memory }) => memory.settings),
  ];
  const first = all.find(({ run }) => run.market === 'usdm');
  return (first && quoteAsset(first.run.symbol)) ?? 'USDT';
}

/** The market of all bots. */
function marketOf(plans: readonly BotPlan[]): Market {
  const [first, ...others] = plans.map(({ settings }) => settings.run.market);
  if (first !== undefined && others.every((market) => market === first)) return first;
  throw new UsageError(
    'All bots of one process trade the same market: start another process for the other market',
  );
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
    historyCandles: Math.max(...plans.map(checkedCandles)),
    speed,
    seed,
    startTime: Date.now(),
  });
}

/** Returns the name of the world that is traded in. */
export function environmentOf({ mode, place }: Pick<TraderOptions, 'mode' | 'place'>): string {
  return place.kind === 'synthetic'
    ? `${mode}-synthetic`
    : environmentName(mode, place.hosts.restUrl);
}

/**
 * Returns the name of a world: each has state and logs of its own, since play money must not be taken for money.
 *
 * @param mode - What is traded with.
 * @param restUrl - Where; `undefined` where the mode has its own address.
 */
export function environmentName(mode: TradingMode, restUrl: string | undefined): string {
  const isStandard = (['spot', 'usdm'] as const).some(
    (market) => standardHosts(mode, market).restUrl === restUrl,
  );
  if (restUrl === undefined || isStandard) return mode;
  return `${mode}-${fileName(new URL(restUrl).host.replace(':', '-'))}`;
}
