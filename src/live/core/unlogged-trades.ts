import type { LiveTrade } from './live-trade.js';
import { persist, programOf, type Turn } from './turn.js';

/** Beyond it the oldest is let go: each row that could not be written was an alarm of its own. */
const UNLOGGED_MAX = 32;

/** Keeps a reported trade until its row is known to be written: a crash may come in between. */
export function keepUnlogged(turn: Turn, trade: LiveTrade): void {
  const { unlogged, settings } = turn.memory;
  const { market, interval } = settings.run;
  const strategy = programOf(turn).strategy.name;
  const entry = { trade, market, interval, strategy };
  persist(turn, { unlogged: [...unlogged, entry].slice(-UNLOGGED_MAX) });
}

/** Forgets trades, named by the ids of their orders, whose rows are on the disk. */
export function onTradesLogged(turn: Turn, orderIds: readonly string[]): void {
  const { unlogged } = turn.memory;
  const logged = new Set(orderIds);
  const rest = unlogged.filter(({ trade }) => !logged.has(tradeOrderIds(trade)));
  if (rest.length < unlogged.length) persist(turn, { unlogged: rest });
}

/** What tells a trade from every other: the ids of its orders, as the trade log has them. */
export function tradeOrderIds(trade: Pick<LiveTrade, 'orders'>): string {
  return trade.orders.join(' ');
}
