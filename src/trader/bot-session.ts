import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Decimal, decimalToNumber, UserError } from '../domain/index.js';
import {
  type AccountReport,
  type Broker,
  type CandleSource,
  type Clock,
  ExchangeError,
  type InstrumentRules,
  type InstrumentSource,
  isUsdmBroker,
  type MarketFeed,
  type UserEvents,
} from '../exchange/index.js';
import { systemErrorCode, writeFileAtomic } from '../files/index.js';
import {
  type Alert,
  adoptSettings,
  type BotCommand,
  type BotMemory,
  BotRunner,
  type BotSettings,
  type BotView,
  FIXED_WHILE_RUNNING,
  foreignHome,
  type HoldBack,
  type Home,
  isTraderOrderId,
  Journal,
  type LiveTrade,
  openJournalFolder,
  ordersOf,
  readSavedMemory,
  resolveProgram,
  type StepContext,
  settledHome,
  tradeOrderIds,
  type UnloggedTrade,
  viewBot,
} from '../live/index.js';
import { isStrategyPath, loadStrategy } from '../plugins/index.js';
import { findStrategy, type Strategy, StrategyError } from '../strategies/index.js';
import { absentStrategy } from './absent-strategy.js';
import type { BotPlan } from './bot-plan.js';
import { entryText, statusText, stepNews, tradeText } from './bot-report.js';
import { type BotSubject, blocksText } from './bot-words.js';
import { type Compute, checkBotStrategy } from './check-bot-strategy.js';
import { CommandReader, writeStatus } from './control-files.js';
import { keepCandles } from './keep-candles.js';
import { scaledLimits } from './live-limits.js';
import { PaperAccount } from './paper-account.js';
import { rulesOf } from './rules-of.js';
import { holdsSomething } from './saved-bots.js';
import { StrategyGate } from './strategy-gate.js';
import { addLiveTrades, writeLiveRecord } from './trade-log-file.js';
import { tradeLogName } from './trade-log-name.js';
import type { TradingMode } from './trading-hosts.js';

/** How important a line is. */
export type LineLevel = 'info' | 'warning' | 'alarm';

/** Something that a bot has to say. */
export interface BotLine {
  /** Time of the exchange, ms UTC. */
  readonly time: number;
  /** `undefined`: of all bots. */
  readonly symbol: string | undefined;
  readonly level: LineLevel;
  readonly text: string;
  /** What sort of news: alerts may be sent to people. */
  readonly kind: 'news' | 'status' | 'trade' | 'alert';
  /** Short name of an alert. */
  readonly code?: string;
}

/** The market and account that a bot trades at. */
export interface BotPorts {
  readonly clock: Clock;
  /** Multiple of real time at which the clock goes. */
  readonly speed: number;
  readonly candles: CandleSource;
  readonly feed: MarketFeed;
  readonly instruments: InstrumentSource;
  /** Rate of the next funding payment of a symbol, fraction; USD-M only. */
  readonly fundingRate?: (symbol: string) => Promise<Decimal>;
  /** Absent in paper mode. `report`: as it was at the start. */
  readonly account?: {
    readonly broker: Broker;
    readonly userEvents: UserEvents;
    readonly report: AccountReport;
  };
}

export interface BotSessionOptions {
  readonly plan: BotPlan;
  /** The saved settings stay in force, whatever the plan says. */
  readonly keepsSettings?: boolean;
  readonly mode: TradingMode;
  /** State of the bot. */
  readonly folder: string;
  /** Where trade logs go. */
  readonly tradesFolder: string;
  /** First part of their names: `paper`, `live`, … */
  readonly environment: string;
  /** Last part of those names where every start begins a new market. */
  readonly session: string | undefined;
  readonly workingFolder: string;
  /** Where its orders go: `real`, `practice`, `local`, or `paper`. */
  readonly world: string;
  readonly ports: BotPorts;
  /** Prices between two frames were traded, too. */
  readonly hasContinuousPrices: boolean;
  readonly onLine: (line: BotLine) => void;
}

