import path from 'node:path';
import { isSwitchedOn, quoteAsset, type SettingValues } from '../domain/index.js';
import { EXIT_AXES, FILTER_RULES } from '../settings/index.js';
import {
  type ApiKey,
  amountText,
  type BotLine,
  type BotPlan,
  type MarketPlace,
  priceText,
  type Trader,
  type TradingMode,
} from '../trader/index.js';
import type { Terminal } from './terminal.js';

/** What runs, for the first lines. */
export interface TraderSession {
  readonly trader: Trader;
  readonly place: MarketPlace;
  readonly mode: TradingMode;
  readonly key: ApiKey | undefined;
  /** Names of the targets of alerts. */
  readonly alertTargets: readonly string[];
}

function headline({ place, mode }: TraderSession): string {
  if (place.kind === 'synthetic') {
    return `PAPER trading on a SYNTHETIC market on this machine, ${place.speed} times real time: results here are luck minus costs`;
  }
  const { host } = new URL(place.hosts.restUrl);
  if (mode === 'live') return `LIVE trading at ${host}: REAL MONEY`;
  if (mode === 'testnet') return `TESTNET trading at ${host}: test funds of the exchange`;
  return `PAPER trading at the prices of ${host}: simulated money, no orders are sent`;
}

/**
 * Returns what is said before anything is traded.
 *
 * @param session - What runs.
 * @param terminal - Paths are shown from its folder.
 */
export function banner(session: TraderSession, terminal: Terminal): string {
  const { trader, key } = session;
  const where = (folder: string): string => path.relative(terminal.workingFolder, folder) || '.';
  const lines = trader.sessions.flatMap(({ plan, settings }) => botLines({ ...plan, settings }));
  const isResumed = trader.sessions.some((session) => session.isResumed);
  return [
    headline(session),
    ...lines,
    ...(key === undefined ? [] : [`Key      from ${key.source}`]),
    `State    ${where(trader.stateFolder)}${isResumed ? ', resumed' : ''}`,
    `Alerts   ${session.alertTargets.length === 0 ? 'terminal and log only; wus trader test-alert shows how to add targets' : `to ${session.alertTargets.join(', ')}`}`,
    'Stop     Ctrl-C',
  ].join('\n');
}

function botLines({ settings, strategy, historyCandles, notes, verdict }: BotPlan): string[] {
  const { run, risk } = settings;
  const quote = quoteAsset(run.symbol) ?? 'quote';
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${String(value)}`);
  const values = run as unknown as SettingValues;
  const stops = EXIT_AXES.flatMap(({ key, label, default: fallback }) =>
    isSwitchedOn(values[key]) && values[key] !== fallback
      ? [`${label ?? key} ${String(values[key])}`]
      : [],
  );
  const filters = FILTER_RULES.filter(({ apply }) => isSwitchedOn(values[apply.key])).map(
    (filter) => filter.summary(values),
  );
  const size =
    run.units === null
      ? `${amountText((run.equity_fraction ?? 1) * 100)} % of the balance of ${amountText(run.initial_balance)} ${quote}`
      : `${run.units} per trade, balance ${amountText(run.initial_balance)} ${quote}`;
  const limits = Object.entries(risk).map(([name, value]) => `${name} ${String(value)}`);
  return [
    `Bot      ${strategy.shortName} (${params.length === 0 ? 'default parameters' : params.join(', ')}) on ${run.symbol} ${run.interval}, ${run.market}, ${sides(run)}; history ${historyCandles} candles`,
    `Size     ${size}, commission ${run.commission_bps} bps`,
    `Stops    ${stops.length === 0 ? 'NONE: only an opposite signal closes a position' : stops.join(', ')}${filters.length === 0 ? '' : `; filters: ${filters.join(', ')}`}`,
    ...(limits.length === 0 ? [] : [`Risk     ${limits.join(', ')}`]),
    ...notes.map((note) => `Note     ${note}`),
    ...(verdict === undefined ? [] : [`Verdict  ${verdict.sentence}`]),
  ];
}

function sides({ market, direction, leverage }: BotPlan['settings']['run']): string {
  if (market === 'spot') return 'long only';
  const words = { both: 'long and short', long: 'long only', short: 'short only' };
  return `${words[direction]}, leverage ${leverage}`;
}

/**
 * Returns what runs from now on, for those who are not there: one sentence for each bot.
 *
 * @param trader - Started.
 */
export function startedText(trader: Trader): string {
  const bots = trader.sessions.map((session) => {
    const { run } = session.settings;
    const { position } = session.view();
    const what =
      position === undefined
        ? 'flat'
        : `${position.side} ${amountText(position.quantity)} from ${priceText(position.entryPrice)}`;
    const { verdict, strategy } = session.plan;
    const doubt = verdict === undefined || verdict.isProven ? '' : ` (${verdict.sentence})`;
    return `${run.symbol} ${run.interval} ${strategy.shortName}, ${what}${doubt}`;
  });
  return `started: ${bots.join('; ')}`;
}

/**
 * Returns a line of a bot as it is shown and logged.
 *
 * @param line - What the bot says.
 * @param isNamed - Whether there are several bots.
 */
export function lineText(line: BotLine, isNamed: boolean): string {
  const time = new Date(line.time).toISOString().slice(5, 19).replace('T', ' ');
  const mark = { info: '', warning: 'WARNING ', alarm: 'ALARM ' }[line.level];
  const name = isNamed && line.symbol !== undefined ? `${line.symbol}  ` : '';
  return `${time}  ${name}${mark}${line.text}`;
}

/**
 * Returns what is said of a bot at the end: what stays open, and where.
 *
 * @param symbol - Of the bot.
 * @param view - How it stands.
 * @param trader - Where it traded.
 */
export function farewell(
  symbol: string,
  view: Awaited<ReturnType<Trader['stop']>>[number]['view'],
  trader: Trader,
): string {
  const isLost = trader.environment.endsWith('-synthetic');
  const total = `${symbol}: profit of closed trades ${view.netPnl.toFixed(2)}`;
  const { position } = view;
  if (position === undefined) return `${total}; flat, no open position.`;
  const what = `${total}; the ${position.side} of ${amountText(position.quantity)} from ${priceText(position.entryPrice)} stays open`;
  if (isLost) return `${what}, and is discarded with the SYNTHETIC market.`;
  if (trader.environment.startsWith('paper')) {
    return `${what} in the paper account; it is unmanaged until the next start, which continues with it.`;
  }
  const profit =
    position.takeProfitPrice !== undefined && position.takeProfitRests
      ? ` and its take-profit at ${priceText(position.takeProfitPrice)}`
      : '';
  const stop =
    position.stopPrice !== undefined && position.stopRests
      ? `its stop at ${priceText(position.stopPrice)}${profit} stay${profit === '' ? 's' : ''} on the exchange`
      : 'NO STOP is on the exchange';
  return `${what} at the exchange; ${stop}. The next start continues with it.`;
}
