import path from 'node:path';
import { type Market, printable, UsageError, UserError } from '../domain/index.js';
import { moveStrategyConsole } from '../plugins/index.js';
import {
  alertSettings,
  type BotLine,
  environmentOf,
  LineLog,
  redactor,
  type SavedBot,
  type SelfTestCheck,
  statusText,
  Trader,
  type TradingMode,
} from '../trader/index.js';
import { printFolded } from './fold-line.js';
import { type ListedTrade, listTrades } from './live-trade-list.js';
import type { Terminal } from './terminal.js';
import { startDigest } from './trader-digest.js';
import { type ALERT_LEVELS, openMessages } from './trader-messages.js';
import { requireTelegram, telegramRemote } from './trader-remote.js';
import {
  confirmLive,
  confirmUnproven,
  heartbeatOf,
  heldBots,
  keyOf,
  placeOf,
  requireCheckedTls,
  requireFittingFlags,
  wantedBots,
} from './trader-request.js';
import { banner, farewell, lineText, startedText } from './trader-words.js';

/** `warn`: trades and alerts; `info`: also fills, stops and a line per candle. */
export const TRADER_LOG_LEVELS = ['error', 'warn', 'info'] as const;

/** Behind the words that begin the lines, and behind times. */
const BANNER_INDENT = ' '.repeat(9);
const LINE_INDENT = ' '.repeat(16);
const LIVE_LINE_MS = 1_000;
const LOG_FILE = 'trader.log';

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
  await moveStrategyConsole();
  const held = await heldBots(options, options.mode as TradingMode, terminal);
  try {
    await tradeUntilStopped(options, terminal, held);
  } catch (error) {
    if (!(error instanceof UsageError) || held.length === 0) throw error;
    // Exit code 2 says that a new start is of no use: with something open it must be tried again.
    const symbols = held.map(({ memory }) => memory.settings.run.symbol).join(', ');
    throw new UserError(
      `${error.message}\nThe open positions and orders of ${symbols} are NOT managed until then`,
      {
        cause: error,
      },
    );
  }
}