/** How long a stopping bot waits for the answer to an order in flight, real ms. */
const SETTLE_MS = 5_000;
const SETTLE_POLL_MS = 50;
/** Commands are looked for, and the status is written, this often; real ms. */
const COMMANDS_MS = 250;
const STATUS_MS = 5_000;
/** Characters of a status line beside its time and the name of the bot, on a terminal of 80. */
const STATUS_WIDTH = 80 - 18;
const ACCOUNT_FILE = 'paper-account.json';

/** One bot from start to stop: state folder, journal, account, runner, and what it tells people. */
export class BotSession {
  readonly #options: BotSessionOptions;
  readonly #context: StepContext;
  readonly #runner: BotRunner;
  readonly #closeFolder: () => Promise<void>;
  readonly #strategies: Map<string, Strategy>;
  readonly #commands: CommandReader;
  readonly #gate = new StrategyGate();
  /** Orders of a trader rested at the start that this state does not know. */
  readonly #hasLooseOrders: boolean;
  #tradeLog: Promise<void> = Promise.resolve();
  #saidBlocks = '';
  #timer: NodeJS.Timeout | undefined;
  /** When the status was written last, monotonic ms. */
  #statusTime = Number.NEGATIVE_INFINITY;
  #statusWrite: Promise<void> = Promise.resolve();
  readonly symbol: string;
  readonly isResumed: boolean;
  /** Where its orders go. */
  readonly broker: Broker;
  /** Why the strategy of the open position cannot be loaded; `undefined` if it can. */
  readonly strategyProblem: string | undefined;
  readonly #holds = new Set<HoldBack>();
  #isStarted = false;

  /**
   * Opens the state of a bot and gets it ready; nothing is traded before `start`.
   *
   * @param options - What, where and with which account.
   * @throws {UserError} If another process has the state, it cannot be trusted, or the symbol is not there.
   */
  static async open(options: BotSessionOptions): Promise<BotSession> {
    const { folder, ports } = options;
    let session: BotSession | undefined;
    const files = await openJournalFolder(folder, { onLost: () => session?.lose() });
    try {
      const saved = await savedMemory(folder);
      if (saved === undefined) await requireNoRest(folder);
      // A state of another account is not even opened.
      else homeOf(saved.home, options);
      const isHolding = saved !== undefined && holdsSomething(saved);
      const rules = await rulesAtStart(options, isHolding);
      const plan = rules === undefined ? options.plan : planAtAccount(options.plan, rules, ports);
      const journal = await Journal.open(files, plan.settings, { instance: randomUUID() });
      const home = homeOf(journal.memory.home, options);
      const isResumed = journal.memory.epoch > 0;
      const settings = isResumed ? resumedSettings(plan, journal.memory.settings) : plan.settings;
      const adopted =
        options.keepsSettings === true ? journal.memory : adoptSettings(journal.memory, settings);
      const memory = home === adopted.home ? adopted : { ...adopted, home };
      if (memory !== journal.memory) {
        await journal.append(memory, 'settings', ports.clock.now());
        await journal.sync();
      }
      const { strategies, missing } = await knownStrategies({ ...options, plan }, memory);
      const account = await accountOf({ ...options, plan }, rules);
      const isFlat = !holdsSomething(memory);
      const hasLooseOrders = isFlat && (await hasTraderOrders(options));
      if (isFlat && !hasLooseOrders) await prepareUsdm(account.broker, memory.settings);
      session = new BotSession(
        { ...options, plan },
        {
          journal,
          account,
          strategies,
          isResumed,
          hasLooseOrders,
          missing,
          close: files.close,
        },
      );
      return session;
    } catch (error) {
      await files.close();
      throw error;
    }
  }

