import path from 'node:path';
import { printable, UserError } from '../domain/index.js';
import {
  alertSettings,
  type BotLine,
  LineLog,
  redactor,
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
  const mode = options.mode as TradingMode;
  const { wish, plans, runtimeConfig } = await wantedBots(options, terminal);
  const market = plans[0]?.settings.run.market ?? 'spot';
  const place = await placeOf(options, { mode, market }, terminal);
  requireFittingFlags(options, mode);
  if (mode === 'live') {
    requireCheckedTls(terminal);
    await confirmLive(options.yesLive as string | undefined, plans, terminal);
    await confirmUnproven(options.acceptUnproven === true, plans, terminal);
  }
  const key = mode === 'paper' ? undefined : await keyOf(options, terminal);
  const alerts = alertSettings(terminal.environment);
  if (options.telegramCommands === true) requireTelegram(alerts);
  const heartbeatHours = heartbeatOf(options);
  const tradesFolder = path.resolve(terminal.workingFolder, options.tradesDir as string);
  const redact = redactor([...(key?.secrets ?? []), ...alerts.secrets]);
  const sinks = new Set<(line: BotLine) => void>();
  // One line each, whatever an exchange or a server wrote into it.
  const pass = (line: BotLine): void => {
    for (const sink of sinks) sink({ ...line, text: printable(redact(line.text)) });
  };
  const isNamed = plans.length > 1;
  sinks.add((line) => show(line, options.log as string, isNamed, terminal));
  // What is said while the trader opens is logged and sent as soon as there is a log.
  const early: BotLine[] = [];
  const keep = (line: BotLine): void => void early.push(line);
  sinks.add(keep);
  const trader = await Trader.open({
    key,
    acceptsUnverifiedKey: options.acceptUnverifiedKey === true,
    mode,
    place,
    plans,
    stateFolder: path.resolve(terminal.workingFolder, options.stateDir as string),
    tradesFolder,
    workingFolder: terminal.workingFolder,
    onLine: (line) => pass(line),
  });
  const log = new LineLog(path.join(trader.stateFolder, LOG_FILE));
  const messages = openMessages(
    {
      ...{ alerts, redact, log, environment: trader.environment },
      level: options.alertLevel as (typeof ALERT_LEVELS)[number],
    },
    terminal,
  );
  const later = [(line: BotLine): void => log.write(lineText(line, true)), messages.take];
  sinks.delete(keep);
  for (const sink of later) {
    for (const line of early) sink(line);
    sinks.add(sink);
  }
  const started = banner(
    {
      ...{ trader, plans, place, mode, key },
      alertTargets: messages.targets,
    },
    terminal,
  );
  printFolded(started, terminal, BANNER_INDENT);
  log.write(started);
  try {
    // First of all, because no order of a strategy that sees the future must go out.
    const strategies = await trader.checkStrategies(terminal.compute);
    requirePassed([...strategies, ...(await trader.selfTest())], redact, terminal);
  } catch (error) {
    await trader.stop();
    throw error;
  }
  const screen = liveLine(trader, terminal);
  const trades = async (): Promise<readonly ListedTrade[]> => {
    const { environment } = trader;
    return (await listTrades(tradesFolder, { environment })).trades;
  };
  const remote =
    options.telegramCommands === true
      ? telegramRemote({
          ...{ trader, alerts, redact, trades, isLive: mode === 'live' },
          onLine: (line) => pass(line),
        })
      : undefined;
  const endDigest = startDigest({
    ...{ trader, trades, tell: messages.tell },
    heartbeatHours,
  });
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
  trader.start();
  messages.tell('started', startedText(trader, plans));
  remote?.start();
  trader.followRuntimeConfig({ ...runtimeConfig, wish });
  await stopped;
}

function requirePassed(
  checks: readonly SelfTestCheck[],
  redact: (text: string) => string,
  terminal: Terminal,
): void {
  const words = { ok: 'ok    ', failed: 'FAILED', note: 'note  ' };
  for (const { name, result, text } of checks) {
    printFolded(printable(redact(`${words[result]}   ${name}: ${text}`)), terminal, BANNER_INDENT);
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
