// The books of a client against those of the exchange, line by line.
import type { BookEntry, Client, ExchangeState } from './side-by-side.js';

/** What a comparison found. */
export interface Comparison {
  readonly differences: string[];
  readonly counts: {
    readonly fills: number;
    readonly events: number;
    readonly orders: number;
    readonly outages: number;
    readonly reads: number;
  };
}

/** Numbers are compared as amounts: clients print 0.1, 0.10000000 or 1e-05. */
const amount = (text: string | number): string => Number(text).toFixed(8);

/**
 * Compares what a client believes with what the exchange did.
 *
 * @param client - The client.
 * @param entries - Its books.
 * @param states - The accounts of the exchange.
 */
export function compareBooks(
  client: Client,
  entries: readonly BookEntry[],
  states: Readonly<Record<'spot' | 'usdm', ExchangeState>>,
): Comparison {
  const differences: string[] = [];
  const kinds = (kind: BookEntry['kind']): BookEntry[] =>
    entries.filter((entry) => entry.kind === kind);
  for (const { what, error } of kinds('trouble')) differences.push(`${what}: ${error}`);
  for (const market of client.markets) {
    const own = (kind: BookEntry['kind']): BookEntry[] =>
      kinds(kind).filter((entry) => entry.market === market);
    const trades = new Map(
      states[market].trades
        .filter(({ symbol }) => symbol === client.symbol)
        .map((trade) => [trade.tradeId, tradeText(trade)]),
    );
    const booked = new Map(own('fill').map((fill) => [fill.trade, fillText(fill)]));
    for (const [id, text] of trades) {
      if (booked.get(id) !== text) {
        differences.push(`${market} trade ${id}: ${text}, booked ${booked.get(id) ?? 'nothing'}`);
      }
    }
    for (const [id, text] of booked) {
      if (!trades.has(id)) differences.push(`${market} trade ${id}: booked ${text}, never made`);
    }
    if (booked.size !== own('fill').length) differences.push(`${market}: a fill is booked twice`);
    for (const event of own('event')) {
      const made = trades.get(event.trade);
      const seen = fillText(event);
      // Some streams leave the commission to a later read.
      const isSame = made === seen || made?.startsWith(seen.split(' fee ')[0] ?? '') === true;
      if (!isSame) differences.push(`${market} event ${event.trade}: ${seen}, made ${made}`);
    }
    differences.push(...orderDifferences(client, market, own('order'), states[market]));
  }
  differences.push(...endDifferences(client, kinds, states));
  return {
    differences,
    counts: {
      fills: kinds('fill').length,
      events: kinds('event').length,
      orders: kinds('order').length,
      outages: kinds('outage').length,
      reads: kinds('read').length,
    },
  };
}

function tradeText(trade: ExchangeState['trades'][number]): string {
  const side = trade.side ?? (trade.isBuyer === true ? 'BUY' : 'SELL');
  const [price, quantity] = [trade.price.$decimal, trade.quantity.$decimal];
  const fee = `${amount(trade.commission.$decimal)} ${trade.commissionAsset}`;
  return `${side} ${amount(quantity)} at ${amount(price)} of order ${trade.orderId} fee ${fee}`;
}

function fillText({ side, quantity, price, order, fee, feeAsset }: BookEntry): string {
  return `${side} ${amount(quantity)} at ${amount(price)} of order ${order} fee ${amount(fee)} ${feeAsset}`;
}

function orderDifferences(
  { symbol }: Client,
  market: 'spot' | 'usdm',
  believed: readonly BookEntry[],
  state: ExchangeState,
): string[] {
  const orders = new Map(
    state.orders
      .filter((order) => order.symbol === symbol)
      .map(({ orderId, executedQuantity }) => [orderId, amount(executedQuantity.$decimal)]),
  );
  return believed
    .filter(({ order, executed }) => orders.get(order) !== amount(executed))
    .map(
      ({ order, executed }) =>
        `${market} order ${order}: executed ${orders.get(order) ?? 'nowhere'}, believed ${executed}`,
    );
}

/** At the end nothing is open, and the coins are those that the fills make. */
function endDifferences(
  { symbol, markets }: Client,
  kinds: (kind: BookEntry['kind']) => BookEntry[],
  { spot, usdm }: Readonly<Record<'spot' | 'usdm', ExchangeState>>,
): string[] {
  const base = symbol.replace(/USDT$/, '');
  const end = kinds('end').at(-1);
  if (end === undefined) return ['no last line'];
  const coins = kinds('fill')
    .filter(({ market }) => market === 'spot')
    .reduce((sum, { side, quantity, fee, feeAsset }) => {
      const received = side === 'BUY' ? Number(quantity) : -Number(quantity);
      return sum + received - (feeAsset === base ? Number(fee) : 0);
    }, 0);
  const balance = spot.balances?.[base];
  const held = Number(balance?.free.$decimal ?? 0) + Number(balance?.locked.$decimal ?? 0);
  const position = usdm.positions?.[symbol]?.quantity.$decimal ?? '0';
  const isOpen = ({ status }: { status: string }): boolean =>
    status === 'NEW' || status === 'PARTIALLY_FILLED';
  const open = [...spot.orders, ...(markets.includes('usdm') ? usdm.orders : [])].filter(
    (order) => order.symbol === symbol && isOpen(order),
  );
  return [
    ...(amount(held) === amount(end.base)
      ? []
      : [`coins: the exchange has ${amount(held)}, the client ${amount(end.base)}`]),
    ...(amount(held) === amount(coins)
      ? []
      : [`coins: the exchange has ${amount(held)}, its fills make ${amount(coins)}`]),
    ...(amount(position) === amount(end.position)
      ? []
      : [`position: the exchange has ${position}, the client ${end.position}`]),
    ...(open.length === 0 ? [] : [`${open.length} orders are still open`]),
  ];
}
