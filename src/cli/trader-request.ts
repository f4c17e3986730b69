import path from 'node:path';
import {
  type ChosenRun,
  parseRuntimeConfig,
  readChosenRun,
  readRuntimeConfigText,
  runtimeBots,
} from '../config/index.js';
import { type Market, UsageError, UserError } from '../domain/index.js';
import { loadStrategy } from '../plugins/index.js';
import {
  type ApiKey,
  type BotPlan,
  type BotWish,
  environmentName,
  holdsSomething,
  isQuietTime,
  loadApiKey,
  type MarketPlace,
  planEach,
  type RefusedBot,
  type SavedBot,
  savedBots,
  type TradingMode,
  tradingHosts,
  whyOutOfReach,
} from '../trader/index.js';
import { answerTo } from './ask.js';
import { nameFlags } from './flag-names.js';
import { runFlagValues } from './run-flags.js';
import type { Terminal } from './terminal.js';
import { TRADER_FLAG_GROUPS } from './trader-flags.js';

const BEST_PARAMS_FILE = 'config/best_params.yaml';
const RUNTIME_CONFIG_FILE = 'config/runtime_config.yaml';

type Options = Readonly<Record<string, unknown>>;

/** Bots that are wanted, and what they were read from. */
export interface WantedBots {
  readonly wish: BotWish;
  readonly plans: readonly BotPlan[];
  /** Bots that are asked for and cannot be planned. */
  readonly refused: readonly RefusedBot[];
  readonly runtimeConfig: {
    readonly file: string;
    readonly name: string;
    readonly text: string | undefined;
  };
}

/**
 * Plans the bots: flags over the runtime configuration over what was optimized.
 *
 * @param options - `command.opts()` of `wus trader`.
 * @param terminal - Folder of relative paths.
 * @returns What is missing or wrong is among the refused: it must not keep a bot that holds something from managing it.
 */
export async function wantedBots(options: Options, terminal: Terminal): Promise<WantedBots> {
  const { workingFolder } = terminal;
  const namedParams = options.paramConfig as string | undefined;
  const mode = options.mode as TradingMode;
  const typed: Readonly<Record<string, unknown>> = {
    ...runFlagValues(options, TRADER_FLAG_GROUPS),
    ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
  };
  const plain: BotWish = {
    mode,
    given: typed,
    parameterWords: (options.param as readonly string[] | undefined) ?? [],
    bestParamsFile: namedParams ?? BEST_PARAMS_FILE,
    isBestParamsNamed: namedParams !== undefined,
    days: options.days as number | undefined,
  };
  const named = options.runtimeConfig as string | undefined;
  let wish = plain;
  const name = named ?? RUNTIME_CONFIG_FILE;
  const file = path.resolve(workingFolder, name);
  let text: string | undefined;
  try {
    text = await readRuntimeConfigText(file);
    if (text === undefined && named !== undefined) throw new UserError(`${name} does not exist`);
    const bots = text === undefined ? [{}] : runtimeBots(parseRuntimeConfig(text, name));
    const from = options.from as string | undefined;
    if (from !== undefined) {
      if (namedParams !== undefined) {
        throw new UsageError('--from and --param-config cannot be combined; omit one');
      }
      if (bots.length > 1) {
        throw new UsageError(
          `--from starts one bot, but ${name} has ${bots.length}; name another file with --runtime-config, or put the settings there`,
        );
      }
      wish = await wishFrom(from, plain, workingFolder);
    }
    const { plans, refused } = await planEach(wish, bots, workingFolder);
    const runtimeConfig = { file, name, text };
    return { wish, plans, refused: refused.map(withFlags), runtimeConfig };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { wish, plans: [], refused: [{ error }], runtimeConfig: { file, name, text } };
  }
}

/** A bot as a run was: what was typed wins over the run, the run over the runtime configuration. */
async function wishFrom(file: string, wish: BotWish, workingFolder: string): Promise<BotWish> {
  const { symbol, strategy } = wish.given as Record<'symbol' | 'strategy', string | undefined>;
  const chosen = await readChosenRun(file, {
    symbol,
    strategy:
      strategy === undefined
        ? undefined
        : (await loadStrategy(strategy, { cwd: workingFolder })).strategy.name,
  });
  return { ...wish, chosen, given: { ...givenBy(chosen, wish), ...wish.given } };
}

const SIZES = ['units', 'equity_fraction'];

/** What a bot takes over: all that a flag of the trader could say. For real orders nobody inherits a size. */
function givenBy(
  { entry, strategy, symbol }: ChosenRun,
  { mode, given }: BotWish,
): Record<string, unknown> {
  const keys = new Set(TRADER_FLAG_GROUPS.flatMap(({ flags }) => flags.map(({ key }) => key)));
  const hasSize = given.units !== undefined || given.equity_fraction !== undefined;
  const settings = { ...entry.run, ...entry.risk, ...entry.filters };
  const isTaken = (key: string, value: unknown): boolean => {
    if (!keys.has(key)) return false;
    // A limit that the run did not have is no reason to give up that of the file.
    if (value === null && !Object.hasOwn(entry.risk, key)) return false;
    if (SIZES.includes(key)) return mode === 'paper' && !hasSize;
    return key !== 'initial_balance' || mode === 'paper';
  };
  const taken = Object.entries(settings).filter(([key, value]) => isTaken(key, value));
  return {
    ...Object.fromEntries(taken),
    strategy: entry.strategy_file ?? strategy,
    symbol,
    market: entry.market,
    interval: entry.interval,
  };
}

function withFlags({ error, ...bot }: RefusedBot): RefusedBot {
  if (!(error instanceof UsageError)) return { error, ...bot };
  const message = nameFlags(error.message, TRADER_FLAG_GROUPS);
  return { error: new UsageError(message, { cause: error }), ...bot };
}

