import { DAY_MS, quoteAsset } from '../domain/index.js';
import { positionText, signedText, type Trader } from '../trader/index.js';
import { type ListedTrade, tradeTotals } from './live-trade-list.js';

const LOOK_MS = 1_000;
const HOUR_MS = 3_600_000;

export interface DigestOptions {
  readonly trader: Trader;
  /** Between two signs of life, hours of real time; 0 for none. */
  readonly heartbeatHours: number;
  /** Finished trades of the bots. */
  readonly trades: () => Promise<readonly ListedTrade[]>;
  readonly tell: (topic: string, text: string) => void;
}

/**
 * Tells the summary of each UTC day when it is over, and a sign of life every few hours.
 *
 * @param options - Of whom, and to whom.
 * @returns Ends it.
 */
export function startDigest({ trader, heartbeatHours, trades, tell }: DigestOptions): () => void {
  const startTime = trader.time;
  let day = Math.floor(startTime / DAY_MS);
  let beatTime = performance.now();
  const look = async (): Promise<void> => {
    const today = Math.floor(trader.time / DAY_MS);
    if (today > day) {
      const past = day;
      day = today;
      const all = await trades().catch(() => []);
      tell(`day ${past}`, daySummary(past, all, botStates(trader)));
    }
    if (heartbeatHours > 0 && performance.now() - beatTime >= heartbeatHours * HOUR_MS) {
      beatTime = performance.now();
      tell('heartbeat', heartbeatText(startTime, botStates(trader)));
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return () => clearInterval(timer);
}

/** What a summary needs to know of a bot. */
export interface BotState {
  readonly symbol: string;
  readonly position: string;
  readonly netPnl: number;
}

function botStates({ sessions }: Trader): readonly BotState[] {
  return sessions.map((session) => {
    const view = session.view();
    return { symbol: session.symbol, position: positionText(view), netPnl: view.netPnl };
  });
}

/**
 * Returns the summary of a day.
 *
 * @param day - UTC day, counted from the epoch.
 * @param trades - Finished trades, of any time.
 * @param bots - How the bots stand after it.
 */
export function daySummary(
  day: number,
  trades: readonly Pick<ListedTrade, 'symbol' | 'exitFillTime' | 'netPnl'>[],
  bots: readonly BotState[],
): string {
  const own = trades.filter(
    ({ symbol, exitFillTime }) =>
      Math.floor(exitFillTime / DAY_MS) === day && bots.some((bot) => bot.symbol === symbol),
  );
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  const lines = bots.map(({ symbol, position, netPnl }) => {
    const quote = quoteAsset(symbol) ?? 'quote';
    const ofBot = own.filter((trade) => trade.symbol === symbol);
    const unit = ofBot.length === 0 ? '' : ` ${quote}`;
    return `${symbol}: ${tradeTotals(ofBot)}${unit}; now ${position}; closed in total ${signedText(netPnl)} ${quote}`;
  });
  // Amounts in several quotes cannot be added.
  const isOneQuote = new Set(bots.map(({ symbol }) => quoteAsset(symbol))).size === 1;
  const total = bots.length > 1 && isOneQuote ? [`all bots: ${tradeTotals(own)}`] : [];
  return [`day ${date}`, ...total, ...lines].join('\n');
}

/**
 * Returns a sign of life.
 *
 * @param startTime - Of the trader, ms UTC.
 * @param bots - How they stand.
 */
export function heartbeatText(startTime: number, bots: readonly BotState[]): string {
  const since = new Date(startTime).toISOString().slice(0, 16).replace('T', ' ');
  const lines = bots.map(
    ({ symbol, position, netPnl }) =>
      `${symbol}: ${position}; closed in total ${signedText(netPnl)}`,
  );
  return [`still running, since ${since} UTC`, ...lines].join('\n');
}