  private constructor(
    options: BotSessionOptions,
    parts: {
      readonly journal: Journal;
      readonly account: Account;
      readonly strategies: Map<string, Strategy>;
      readonly isResumed: boolean;
      readonly hasLooseOrders: boolean;
      readonly missing: string | undefined;
      readonly close: () => Promise<void>;
    },
  ) {
    this.strategyProblem = parts.missing;
    if (parts.missing !== undefined) this.#holds.add('strategy-missing');
    this.#options = options;
    this.#closeFolder = parts.close;
    this.#strategies = parts.strategies;
    this.#commands = new CommandReader(options.folder);
    this.isResumed = parts.isResumed;
    this.broker = parts.account.broker;
    this.#hasLooseOrders = parts.hasLooseOrders;
    this.symbol = options.plan.settings.run.symbol;
    const { ports, plan } = options;
    this.#context = {
      strategyOf: (name) => this.#gate.guard(this.#strategyOf(name)),
      limits: scaledLimits(ports.speed),
    };
    this.#runner = new BotRunner(
      {
        clock: ports.clock,
        candles: ports.candles,
        ...parts.account,
        journal: parts.journal,
        onAlert: (alert) => this.#alert(alert),
        onTrade: (trade) => this.#trade(trade),
        onStep: (before, event, after) => {
          const entry = entryText(before, after);
          if (entry !== undefined) this.#say('info', entry, 'trade', 'entry');
          for (const text of stepNews(before, event, after)) this.#say('info', text, 'news');
          const { trading, position } = before.memory;
          const isOther = after.memory.trading !== trading || !after.memory.position !== !position;
          if (isOther) this.#statusTime = Number.NEGATIVE_INFINITY;
          const isNewCandle = before.candles.length > 0 && before.candles !== after.candles;
          if (isNewCandle) this.#sayStatus();
        },
      },
      this.#context,
      { historyCandles: plan.historyCandles, mayDecide: this.#gate.opened },
    );
  }

  /** Whether it holds something, or may: by its state, or by orders at the exchange that its state does not know. */
  get isInPosition(): boolean {
    return this.#hasLooseOrders || holdsSomething(this.#runner.state.memory);
  }

  /** What it was started with. */
  get plan(): BotPlan {
    return this.#options.plan;
  }

  /** State folder. */
  get folder(): string {
    return this.#options.folder;
  }

  /** Whether it can take settings while it runs: what makes it another bot it cannot. */
  mayTake({ settings, isBalanceGiven }: BotPlan): boolean {
    const { run } = this.settings;
    const fixed = FIXED_WHILE_RUNNING.filter((key) => isBalanceGiven || key !== 'initial_balance');
    return fixed.every((key) => run[key] === settings.run[key]);
  }

  /** Another process has the state now, because this one did not get to run for long: whatever this one would do is wrong. */
  lose(): void {
    this.#runner.stop();
    clearInterval(this.#timer);
    this.#timer = undefined;
    const text = `another trader took over ${this.#options.folder} while this machine was suspended: this trader stops`;
    this.#say('alarm', text, 'alert', 'lock-lost');
  }

  /** Why its entries are held back. */
  get holds(): ReadonlySet<HoldBack> {
    return this.#holds;
  }

  /** Holds entries back for a reason, until it is released; what is open is managed all the same. */
  hold(reason: HoldBack): void {
    this.#holds.add(reason);
    if (!this.#isStarted) return;
    this.#runner.holdBack([...this.#holds]);
    this.#statusTime = 0;
  }

  /** Ends the reasons. */
  release(...reasons: readonly HoldBack[]): void {
    for (const reason of reasons) this.#holds.delete(reason);
    // A bot whose strategy nobody checks may decide once its checks are over.
    if (reasons.includes('checks-pending')) this.#gate.open();
    if (this.#isStarted) this.#runner.holdBack([...this.#holds]);
  }

  /** Its own; quote. */
  get balance(): Decimal {
    return this.#runner.state.memory.balance;
  }

  /** Settings in force. */
  get settings(): BotSettings {
    return this.#runner.state.memory.settings;
  }

  /**
   * Checks users' strategies for look-ahead: the one in force and the one that waits until the bot is flat.
   *
   * @param compute - Runs the check.
   * @returns Candles that the one in force was checked on; `undefined` if it is built in.
   * @throws {StrategyError} If one of them sees the future.
   */
  async checkStrategies(compute: Compute): Promise<number | undefined> {
    const { settings, pendingSettings } = this.#runner.state.memory;
    const { plan } = this.#options;
    try {
      if (this.strategyProblem !== undefined) return undefined;
      const candles = await this.#checkStrategy(settings, plan, compute);
      if (pendingSettings !== null) await this.#checkStrategy(pendingSettings, plan, compute);
      return candles;
    } finally {
      this.#gate.open();
    }
  }

  /** Whether its strategy was found to give signals that mean nothing: it decides nothing then. */
  get isStrategyWithheld(): boolean {
    return this.#gate.isWithheld(this.#strategyOf(this.settings.run.strategy));
  }

  #strategyOf(name: string): Strategy {
    return this.#strategies.get(name) ?? findStrategy(name);
  }

  /**
   * Checks the strategy of new settings for look-ahead, if they change anything.
   *
   * @param plan - Checked otherwise.
   * @throws {StrategyError} If it sees the future.
   */
  async checkPlan(plan: BotPlan): Promise<void> {
    const wanted = this.#changed(plan);
    const compute: Compute = (work) => Promise.resolve().then(work);
    if (wanted !== undefined) await this.#checkStrategy(wanted, plan, compute, plan.strategy);
  }

  async #checkStrategy(
    settings: BotSettings,
    { historyCandles }: BotPlan,
    compute: Compute,
    strategy = this.#strategyOf(settings.run.strategy),
  ): Promise<number | undefined> {
    const { candles } = this.#options.ports;
    const { strategy: name } = settings.run;
    const fresh = isStrategyPath(name)
      ? (await loadStrategy(name, { cwd: this.#options.workingFolder })).fresh
      : undefined;
    const history = { candles, historyCandles, compute, cold: await fresh?.() };
    try {
      const checked = await checkBotStrategy(settings, strategy, history);
      this.#gate.judge(strategy, undefined);
      return checked;
    } catch (error) {
      // What cannot be checked now may still close what it opened.
      if (error instanceof StrategyError) this.#gate.judge(strategy, error.message);
      throw error;
    }
  }

  /** Looks at the exchange, then trades. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    if (!this.#holds.has('checks-pending')) this.#gate.open();
    this.#runner.start();
    this.#runner.holdBack([...this.#holds]);
    // Closed before a crash, and perhaps not yet in the log.
    this.#logTrades('after-restart');
    this.#timer = setInterval(() => this.#attend(), COMMANDS_MS);
    this.#attend();
    // Soon again: the first look may be of before its entries were held back.
    this.#statusTime = 0;
  }

  /** Passes on what a person wants, and where from. */
  command(command: BotCommand, reason: string): void {
    this.#runner.command(command, reason);
    this.#statusTime = 0;
  }

  /** Name of the bot beside its symbol. */
  get subject(): BotSubject {
    const { symbol, interval, strategy } = this.settings.run;
    return { symbol, interval, strategy: this.#context.strategyOf(strategy).shortName };
  }

  /** Keeps the candles of the session beside its state. */
  keepCandles(source: CandleSource): Promise<void> {
    return keepCandles(this.#options.folder, this.#runner.state.memory, source);
  }

  /** How it stands now. */
  view(): BotView {
    return viewBot(this.#runner.state, this.#context, this.#runner.time);
  }

  /**
   * Passes on new settings; they are in force when the bot is flat.
   *
   * @param plan - Checked.
   */
  changePlan(plan: BotPlan): void {
    const wanted = this.#changed(plan);
    if (wanted === undefined) return;
    this.#strategies.set(wanted.run.strategy, plan.strategy);
    this.#runner.changeSettings(wanted);
  }

  /** Settings of a plan as this bot would take them; `undefined` if it has them. */
  #changed(plan: BotPlan): BotSettings | undefined {
    const { settings } = plan;
    const wanted = { ...settings, run: { ...settings.run, ...this.#fromAccount(plan) } };
    const { settings: current, pendingSettings } = this.#runner.state.memory;
    const isSame = JSON.stringify(wanted) === JSON.stringify(pendingSettings ?? current);
    return isSame ? undefined : wanted;
  }

  /** What nobody gives is what the bot has. */
  #fromAccount({ isBalanceGiven, isCommissionGiven }: BotPlan): object {
    const { initial_balance, commission_bps } = this.settings.run;
    return {
      ...(!isBalanceGiven && { initial_balance }),
      ...(!isCommissionGiven && this.#options.ports.account !== undefined && { commission_bps }),
    };
  }

  /** Writes how it stands, for other processes. */
  async #writeStatus(): Promise<void> {
    const { folder, environment, ports } = this.#options;
    const { run } = this.settings;
    await writeStatus(folder, {
      time: ports.clock.now(),
      writtenTime: Date.now(),
      pid: process.pid,
      environment,
      market: run.market,
      symbol: run.symbol,
      interval: run.interval,
      strategy: this.#context.strategyOf(run.strategy).shortName,
      view: this.view(),
    });
  }

  /** Looks for commands and says how it stands, whatever else happens. */
  #attend(): void {
    this.#commands.take((command) => {
      this.#runner.command(command);
      // What it did is told at the next look.
      this.#statusTime = Number.NEGATIVE_INFINITY;
    });
    const now = performance.now();
    if (now - this.#statusTime < STATUS_MS) return;
    this.#statusTime = now;
    // A status that cannot be written is no reason to stop.
    this.#statusWrite = this.#writeStatus().catch(() => undefined);
  }

  /** Nothing is entered from now on: the process is about to end. */
  blockEntries(): void {
    this.#runner.blockEntries();
  }

  /** Stops listening; an order in flight gets a few seconds to be answered. A stop on the exchange stays. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.blockEntries();
    const isWaiting = (): boolean =>
      ordersOf(this.#runner.state.memory).some(({ phase }) => phase === 'sending');
    for (let waitedMs = 0; isWaiting() && waitedMs < SETTLE_MS; waitedMs += SETTLE_POLL_MS) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
    }
    await this.#tradeLog;
    this.#runner.stop();
    await this.#runner.settled();
    await this.#tradeLog;
    await this.#statusWrite;
    if (this.#timer !== undefined) await this.#writeStatus().catch(() => undefined);
    await this.#closeFolder();
  }

  /** Where a trade is logged. */
  #tradeLogFile({ market, interval, strategy }: UnloggedTrade): string {
    const { tradesFolder, environment, session } = this.#options;
    const subject = { environment, market, symbol: this.symbol, interval, strategy, session };
    return path.join(tradesFolder, tradeLogName(subject));
  }

  #alert({ level, code, text }: Alert): void {
    this.#say(level, text, 'alert', code);
  }

  #trade(trade: LiveTrade): void {
    this.#say('info', tradeText(trade), 'trade', 'exit');
    this.#logTrades('closed-now');
  }

  /** Writes what the logs lack, one after the other; what cannot be written comes again with the next trade or start. */
  #logTrades(occasion: 'closed-now' | 'after-restart'): void {
    const logs = new Map<string, UnloggedTrade[]>();
    for (const entry of this.#runner.state.memory.unlogged) {
      const file = this.#tradeLogFile(entry);
      logs.set(file, [...(logs.get(file) ?? []), entry]);
    }
    for (const [file, entries] of logs) {
      this.#tradeLog = this.#tradeLog
        .then(() => this.#writeTrades(file, entries, occasion))
        .catch((error: unknown) => {
          const text = error instanceof Error ? error.message : String(error);
          this.#say('alarm', `the trade log was not written: ${text}`, 'alert', 'trade-log');
        });
    }
  }

  async #writeTrades(
    file: string,
    entries: readonly UnloggedTrade[],
    occasion: 'closed-now' | 'after-restart',
  ): Promise<void> {
    const trades = entries.map(({ trade }) => trade);
    const { strategy } = entries[0]!;
    const rows = await addLiveTrades(file, trades, { symbol: this.symbol, strategy });
    await this.#writeRecord(file, strategy);
    if (rows > 0 && occasion === 'after-restart') {
      const what = rows === 1 ? 'a trade' : `${rows} trades`;
      this.#say('info', `${what} from before the restart added to ${file}`, 'news');
    }
    this.#runner.tradesLogged(trades.map(tradeOrderIds));
  }

  /** For comparisons only: a log without it is whole. */
  async #writeRecord(file: string, name: string): Promise<void> {
    const strategy = this.#context.strategyOf(this.settings.run.strategy);
    // The settings changed since: they are not those of these trades.
    if (strategy.name !== name) return;
    const isSynthetic = this.#options.environment.endsWith('-synthetic');
    await writeLiveRecord(file, this.settings, strategy, isSynthetic).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      this.#say('warning', `the settings were not written next to the trade log: ${text}`, 'news');
    });
  }

  /** What keeps it from entering is said when it changes, not at every candle. */
  #sayStatus(): void {
    const view = this.view();
    this.#say('info', statusText(view, STATUS_WIDTH - this.symbol.length), 'status');
    const blocks = blocksText(view);
    if (blocks !== this.#saidBlocks) {
      const text = blocks === '' ? 'entries are possible again' : `no entries: ${blocks}`;
      this.#say('info', text, 'news');
    }
    this.#saidBlocks = blocks;
  }

  #say(level: LineLevel, text: string, kind: BotLine['kind'], code?: string): void {
    this.#options.onLine({
      time: this.#options.ports.clock.now(),
      symbol: this.symbol,
      level,
      text,
      kind,
      ...(code !== undefined && { code }),
    });
  }
}

