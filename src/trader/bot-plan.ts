import {
  type BestParamsEntry,
  type BestParamsValue,
  type ChosenRun,
  type ForwardFinding,
  parseBacktestRunConfig,
  type RuntimeBotConfig,
  readAllBestParams,
} from '../config/index.js';
import {
  DAY_MS,
  type Market,
  parseTimeframe,
  type SettingValues,
  type Timeframe,
  timeframeMs,
  UsageError,
  UserError,
} from '../domain/index.js';
import { frozenConfig } from '../forward-test/index.js';
import { type BotSettings, orderTag, resolveProgram, settingsProblem } from '../live/index.js';
import { loadStrategy } from '../plugins/index.js';
import { BOT_LIMITS, EXIT_AXES, FILTER_RULES, RUN_SETTINGS } from '../settings/index.js';
import { parseParameterAssignments, type Strategy } from '../strategies/index.js';
import { refuseResearchStrategy } from './refuse-research-strategy.js';
import { withPlaces } from './setting-places.js';
import type { TradingMode } from './trading-hosts.js';
import { type Verdict, verdictOf } from './verdict-of.js';

/** What the command line says about bots; keys as in config files, absent ones leave the choice to the files. */
export interface BotWish {
  readonly mode: TradingMode;
  /** Keys of `wus backtest` and of the risk limits. */
  readonly given: Readonly<Record<string, unknown>>;
  /** `name=value` words of `--param`. */
  readonly parameterWords: readonly string[];
  /** File of best parameters, and whether it was named; `undefined` reads none. */
  readonly bestParamsFile: string | undefined;
  readonly isBestParamsNamed: boolean;
  /** The run that `--from` names: its settings are in `given`, its parameters and stops are those of this bot. */
  readonly chosen?: ChosenRun;
  /** Warm-up history, days; `undefined` takes what the strategy needs. */
  readonly days: number | undefined;
}

/** What one bot will trade and how, completely checked. */
export interface BotPlan {
  readonly settings: BotSettings;
  readonly strategy: Strategy;
  /** Candles of the past that strategy and filters see. */
  readonly historyCandles: number;
  /** Whether somebody named the balance, and the commission. */
  readonly isBalanceGiven: boolean;
  readonly isCommissionGiven: boolean;
  readonly notes: readonly string[];
  /** Of optimized parameters; `undefined` where none are traded. */
  readonly verdict?: Verdict;
}

/** History without `--days`, candles: at least this many, and this many times the warm-up. */
export const HISTORY_CANDLES = 500;
const WARM_UPS = 4;
/** More would only cost memory. */
const HISTORY_CANDLES_MAX = 100_000;

/** Keys that an optimization decides besides parameters and filters. */
const EXIT_KEYS = EXIT_AXES.map(({ key }) => key);
/** Sizes of research; its costs are another matter: a bot pays what it pays. */
const RESEARCH_SIZES = RUN_SETTINGS.filter(
  ({ section, scope, default: fallback }) =>
    section === 'money' && scope === 'research' && fallback === null,
);
/** Keys that bound the risk of a bot. */
const LIMIT_KEYS = BOT_LIMITS.map(({ key }) => key);
/** Name of the strategy that a bot is to run: the command line wins over the file. */
export function strategyNameOf(wish: BotWish, runtime: RuntimeBotConfig): string {
  const name = wish.given.strategy ?? runtime.strategy_name;
  if (typeof name === 'string') return name;
  throw new UsageError(
    'Which strategy? Give --strategy, for example --strategy MACross, or strategy_name in the runtime configuration',
  );
}

/**
 * Decides what one bot does: command line > runtime configuration > best parameters > defaults.
 *
 * @param wish - The command line.
 * @param runtime - Settings of this bot in `runtime_config.yaml`.
 * @param strategy - The one that `strategyNameOf` names, loaded.
 * @throws {UsageError} If something is missing or wrong.
 * @throws {UserError} If the file of best parameters was named and has no such entry.
 */
export async function planBot(
  wish: BotWish,
  runtime: RuntimeBotConfig,
  strategy: Strategy,
): Promise<BotPlan> {
  try {
    return await resolvedPlan(wish, runtime, strategy);
  } catch (error) {
    throw withPlaces(error, wish, runtime);
  }
}