async function tradeUntilStopped(
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
  held: readonly SavedBot[],
): Promise<void> {
  const mode = options.mode as TradingMode;
  const { wish, plans, refused, runtimeConfig } = await wantedBots(options, terminal);
  const isHolding = held.length > 0;
  const [first] = refused;
  if (first !== undefined && !isHolding) throw first.error;
  const market =
    plans[0]?.settings.run.market ??
    (wish.given.market as Market | undefined) ??
    held[0]?.memory.settings.run.market ??
    'spot';
  const place = await placeOf(options, { mode, market }, terminal);
  const hindrances: string[] = [];
  // What forbids a start does not forbid to manage what is open.
  const unlessHolding = async <T>(check: () => T | Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof UserError) || !isHolding || terminal.isInteractive) throw error;
      hindrances.push(error.message);
      return otherwise;
    }
  };
  await unlessHolding(() => requireFittingFlags(options, mode), undefined);
  if (mode === 'live') {
    requireCheckedTls(terminal);
    await unlessHolding(async () => {
      if (plans.length > 0)
        await confirmLive(options.yesLive as string | undefined, plans, terminal);
      await confirmUnproven(options.acceptUnproven === true, plans, terminal);
    }, undefined);
  }
  const key = mode === 'paper' ? undefined : await keyOf(options, terminal);
  const alerts = await unlessHolding(() => alertSettings(terminal.environment), alertSettings({}));
  const takesCommands = await unlessHolding(() => {
    if (options.telegramCommands === true) requireTelegram(alerts);
    return options.telegramCommands === true;
  }, false);
  const heartbeatHours = await unlessHolding(() => heartbeatOf(options), 0);
  const tradesFolder = path.resolve(terminal.workingFolder, options.tradesDir as string);
  const redact = redactor([...(key?.secrets ?? []), ...alerts.secrets]);
  const stateFolder = path.resolve(terminal.workingFolder, options.stateDir as string);
  const environment = environmentOf({ mode, place });
  const log = new LineLog(path.join(stateFolder, environment, LOG_FILE));
  const messages = openMessages(
    {
      ...{ alerts, redact, log, environment },
      level: options.alertLevel as (typeof ALERT_LEVELS)[number],
    },
    terminal,
  );
  const symbols = [
    ...plans.map(({ settings }) => settings.run.symbol),
    ...refused.map(({ symbol }) => symbol),
    ...held.map(({ memory }) => memory.settings.run.symbol),
  ];
  const isNamed = new Set(symbols).size > 1;
  const onLine = (said: BotLine): void => {
    // One line each, whatever an exchange or a server wrote into it.
    const line = { ...said, text: printable(redact(said.text)) };
    log.write(lineText(line, true));
    show(line, options.log as string, isNamed, terminal);
    messages.take(line);
  };
  const trader = await Trader.open({
    key,
    acceptsUnverifiedKey: options.acceptUnverifiedKey === true,
    ...{ mode, place, plans, refused, hindrances, stateFolder, tradesFolder, onLine },
    workingFolder: terminal.workingFolder,
  });
  const started = banner(
    {
      ...{ trader, place, mode, key },
      alertTargets: messages.targets,
    },
    terminal,
  );
  printFolded(started, terminal, BANNER_INDENT);
  log.write(started);
  const screen = liveLine(trader, terminal);
  const trades = async (): Promise<readonly ListedTrade[]> =>
    (await listTrades(tradesFolder, { environment, session: trader.session })).trades;
  const remote = takesCommands
    ? telegramRemote({
        ...{ trader, alerts, redact, trades, isLive: mode === 'live', onLine },
      })
    : undefined;
  let endDigest: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    terminal.onInterrupt(async () => {
      screen.end();
      endDigest();
      const views = await trader.stop();
      const texts = views.map(({ symbol, view }) => farewell(symbol, view, trader));
      for (const text of texts) {
        printFolded(text, terminal, '  ');
        log.write(text);
      }
      messages.tell('stopped', `stopped. ${texts.join(' ')}`);
      await Promise.all([log.settled(), messages.stop(), remote?.stop()]);
      resolve();
    });
  });
  try {
    trader.protect();
    // First of all, because no entry of a strategy that sees the future must go out.
    const strategies = await trader.checkStrategies(terminal.compute);
    const checks = [...strategies, ...(await trader.selfTest())];
    for (const check of checks)
      printFolded(printable(redact(checkText(check))), terminal, BANNER_INDENT);
    trader.start(checks);
  } catch (error) {
    screen.end();
    await trader.stop();
    throw error;
  }
  endDigest = startDigest({ ...{ trader, trades, tell: messages.tell }, heartbeatHours });
  messages.tell('started', startedText(trader));
  remote?.start();
  trader.followRuntimeConfig({ ...runtimeConfig, wish });
  await stopped;
}

function checkText({ name, result, text }: SelfTestCheck): string {
  const words = { ok: 'ok    ', failed: 'FAILED', note: 'note  ' };
  return `${words[result]}   ${name}: ${text}`;
}

/** On a terminal the last line shows every second how the bots stand. */
function liveLine(trader: Trader, terminal: Terminal): { readonly end: () => void } {
  if (!terminal.showsProgress) return { end: () => undefined };
  const timer = setInterval(() => {
    const { sessions } = trader;
    const share = Math.floor((terminal.columns - 1) / sessions.length) - 3;
    const texts = sessions.map(
      (session) =>
        `${session.symbol} ${statusText(session.view(), share - session.symbol.length - 1)}`,
    );
    terminal.redraw(texts.join(' | '));
  }, LIVE_LINE_MS);
  return {
    end: () => {
      clearInterval(timer);
      terminal.redraw('');
    },
  };
}

function show(line: BotLine, level: string, isNamed: boolean, terminal: Terminal): void {
  if (level !== 'info' && (line.kind === 'news' || line.kind === 'status')) return;
  if (level === 'error' && line.level !== 'alarm') return;
  if (terminal.showsProgress) terminal.redraw('');
  printFolded(lineText(line, isNamed), terminal, LINE_INDENT);
}