type Account = {
  readonly broker: Broker;
  readonly userEvents: UserEvents;
  readonly feed: MarketFeed;
  readonly instruments: InstrumentSource;
};

/** The account at the exchange, or one of play money. */
async function accountOf(
  options: BotSessionOptions,
  rules: InstrumentRules | undefined,
): Promise<Account> {
  const { ports, plan, folder, hasContinuousPrices } = options;
  const { feed, instruments } = ports;
  if (ports.account !== undefined) {
    const { broker, userEvents } = ports.account;
    return { broker, userEvents, feed, instruments };
  }
  const file = path.join(folder, ACCOUNT_FILE);
  const { run } = plan.settings;
  if (rules === undefined) throw new UserError(`The exchange has no ${run.symbol}`);
  const paper = new PaperAccount({
    rules,
    initialQuote: run.initial_balance,
    commissionBps: run.commission_bps,
    clock: ports.clock,
    saved: await savedText(file),
    save: (text) => writeFileAtomic(file, text),
    hasContinuousPrices,
    ...(ports.fundingRate !== undefined && { fundingRate: ports.fundingRate }),
  });
  await paper.followFunding();
  return {
    broker: paper.broker,
    userEvents: paper.userEvents,
    feed: paper.feed(feed),
    instruments: paper.instruments(instruments),
  };
}

