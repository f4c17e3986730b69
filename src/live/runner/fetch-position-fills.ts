import type { Broker, Fill, OrderReport } from '../../exchange/index.js';
import type { Effect } from '../core/index.js';

/** Orders that are asked for at most: each is a request. */
const ORDERS_MAX = 20;

/**
 * Fetches the fills of a symbol from an instant on and, where they are asked for, the orders behind those that are unknown,
 * the newest if there are many.
 *
 * @param broker - Of the account.
 * @param symbol - E.g. `BTCUSDT`.
 * @param query - First instant, and what is known.
 * @throws {ExchangeError} If a request failed.
 */
export async function fetchPositionFills(
  broker: Broker,
  symbol: string,
  { fromTime, unknown }: Extract<Effect, { type: 'fetch-position-fills' }>,
): Promise<{ readonly fills: readonly Fill[]; readonly orders: readonly OrderReport[] }> {
  const fills = await broker.fills({ symbol, startTime: fromTime });
  if (unknown === undefined) return { fills, orders: [] };
  const { side, tradeIds } = unknown;
  const ids = fills
    .filter((fill) => fill.side === side && !tradeIds.includes(fill.tradeId))
    .filter(({ time }) => time >= fromTime)
    .map(({ orderId }) => orderId);
  const newest = [...new Set(ids)].slice(-ORDERS_MAX);
  const orders = await Promise.all(newest.map((orderId) => broker.queryById(symbol, orderId)));
  return { fills, orders: orders.filter((order) => order !== undefined) };
}
