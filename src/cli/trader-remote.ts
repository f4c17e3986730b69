import { UsageError } from '../domain/index.js';
import {
  type AlertSettings,
  type BotLine,
  positionText,
  signedText,
  statusMessage,
  TelegramRemote,
  type Trader,
} from '../trader/index.js';
import { type ListedTrade, tradeTotals } from './live-trade-list.js';

/** Trades that a phone shows at once. */
const TRADES_SHOWN = 10;

type BotCommand = Parameters<Trader['sessions'][number]['command']>[0];

export interface RemoteOptions {
  readonly trader: Trader;
  readonly alerts: AlertSettings;
  readonly redact: (text: string) => string;
  readonly isLive: boolean;
  readonly trades: () => Promise<readonly ListedTrade[]>;
  readonly onLine: (line: BotLine) => void;
}

/**
 * Refuses commands by Telegram where they could not be taken.
 *
 * @param alerts - As configured.
 */
export function requireTelegram({ targets: { telegram } }: AlertSettings): void {
  if (telegram === undefined) {
    throw new UsageError(
      '--telegram-commands needs WUS_TELEGRAM_TOKEN and WUS_TELEGRAM_CHAT, the chat that may send commands',
    );
  }
  if (!/^-?\d+$/.test(telegram.chat)) {
    throw new UsageError(
      '--telegram-commands needs the number of the chat in WUS_TELEGRAM_CHAT, not a name',
    );
  }
}

/**
 * Takes commands of the configured Telegram chat.
 *
 * @param options - For which bots.
 */
export function telegramRemote(options: RemoteOptions): TelegramRemote {
  const { trader, alerts, redact, isLive, trades, onLine } = options;
  const { telegram } = alerts.targets;
  if (telegram === undefined) throw new RangeError('Telegram is not configured');
  const { sessions } = trader;
  const bySymbol = (symbols: readonly string[]): Trader['sessions'] =>
    sessions.filter(({ symbol }) => symbols.includes(symbol));
  return new TelegramRemote({
    ...telegram,
    ...{ redact, isLive },
    symbols: sessions.map(({ symbol }) => symbol),
    status: () =>
      [
        trader.environment,
        ...sessions.map((session) => statusMessage(session.subject, session.view())),
      ].join('\n'),
    trades: async () => tradesMessage(await trades()),
    outlook: (command, symbols) => outlookText(command, bySymbol(symbols), isLive),
    obey: (command, symbols) => {
      for (const session of bySymbol(symbols)) session.command(command, 'by Telegram');
    },
    onNote: (level, text) =>
      onLine({
        ...{ time: trader.time, symbol: undefined, level, text, code: 'telegram' },
        // The chat has its answer; others are told what went wrong.
        kind: level === 'info' ? 'news' : 'alert',
      }),
  });
}

function outlookText(command: BotCommand, sessions: Trader['sessions'], isLive: boolean): string {
  const bots = sessions.map((session) => {
    const view = session.view();
    const open = view.position?.unrealizedPnl;
    return `${session.symbol} ${positionText(view)}${open === undefined ? '' : ` (open ${signedText(open)})`}`;
  });
  const money = isLive ? ', with REAL MONEY' : '';
  return command === 'flatten'
    ? `/flatten closes at market now${money}: ${bots.join('; ')}. Entries stay blocked until /resume.`
    : `/${command} allows these bots to enter again${money}: ${bots.join('; ')}.`;
}

function tradesMessage(trades: readonly ListedTrade[]): string {
  const last = trades.slice(-TRADES_SHOWN);
  const lines = last.map(({ exitFillTime, symbol, side, netPnl, exitReason }) => {
    const time = new Date(exitFillTime).toISOString().slice(5, 16).replace('T', ' ');
    return `${time} ${symbol} ${side} ${signedText(netPnl)} ${exitReason}`;
  });
  return [...lines, `total: ${tradeTotals(trades)}`].join('\n');
}