/** One position per symbol, at the leverage that the bot sizes with; a position that is open keeps what it has. */
async function prepareUsdm(broker: Broker, { run }: BotSettings): Promise<void> {
  if (!isUsdmBroker(broker)) return;
  try {
    const { leverage } = await broker.symbolSettings(run.symbol);
    await broker.setOneWayMode();
    if (leverage < run.leverage) await broker.setLeverage(run.symbol, Math.ceil(run.leverage));
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw new UserError(
      `The USD-M account cannot be set to one-way mode and leverage ${run.leverage} for ${run.symbol}: ${error.message}`,
      { cause: error },
    );
  }
}

async function savedText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A state belongs to one account of one world; another key would find nothing of what it remembers. */
function homeOf(home: Home, { world, ports, folder }: BotSessionOptions): Home {
  const seen = { world, account: ports.account?.report.uid ?? null };
  const problem = foreignHome(home, seen);
  if (problem === undefined) return settledHome(home, seen);
  throw new UserError(
    `${problem}\nUse the key of that account, or start this bot with another --state-dir than that of ${folder}`,
  );
}

/** What only the account knows: the balance where nobody named one, and its commission. */
function planAtAccount(plan: BotPlan, rules: InstrumentRules, { account }: BotPorts): BotPlan {
  if (account === undefined) return plan;
  const { settings, isBalanceGiven, isCommissionGiven } = plan;
  const { balances, margin, takerRate } = account.report;
  const free =
    margin?.availableBalance ??
    balances.find(({ asset }) => asset === rules.quoteAsset)?.free ??
    0n;
  const run = {
    ...settings.run,
    ...(!isBalanceGiven && free > 0n && { initial_balance: decimalToNumber(free) }),
    ...(!isCommissionGiven && { commission_bps: decimalToNumber(takerRate) * 10_000 }),
  };
  return { ...plan, settings: { ...settings, run } };
}

