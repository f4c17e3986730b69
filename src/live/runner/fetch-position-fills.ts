import type { Broker, Fill, OrderReport } from '../../exchange/index.js';
import type { Effect } from '../core/index.js';

/** Orders that are asked for at most: each is a request. */
const ORDERS_MAX = 50;

/**
 * Fetches the fills of a symbol from an instant on and, where they are asked for, the orders behind those that are unknown.
 * Of many the newest are asked for, and fills of the others are left out: nobody could say whose they are.
 *
 * @param broker - Of the account.
 * @param symbol - E.g. `BTCUSDT`.
 * @param query - First instant, and what is known.
 * @throws {ExchangeError} If a request failed.
 */
export async function fetchPositionFills(
  broker: Pick<Broker, 'fills' | 'queryById'>,
  symbol: string,
  { fromTime, unknown }: Omit<Extract<Effect, { type: 'fetch-position-fills' }>, 'type'>,
): Promise<{ readonly fills: readonly Fill[]; readonly orders: readonly OrderReport[] }> {
  const fills = await broker.fills({ symbol, startTime: fromTime });
  if (unknown === undefined) return { fills, orders: [] };
  const isUnknown = ({ side, tradeId, time }: Fill): boolean =>
    side === unknown.side && !unknown.tradeIds.includes(tradeId) && time >= fromTime;
  const ids = fills.filter(isUnknown).map(({ orderId }) => orderId);
  const newest = [...new Set(ids)].slice(-ORDERS_MAX);
  const orders = await Promise.all(newest.map((orderId) => broker.queryById(symbol, orderId)));
  return {
    fills: fills.filter((fill) => !isUnknown(fill) || newest.includes(fill.orderId)),
    orders: orders.filter((order) => order !== undefined),
  };
}