async function resolvedPlan(
  wish: BotWish,
  runtime: RuntimeBotConfig,
  strategy: Strategy,
): Promise<BotPlan> {
  const { given, mode } = wish;
  const { strategy_name: _, strategy_params, ...rest } = runtime;
  const settings: Record<string, unknown> = { ...withoutNulls(rest), ...given };
  const instrument = instrumentOf(settings);
  const { entry, notes } = await bestEntry(wish, strategy, instrument);
  refuseResearchRules(entry);
  if (given.units != null) delete settings.equity_fraction;
  else if (given.equity_fraction != null) delete settings.units;
  if (mode !== 'paper' && settings.units == null && settings.equity_fraction == null) {
    throw new UsageError(
      'How much? Outside paper mode give --units (base) or --equity-fraction (share of the balance): there is no default for real orders',
    );
  }
  const risk = Object.fromEntries(
    LIMIT_KEYS.filter((key) => settings[key] !== undefined).map((key) => [
      camelCase(key),
      settings[key],
    ]),
  );
  for (const key of LIMIT_KEYS) delete settings[key];
  const onLossLimit = lossLimitAction(settings.on_loss_limit);
  delete settings.on_loss_limit;
  const run = parseBacktestRunConfig({
    ...settings,
    ...stopsOf(given, runtime, entry),
    ...filtersOf(settings, entry),
    strategy: strategyNameOf(wish, runtime),
    params: {
      ...(entry === undefined
        ? {}
        : frozenConfig(entry, { strategy: strategy.name }, strategy).config.params),
      // Those of the file are of the file's own strategy.
      ...(wish.chosen === undefined ? strategy_params : {}),
      ...parseParameterAssignments(strategy, wish.parameterWords),
    },
    ...instrument,
  });
  const bot: BotSettings = {
    bot: botName(instrument),
    run: { ...run, ...instrument, market: run.market },
    risk,
    ...(onLossLimit !== undefined && { onLossLimit }),
  };
  const problem = settingsProblem(bot);
  if (problem !== undefined) throw new UsageError(problem);
  const { warmUp, parameters } = resolveProgram(bot, () => strategy);
  refuseResearchStrategy(strategy, parameters, { ...instrument, market: run.market });
  const needed = { warmUp, history: strategy.history?.(parameters) ?? 0 };
  return {
    settings: bot,
    strategy,
    historyCandles: keptCandles(wish.days, instrument.interval, needed),
    isBalanceGiven: settings.initial_balance !== undefined,
    isCommissionGiven: settings.commission_bps !== undefined,
    notes,
    ...(entry !== undefined && {
      verdict: withForwardTest(
        verdictOf(entry, changedKeys(entry, bot, strategy)),
        wish.chosen?.forward,
      ),
    }),
  };
}

/**
 * Plans every bot of a runtime configuration.
 *
 * @param wish - The command line.
 * @param bots - Settings of each bot; one empty entry without a file.
 * @param workingFolder - Where strategy files are looked for.
 * @throws {UsageError} As `planBot`, or if two bots trade one instrument.
 */
export async function planBots(
  wish: BotWish,
  bots: readonly RuntimeBotConfig[],
  workingFolder: string,
): Promise<readonly BotPlan[]> {
  const { plans, refused } = await planEach(wish, bots, workingFolder);
  const [first] = refused;
  if (first !== undefined) throw first.error;
  return plans;
}

/** A bot of the settings that has no plan, and why. */
export interface RefusedBot {
  /** Absent if the settings as a whole cannot be read, or name none. */
  readonly symbol?: string;
  readonly error: UserError;
}

/**
 * Plans every bot of a runtime configuration that can be planned: what is wrong with one is no reason to give up the others.
 *
 * @param wish - The command line.
 * @param bots - Settings of each bot; one empty entry without a file.
 * @param workingFolder - Where strategy files are looked for.
 */
export async function planEach(
  wish: BotWish,
  bots: readonly RuntimeBotConfig[],
  workingFolder: string,
): Promise<{ readonly plans: readonly BotPlan[]; readonly refused: readonly RefusedBot[] }> {
  const plans: BotPlan[] = [];
  const refused: RefusedBot[] = [];
  for (const runtime of bots) {
    try {
      const name = strategyNameOf(wish, runtime);
      const { strategy } = await loadStrategy(name, { cwd: workingFolder });
      const plan = await planBot(wish, runtime, strategy);
      requireOwnName(plan.settings, plans);
      plans.push(plan);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const symbol = wish.given.symbol ?? runtime.symbol;
      refused.push({ ...(typeof symbol === 'string' && { symbol: symbol.toUpperCase() }), error });
    }
  }
  return { plans, refused };
}