/** A balance that nobody named stays what the bot began with. */
function resumedSettings(plan: BotPlan, saved: BotSettings): BotSettings {
  if (plan.isBalanceGiven) return plan.settings;
  const { initial_balance } = saved.run;
  return { ...plan.settings, run: { ...plan.settings.run, initial_balance } };
}

/**
 * Strategies by the names that settings know them by; saved settings may name others than the plan. One that cannot be
 * loaded must not leave a position alone: something that never signals stands in for it.
 */
async function knownStrategies(
  { plan, workingFolder, keepsSettings }: BotSessionOptions,
  memory: BotMemory,
): Promise<{ strategies: Map<string, Strategy>; missing: string | undefined }> {
  const strategies = new Map<string, Strategy>();
  if (keepsSettings !== true) strategies.set(plan.settings.run.strategy, plan.strategy);
  const { settings, pendingSettings } = memory;
  let missing: string | undefined;
  for (const one of pendingSettings === null ? [settings] : [settings, pendingSettings]) {
    const { strategy: name } = one.run;
    try {
      if (!strategies.has(name)) {
        const { strategy } = await loadStrategy(name, { cwd: workingFolder });
        strategies.set(name, strategy);
      }
      resolveProgram(one, (known) => strategies.get(known) ?? findStrategy(known));
    } catch (error) {
      if (!(error instanceof UserError) || !holdsSomething(memory)) throw error;
      strategies.set(name, absentStrategy(one));
      missing = error.message;
    }
  }
  return { strategies, missing };
}