/**
 * Finds what bots of a world hold, before anything is connected.
 *
 * @param options - `command.opts()` of `wus trader`.
 * @param mode - What is traded with.
 * @param terminal - Folder of relative paths.
 */
export async function heldBots(
  options: Options,
  mode: TradingMode,
  terminal: Terminal,
): Promise<readonly SavedBot[]> {
  if (options.marketData === 'local') return [];
  const restUrl = options.restUrl as string | undefined;
  if (restUrl !== undefined && !URL.canParse(restUrl)) return [];
  const folder = path.resolve(terminal.workingFolder, options.stateDir as string);
  const { bots } = await savedBots(path.join(folder, environmentName(mode, restUrl)));
  return bots.filter(({ memory }) => holdsSomething(memory));
}

/** A flag without effect would let a person believe in one. */
export function requireFittingFlags(options: Options, mode: TradingMode): void {
  const account = ['awsSecretName', 'awsRegion'] as const;
  const live = ['yesLive', 'acceptUnproven', 'acceptUnverifiedKey'] as const;
  const flags = {
    awsSecretName: '--aws-secret-name',
    awsRegion: '--aws-region',
    yesLive: '--yes-live',
    acceptUnproven: '--accept-unproven',
    acceptUnverifiedKey: '--accept-unverified-key',
  };
  const idle = [...(mode === 'paper' ? account : []), ...(mode === 'live' ? [] : live)];
  const given = idle.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(`${flags[given]} has no effect in --mode ${mode}: omit it`);
}

/** Hours between two signs of life; 0 for none. */
export function heartbeatOf(options: Options): number {
  const hours = options.heartbeat as number;
  if (hours >= 0 && hours <= 24 * 7) return hours;
  throw new UsageError(`--heartbeat ${hours}: it must be from 0 (none) to 168 hours`);
}

/** The key that `options` and the environment name. */
export function keyOf(options: Options, terminal: Terminal): Promise<ApiKey> {
  return loadApiKey({
    environment: terminal.environment,
    workingFolder: terminal.workingFolder,
    awsSecretName: options.awsSecretName as string | undefined,
    awsRegion: options.awsRegion as string | undefined,
  });
}

/** Without checked certificates anybody on the way could take the key's orders. */
export function requireCheckedTls({ environment }: Terminal): void {
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  throw new UserError(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 disables certificate verification: unset it before trading live',
  );
}

/** Real money needs the symbol in a person's own letters. */
export async function confirmLive(
  typed: string | undefined,
  plans: readonly BotPlan[],
  terminal: Terminal,
): Promise<void> {
  const symbols = plans.map(({ settings }) => settings.run.symbol).join(',');
  const answer = typed ?? (await answerTo(`REAL MONEY. Type ${symbols} to confirm: `, terminal));
  if (answer?.trim().toUpperCase() === symbols) return;
  throw new UsageError(
    answer === undefined
      ? `--mode live trades real money: type the symbol when prompted, or give --yes-live ${symbols}`
      : `"${answer}" is not ${symbols}: the trader was not started`,
  );
}

/** What tests call luck needs a second yes: somebody must have read the verdict. */
export async function confirmUnproven(
  isAccepted: boolean,
  plans: readonly BotPlan[],
  terminal: Terminal,
): Promise<void> {
  const unproven = plans.flatMap(({ settings, verdict }) =>
    verdict === undefined || verdict.isProven
      ? []
      : [`${settings.run.symbol}: ${verdict.sentence}`],
  );
  if (unproven.length === 0 || isAccepted) return;
  const text = `The optimized parameters are not proven:\n${unproven.join('\n')}`;
  const answer = await answerTo(
    `${text}\nType unproven to trade them with real money anyway: `,
    terminal,
  );
  if (answer?.trim().toLowerCase() === 'unproven') return;
  throw new UsageError(
    answer === undefined
      ? `${text}\nAdd --accept-unproven to trade them with real money anyway`
      : `"${answer}" is not unproven: the trader was not started`,
  );
}

/** Where the market comes from; `auto` tries the exchange first. */
export async function placeOf(
  options: Options,
  { mode, market }: { readonly mode: TradingMode; readonly market: Market },
  terminal: Terminal,
): Promise<MarketPlace> {
  const { restUrl, wsUrl, marketData } = options as Record<string, string | undefined>;
  const synthetic = {
    kind: 'synthetic',
    speed: options.speed as number,
    seed: options.seed as number,
  } as const;
  if (!(synthetic.speed > 0 && synthetic.speed <= 1_000)) {
    throw new UsageError(`--speed ${synthetic.speed}: it must be above 0 and at most 1000`);
  }
  if (!Number.isSafeInteger(synthetic.seed)) {
    throw new UsageError(`--seed ${synthetic.seed}: it must be an integer`);
  }
  if (marketData === 'local') {
    if (mode !== 'paper') throw new UsageError('--market-data local requires --mode paper');
    if ((restUrl ?? wsUrl) !== undefined) {
      throw new UsageError('--market-data local starts its own exchange: omit --rest-url');
    }
    return synthetic;
  }
  const hosts = tradingHosts({ mode, market, restUrl, wsUrl });
  const stateFolder = path.resolve(terminal.workingFolder, options.stateDir as string);
  // During a ban nobody asks whether the exchange answers: the trader waits for its end.
  const isQuiet = await isQuietTime({ mode, hosts, stateFolder });
  if (marketData === 'auto' && mode === 'paper' && !isQuiet) {
    const reason = await whyOutOfReach(hosts);
    if (reason !== undefined) {
      terminal.note(`Binance cannot be reached (${reason}).`);
      return synthetic;
    }
  }
  return { kind: 'exchange', hosts };
}