/** Bots with one name would take each other's orders for their own. */
function requireOwnName({ bot, run }: BotSettings, others: readonly BotPlan[]): void {
  if (others.every(({ settings }) => settings.bot !== bot)) return;
  throw new UsageError(
    `Two bots trade ${run.market} ${run.symbol}: one bot per market and symbol; --symbol cannot be combined with several bots in the runtime configuration`,
  );
}

/**
 * Says which changed settings of a file have no effect, because the command line sets them.
 *
 * @param wish - The command line.
 * @param before - Settings of a bot in the file, as they were.
 * @param after - As they are now.
 * @returns Keys of the file.
 */
export function overriddenChanges(
  wish: BotWish,
  before: RuntimeBotConfig,
  after: RuntimeBotConfig,
): readonly string[] {
  const words = wish.parameterWords.map((word) => word.split('=')[0] ?? '');
  const old = before as Readonly<Record<string, unknown>>;
  const keys = Object.entries(after)
    .filter(([key, value]) => key !== 'strategy_params' && value !== old[key])
    .map(([key]) => key)
    .filter((key) => wish.given[key === 'strategy_name' ? 'strategy' : key] !== undefined);
  const params = Object.entries(after.strategy_params ?? {})
    .filter(([name, value]) => value !== before.strategy_params?.[name] && words.includes(name))
    .map(([name]) => `strategy_params.${name}`);
  return [...keys, ...params];
}

/** What a forward test of the chosen run found belongs to its verdict: only one that is confirmed proves anything. */
function withForwardTest(verdict: Verdict, forward: ForwardFinding | undefined): Verdict {
  if (forward === undefined) return verdict;
  return {
    isProven: verdict.isProven && forward.outcome === 'confirmed',
    sentence: `${verdict.sentence} Its forward test: ${forward.sentence}`,
  };
}

/** What is traded with another value than the optimized one. */
function changedKeys(
  entry: BestParamsEntry,
  { run }: BotSettings,
  strategy: Strategy,
): readonly string[] {
  const { params } = frozenConfig(entry, { strategy: strategy.name }, strategy).config;
  const optimized = params as Readonly<Record<string, unknown>>;
  const traded: Readonly<Record<string, unknown>> = run.params;
  const rules = run as unknown as SettingValues;
  return [
    ...Object.keys(optimized).filter((name) => traded[name] !== optimized[name]),
    ...EXIT_AXES.filter(
      ({ key, default: fallback }) => rules[key] !== (entry.risk[key] ?? fallback),
    ).map(({ key }) => key),
  ];
}

interface Instrument {
  readonly symbol: string;
  readonly interval: Timeframe;
  readonly market: Market;
}

function instrumentOf(settings: Readonly<Record<string, unknown>>): Instrument {
  const { symbol, interval, market } = settings;
  if (typeof symbol !== 'string') {
    throw new UsageError('Which instrument? Give --symbol, for example --symbol BTCUSDT');
  }
  if (typeof interval !== 'string') {
    throw new UsageError('Which candles? Give --interval, for example --interval 15m');
  }
  if (market !== undefined && market !== 'spot' && market !== 'usdm') {
    throw new UsageError(`--market ${JSON.stringify(market)}: it must be spot or usdm`);
  }
  return {
    symbol: symbol.toUpperCase(),
    interval: parseTimeframe(interval),
    market: market ?? 'spot',
  };
}

/** What an optimization found for this bot. A file that was named must have it; otherwise it is a help. */
async function bestEntry(
  wish: BotWish,
  strategy: Strategy,
  instrument: Instrument,
): Promise<{ entry: BestParamsEntry | undefined; notes: string[] }> {
  const { bestParamsFile, isBestParamsNamed } = wish;
  const { symbol, interval, market } = instrument;
  const name = `${symbol} ${strategy.shortName} ${market} ${interval}`;
  if (wish.chosen !== undefined) return chosenEntry(wish.chosen, strategy, instrument);
  if (bestParamsFile === undefined) return { entry: undefined, notes: [] };
  const all = await readAllBestParams(bestParamsFile).catch((error: unknown) => {
    const isMissing = error instanceof Error && error.message.includes('does not exist');
    if (isBestParamsNamed || !isMissing) throw error;
    return [];
  });
  const entry = all.find(
    (one) =>
      one.symbol === symbol &&
      one.strategy === strategy.name &&
      one.entry.market === market &&
      one.entry.interval === interval,
  )?.entry;
  if (entry !== undefined) {
    const wasFiltered = FILTER_RULES.map(({ apply }) => apply.key).filter(
      (key) => entry.filters[key] === true && wish.given[key] !== true,
    );
    return {
      entry,
      notes: [
        `Parameters and stops of ${bestParamsFile}, optimized ${entry.optimized_at.slice(0, 10)} on ${entry.period_start.slice(0, 10)} to ${entry.period_end.slice(0, 10)}`,
        ...wasFiltered.map(
          (key) => `The optimizer chose them with ${key}, which is off unless requested`,
        ),
      ],
    };
  }
  if (isBestParamsNamed) {
    throw new UsageError(
      `${bestParamsFile} has no entry for ${name}; run wus optimize for it, or omit --param-config`,
    );
  }
  return {
    entry,
    notes: [`${bestParamsFile} has no entry for ${name}: using given parameters and defaults`],
  };
}