/** An instrument that is gone, or whose rules cannot be read, is no reason to leave what is open alone. */
async function rulesAtStart(
  { ports, plan }: BotSessionOptions,
  isHolding: boolean,
): Promise<InstrumentRules | undefined> {
  try {
    return await rulesOf(ports.instruments, plan.settings.run.symbol);
  } catch (error) {
    const isPassing = error instanceof UserError || error instanceof ExchangeError;
    if (!isPassing || !isHolding || ports.account === undefined) throw error;
    return undefined;
  }
}

/** A bot that once said how it stands has a state: without it this is part of a copy, and nothing is begun anew. */
/** @throws {UserError} That names the folder, if the state cannot be trusted. */
async function savedMemory(folder: string): Promise<BotMemory | undefined> {
  try {
    return await readSavedMemory(folder);
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${folder}: ${error.message}`) : error;
  }
}

/** Whether orders of a trader rest there, whichever made them. What cannot be asked now is seen at the first look at the account. */
async function hasTraderOrders({ ports, plan }: BotSessionOptions): Promise<boolean> {
  if (ports.account === undefined) return false;
  try {
    const orders = await ports.account.broker.openOrders(plan.settings.run.symbol);
    return orders.some(({ clientOrderId }) => isTraderOrderId(clientOrderId));
  } catch (error) {
    if (error instanceof ExchangeError) return false;
    throw error;
  }
}

async function requireNoRest(folder: string): Promise<void> {
  const names = await readdir(folder);
  const rest = names.find((name) => name === 'status.json' || name === ACCOUNT_FILE);
  if (rest === undefined) return;
  throw new UserError(
    `${folder} has ${rest}, but neither a snapshot nor a journal: it is an incomplete copy. Copy the whole folder, or check the open orders and the position, then remove the folder to start fresh`,
  );
}
