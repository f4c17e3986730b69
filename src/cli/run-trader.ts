import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import {
  parseRuntimeConfig,
  type RuntimeBotConfig,
  readRuntimeConfigText,
  runtimeBots,
} from '../config/index.js';
import { quoteAsset, UsageError, UserError } from '../domain/index.js';
import { loadStrategy } from '../plugins/index.js';
import {
  type ApiKey,
  amountText,
  type BotLine,
  type BotPlan,
  type BotWish,
  loadApiKey,
  type MarketPlace,
  planBot,
  redactor,
  type SelfTestCheck,
  statusText,
  strategyNameOf,
  Trader,
  type TradingMode,
  tradingHosts,
  whyOutOfReach,
} from '../trader/index.js';
import { withFlagNames } from './flag-names.js';
import { runFlagValues } from './run-flags.js';
import type { Terminal } from './terminal.js';
import { TRADER_FLAG_GROUPS } from './trader-flags.js';

/** `warn`: trades and alerts; `info`: also fills, stops and a line per candle. */
export const TRADER_LOG_LEVELS = ['error', 'warn', 'info'] as const;

const LIVE_LINE_MS = 1_000;
const BEST_PARAMS_FILE = 'config/best_params.yaml';
const RUNTIME_CONFIG_FILE = 'config/runtime_config.yaml';

/**
 * Trades until Ctrl-C.
 *
 * @param options - `command.opts()` of `wus trader`.
 * @param terminal - Where lines go.
 */