/** The entry of `--from`, surely of this bot. */
function chosenEntry(
  chosen: ChosenRun,
  strategy: Strategy,
  { symbol, interval, market }: Instrument,
): { entry: BestParamsEntry; notes: string[] } {
  const { entry, file } = chosen;
  for (const [key, is, was] of [
    ['strategy', strategy.name, chosen.strategy],
    ['symbol', symbol, chosen.symbol],
    ['interval', interval, entry.interval],
    ['market', market, entry.market],
  ] as const) {
    if (is !== was) throw new UsageError(`${file} is for ${key} ${was}, not ${is}`);
  }
  const [start, end] = [entry.period_start.slice(0, 10), entry.period_end.slice(0, 10)];
  return {
    entry,
    notes: [`Strategy, settings and costs of ${file}, chosen on ${start} to ${end}`],
  };
}

function lossLimitAction(word: unknown): BotSettings['onLossLimit'] {
  if (word === undefined || word === 'stop-entries' || word === 'flatten') return word;
  throw new UsageError(
    `on_loss_limit must be stop-entries or flatten: current value is ${JSON.stringify(word)}`,
  );
}

/** A stop that a file sets to `null` is off, whatever an optimization found. */
function stopsOf(
  given: BotWish['given'],
  runtime: RuntimeBotConfig,
  entry: BestParamsEntry | undefined,
): Record<string, unknown> {
  const inFile = runtime as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    EXIT_KEYS.map((key) => [
      key,
      key in given ? given[key] : inFile[key] === undefined ? entry?.risk[key] : inFile[key],
    ]),
  );
}

/** Exits and sizes of backtests that bots do not have: without them the same settings are another strategy. */
function refuseResearchRules(entry: BestParamsEntry | undefined): void {
  if (entry === undefined) return;
  const given: Readonly<Record<string, BestParamsValue>> = { ...entry.run, ...entry.risk };
  for (const { key, scope, default: fallback } of [...EXIT_AXES, ...RESEARCH_SIZES]) {
    const value = given[key] ?? null;
    if (scope !== 'research' || value === null || value === fallback) continue;
    const what = RESEARCH_SIZES.some((size) => size.key === key) ? 'a size' : 'an exit';
    throw new UsageError(
      `The optimized settings have ${key} ${String(value)}, ${what} that bots do not have yet: optimize without it, or trade other settings`,
    );
  }
}

function filtersOf(
  settings: Readonly<Record<string, unknown>>,
  entry: BestParamsEntry | undefined,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { apply, settings: own } of FILTER_RULES) {
    if (settings[apply.key] !== true) continue;
    const optimized = entry?.filters[apply.key] === true ? entry.filters : {};
    for (const { key } of own) values[key] = settings[key] ?? optimized[key];
  }
  return values;
}

function keptCandles(
  days: number | undefined,
  interval: Timeframe,
  { warmUp, history }: { readonly warmUp: number; readonly history: number },
): number {
  const least = Math.max(warmUp + 2, history + 1);
  if (days === undefined) return Math.max(HISTORY_CANDLES, WARM_UPS * (warmUp + 2), least);
  const candles = Math.ceil((days * DAY_MS) / timeframeMs(interval));
  if (candles > HISTORY_CANDLES_MAX) {
    throw new UsageError(
      `--days ${days}: that is ${candles} candles, the limit is ${HISTORY_CANDLES_MAX}`,
    );
  }
  if (candles >= least) return candles;
  const needed = Math.ceil((least * timeframeMs(interval)) / DAY_MS);
  throw new UsageError(
    `--days ${days}: that is ${candles} candles, but the strategy and its filters need ${least}; use --days ${needed} or omit it`,
  );
}

/** One name per market and symbol, whatever letters a symbol has and however many. */
function botName({ market, symbol }: Instrument): string {
  return orderTag({ market, symbol, bot: '', instance: '' });
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function withoutNulls(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null));
}