export async function runTrader(
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<void> {
  const mode = options.mode as TradingMode;
  const plans = await plansOf(options, terminal);
  const place = await placeOf(options, mode, terminal);
  requireFittingFlags(options, mode);
  if (mode === 'live') {
    requireCheckedTls(terminal);
    await confirmLive(options.yesLive as string | undefined, plans, terminal);
  }
  const key = mode === 'paper' ? undefined : await keyOf(options, terminal);
  const redact = redactor(key?.secrets ?? []);
  const trader = await Trader.open({
    key,
    acceptsUnverifiedKey: options.acceptUnverifiedKey === true,
    mode,
    place,
    plans,
    stateFolder: path.resolve(terminal.workingFolder, options.stateDir as string),
    tradesFolder: path.resolve(terminal.workingFolder, options.tradesDir as string),
    workingFolder: terminal.workingFolder,
    onLine: (line) =>
      show({ ...line, text: redact(line.text) }, options.log as string, plans.length > 1, terminal),
  });
  terminal.print(banner({ trader, plans, place, mode, key }, terminal));
  try {
    requirePassed(await trader.selfTest(), redact, terminal);
  } catch (error) {
    await trader.stop();
    throw error;
  }
  const screen = liveLine(trader, terminal);
  const stopped = new Promise<void>((resolve) => {
    terminal.onInterrupt(async () => {
      screen.end();
      const views = await trader.stop();
      for (const { symbol, view } of views) terminal.print(farewell(symbol, view, trader));
      resolve();
    });
  });
  trader.start();
  await stopped;
}

/** A flag without effect would let a person believe in one. */
function requireFittingFlags(options: Readonly<Record<string, unknown>>, mode: TradingMode): void {
  const account = ['awsSecretName', 'awsRegion'] as const;
  const live = ['yesLive', 'acceptUnverifiedKey'] as const;
  const flags = {
    awsSecretName: '--aws-secret-name',
    awsRegion: '--aws-region',
    yesLive: '--yes-live',
    acceptUnverifiedKey: '--accept-unverified-key',
  };
  const idle = [...(mode === 'paper' ? account : []), ...(mode === 'live' ? [] : live)];
  const given = idle.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(`${flags[given]} has no effect in --mode ${mode}: leave it out`);
}

function keyOf(options: Readonly<Record<string, unknown>>, terminal: Terminal): Promise<ApiKey> {
  return loadApiKey({
    environment: terminal.environment,
    workingFolder: terminal.workingFolder,
    awsSecretName: options.awsSecretName as string | undefined,
    awsRegion: options.awsRegion as string | undefined,
  });
}

/** Without checked certificates anybody on the way could take the key's orders. */
function requireCheckedTls({ environment }: Terminal): void {
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  throw new UserError(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 switches the check of certificates off: unset it before trading live',
  );
}

/** Real money needs the symbol in a person's own letters. */
async function confirmLive(
  typed: string | undefined,
  plans: readonly BotPlan[],
  terminal: Terminal,
): Promise<void> {
  const symbols = plans.map(({ settings }) => settings.run.symbol).join(',');
  let answer = typed;
  if (answer === undefined && terminal.isInteractive && process.stdin.isTTY) {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    answer = await lines.question(`REAL MONEY. Type ${symbols} to trade it: `);
    lines.close();
  }
  if (answer?.trim().toUpperCase() === symbols) return;
  throw new UsageError(
    answer === undefined
      ? `--mode live trades real money: type the symbol when asked, or give --yes-live ${symbols}`
      : `"${answer}" is not ${symbols}: nothing was started`,
  );
}

function requirePassed(
  checks: readonly SelfTestCheck[],
  redact: (text: string) => string,
  terminal: Terminal,
): void {
  const words = { ok: 'ok    ', failed: 'FAILED', note: 'note  ' };
  for (const { name, result, text } of checks) {
    terminal.print(redact(`${words[result]}   ${name}: ${text}`));
  }
  const failures = checks.filter(({ result }) => result === 'failed').length;
  if (failures > 0)
    throw new UserError(
      `The self-test failed: ${failures} of ${checks.length} checks. Nothing was traded`,
    );
}

/** On a terminal the last line shows every second how the bots stand. */
function liveLine(trader: Trader, terminal: Terminal): { readonly end: () => void } {
  if (!terminal.showsProgress) return { end: () => undefined };
  const timer = setInterval(() => {
    const text = trader.sessions.map(
      (session) => `${session.symbol} ${statusText(session.view())}`,
    );
    terminal.redraw(text.join(' | '));
  }, LIVE_LINE_MS);
  return {
    end: () => {
      clearInterval(timer);
      terminal.redraw('');
    },
  };
}

/** One plan per bot: flags over the runtime configuration over what was optimized. */
async function plansOf(
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<readonly BotPlan[]> {
  const named = options.paramConfig as string | undefined;
  const inFolder = (file: string): string => path.resolve(terminal.workingFolder, file);
  const wish: BotWish = {
    mode: options.mode as TradingMode,
    given: {
      ...runFlagValues(options, TRADER_FLAG_GROUPS),
      ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
    },
    parameterWords: (options.param as readonly string[] | undefined) ?? [],
    bestParamsFile: named ?? BEST_PARAMS_FILE,
    isBestParamsNamed: named !== undefined,
    days: options.days as number | undefined,
  };
  const bots = await runtimeBotsOf(options.runtimeConfig as string | undefined, inFolder);
  const plans: BotPlan[] = [];
  for (const runtime of bots) {
    const name = strategyNameOf(wish, runtime);
    const { strategy } = await loadStrategy(name, { cwd: terminal.workingFolder });
    try {
      plans.push(await planBot(wish, runtime, strategy));
    } catch (error) {
      withFlagNames(() => {
        throw error;
      }, TRADER_FLAG_GROUPS);
    }
  }
  const symbols = plans.map(({ settings }) => `${settings.run.market} ${settings.run.symbol}`);
  const twice = symbols.find((symbol, i) => symbols.indexOf(symbol) !== i);
  if (twice !== undefined) {
    throw new UsageError(
      `Two bots trade ${twice}: one bot per market and symbol; --symbol does not go with several bots in the runtime configuration`,
    );
  }
  return plans;
}

async function runtimeBotsOf(
  named: string | undefined,
  inFolder: (file: string) => string,
): Promise<readonly RuntimeBotConfig[]> {
  const file = named ?? RUNTIME_CONFIG_FILE;
  const text = await readRuntimeConfigText(inFolder(file));
  if (text === undefined && named !== undefined) throw new UserError(`${file} does not exist`);
  return text === undefined ? [{}] : runtimeBots(parseRuntimeConfig(text, file));
}

async function placeOf(
  options: Readonly<Record<string, unknown>>,
  mode: TradingMode,
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
    if (mode !== 'paper') throw new UsageError('--market-data local is for --mode paper');
    if ((restUrl ?? wsUrl) !== undefined) {
      throw new UsageError('--market-data local has an exchange of its own: leave --rest-url out');
    }
    return synthetic;
  }
  const hosts = tradingHosts({ mode, restUrl, wsUrl });
  if (marketData === 'auto' && mode === 'paper') {
    const reason = await whyOutOfReach(hosts);
    if (reason !== undefined) {
      terminal.note(`Binance is out of reach (${reason}).`);
      return synthetic;
    }
  }
  return { kind: 'exchange', hosts };
}

interface Session {
  readonly trader: Trader;
  readonly plans: readonly BotPlan[];
  readonly place: MarketPlace;
  readonly mode: TradingMode;
  readonly key: ApiKey | undefined;
}

function headline({ place, mode }: Session): string {
  if (place.kind === 'synthetic') {
    return `PAPER trading on a SYNTHETIC market on this machine, ${place.speed} times as fast as the clock: what is earned here is luck minus costs`;
  }
  const { host } = new URL(place.hosts.restUrl);
  if (mode === 'live') return `LIVE trading at ${host}: REAL MONEY`;
  if (mode === 'testnet') return `TESTNET trading at ${host}: play money of the exchange`;
  return `PAPER trading at the prices of ${host}: play money, no order is sent anywhere`;
}

function banner(session: Session, terminal: Terminal): string {
  const { trader, plans, key } = session;
  const where = (folder: string): string => path.relative(terminal.workingFolder, folder) || '.';
  const lines = plans.flatMap((plan, i) =>
    botLines({ ...plan, settings: trader.sessions[i]?.settings ?? plan.settings }),
  );
  const isResumed = trader.sessions.some((session) => session.isResumed);
  return [
    headline(session),
    ...lines,
    ...(key === undefined ? [] : [`Key      of ${key.source}`]),
    `State    ${where(trader.stateFolder)}${isResumed ? ', resumed' : ''}`,
    'Stop     Ctrl-C',
  ].join('\n');
}

function botLines({ settings, strategy, historyCandles, notes }: BotPlan): string[] {
  const { run, risk } = settings;
  const quote = quoteAsset(run.symbol) ?? 'quote';
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${String(value)}`);
  const stops = [
    ['stop-loss', run.stop_loss_pct],
    ['take-profit', run.take_profit_pct],
    ['trailing stop', run.trailing_stop_loss_pct],
  ].flatMap(([name, value]) => (value === null ? [] : [`${name} ${String(value)}`]));
  const filters = [
    ...(run.apply_atr_filter ? ['ATR filter'] : []),
    ...(run.apply_seasonality_filter ? [`hours ${run.allowed_trading_hours_utc} UTC`] : []),
  ];
  const size =
    run.units === null
      ? `${amountText((run.equity_fraction ?? 1) * 100)} % of the balance of ${amountText(run.initial_balance)} ${quote}`
      : `${run.units} per trade, balance ${amountText(run.initial_balance)} ${quote}`;
  const limits = Object.entries(risk).map(([name, value]) => `${name} ${String(value)}`);
  return [
    `Bot      ${strategy.shortName} (${params.length === 0 ? 'default parameters' : params.join(', ')}) on ${run.symbol} ${run.interval}, ${run.market}, long only; history ${historyCandles} candles`,
    `Size     ${size}, commission ${run.commission_bps} bps`,
    `Stops    ${stops.length === 0 ? 'NONE: only an opposite signal ends a position' : stops.join(', ')}${filters.length === 0 ? '' : `; filters: ${filters.join(', ')}`}`,
    ...(limits.length === 0 ? [] : [`Risk     ${limits.join(', ')}`]),
    ...notes.map((note) => `Note     ${note}`),
  ];
}

function show(line: BotLine, level: string, isNamed: boolean, terminal: Terminal): void {
  if (level !== 'info' && (line.kind === 'news' || line.kind === 'status')) return;
  if (level === 'error' && line.level !== 'alarm') return;
  const time = new Date(line.time).toISOString().slice(5, 19).replace('T', ' ');
  const mark = { info: '', warning: 'WARNING ', alarm: 'ALARM ' }[line.level];
  if (terminal.showsProgress) terminal.redraw('');
  terminal.print(`${time}  ${isNamed ? `${line.symbol}  ` : ''}${mark}${line.text}`);
}

function farewell(
  symbol: string,
  view: Awaited<ReturnType<Trader['stop']>>[number]['view'],
  trader: Trader,
): string {
  const isLost = trader.environment.endsWith('-synthetic');
  const total = `${symbol}: profit of closed trades ${view.netPnl.toFixed(2)}`;
  const { position } = view;
  if (position === undefined) return `${total}; flat, nothing is left open.`;
  const what = `${total}; the ${position.side} of ${amountText(position.quantity)} from ${amountText(position.entryPrice)} stays open`;
  if (isLost) return `${what} nowhere: the SYNTHETIC market ends here.`;
  if (trader.environment.startsWith('paper')) {
    return `${what} in the paper account; nobody watches it until the next start, which goes on with it.`;
  }
  const stop =
    position.stopPrice !== undefined && position.stopRests
      ? `its stop at ${amountText(position.stopPrice)} rests there`
      : 'NO STOP rests there';
  return `${what} at the exchange; ${stop}. The next start goes on with it.`;
}
