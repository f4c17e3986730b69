// The books of a local exchange after a session, and whether those of its bots say the same.
import { csvRecords } from '../../src/domain/index.js';
import type { BotMemory } from '../../src/live/index.js';

interface Amount {
  readonly $decimal: string;
}

interface BookedOrder {
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly clientOrderId: string;
  readonly executedQuantity: Amount;
}

/** What `GET /control/state` tells. */
export interface ExchangeBooks {
  readonly orders: readonly BookedOrder[];
  /** USD-M: what waits for a price; what it releases is an order of the same client id. */
  readonly algoOrders?: readonly { readonly clientOrderId: string }[];
  /** Spot. */
  readonly balances?: Readonly<Record<string, { readonly free: Amount; readonly locked: Amount }>>;
  /** USD-M. */
  readonly positions?: Readonly<Record<string, { readonly quantity: Amount }>>;
  readonly wallets?: Readonly<Record<string, Amount>>;
}

/** What a bot has to show: what it remembers and the text of its trade log. */
export interface BotBooks {
  readonly memory: Pick<BotMemory, 'settings' | 'position' | 'dust' | 'netPnl' | 'unreported'>;
  readonly tradeLog: string;
}

const QUANTITY_ERROR = 1e-9;
const MONEY_ERROR = 1e-4;

/**
 * Compares orders, fills, positions and money of an exchange with what its bots remember and logged.
 *
 * @param exchange - All its clients are these bots.
 * @param bots - All of them.
 * @param startCash - USDT that the account began with; `undefined` where the bots have several quotes.
 * @returns What does not agree, one sentence each.
 */
export function disagreements(
  exchange: ExchangeBooks,
  bots: readonly BotBooks[],
  startCash: number | undefined,
): string[] {
  const ids = exchange.orders.map(({ clientOrderId }) => clientOrderId);
  const algoIds = (exchange.algoOrders ?? []).map(({ clientOrderId }) => clientOrderId);
  const earned = bots.reduce((sum, { memory }) => sum + cashOfBot(memory), 0);
  return [
    ...repeated(ids).map((id) => `order ${id} is there twice`),
    ...repeated(algoIds).map((id) => `conditional order ${id} is there twice`),
    // Entries bear the signal in their id: whatever was restarted in between, a signal is entered once.
    ...repeated(enteredSignals(exchange)).map((id) => `${id} was entered twice`),
    ...(startCash === undefined
      ? []
      : different('cash', cashOf(exchange), startCash + earned, MONEY_ERROR)),
    ...bots.flatMap((bot) => [...comparePosition(exchange, bot), ...compareFills(exchange, bot)]),
  ];
}

/** First parts of the ids of all entries that were executed: bot and signal. */
export function enteredSignals({ orders }: ExchangeBooks): string[] {
  return orders
    .filter(({ executedQuantity }) => numberOf(executedQuantity) > 0)
    .flatMap(({ clientOrderId }) => /^(wus-\w+-\w+e)-/.exec(clientOrderId)?.[1] ?? []);
}

function comparePosition(exchange: ExchangeBooks, { memory }: BotBooks): string[] {
  const { position, dust, settings } = memory;
  const { symbol } = settings.run;
  const held =
    position === null
      ? 0
      : Number(position.entered - position.baseCommission - position.exited) / 1e8;
  const own = held * (position?.side ?? 1) + Number(dust) / 1e8;
  return different(`position of ${symbol}`, holdingOf(exchange, symbol), own, QUANTITY_ERROR);
}

/** Every execution at the exchange is in one row of the log or in the open position, with its whole quantity. */
function compareFills(exchange: ExchangeBooks, { memory, tradeLog }: BotBooks): string[] {
  const { symbol } = memory.settings.run;
  const executed = new Map(
    exchange.orders
      .filter((order) => order.symbol === symbol && numberOf(order.executedQuantity) > 0)
      .map((order) => [order.clientOrderId, order] as const),
  );
  const rows = rowsOf(tradeLog);
  const listed = [
    ...rows.flatMap(({ order_ids: ids = '' }) => ids.split(' ')),
    ...(memory.position?.orders ?? []),
    ...memory.unreported.flatMap(({ trade }) => trade.orders),
  ];
  const known = new Set(listed);
  const logged = rows.reduce((sum, { net_pnl: profit }) => sum + Number(profit), 0);
  const waiting = memory.unreported.reduce((sum, { trade }) => sum + trade.netPnl, 0);
  return [
    ...repeated(listed).map((id) => `${symbol}: ${id} is in two trades`),
    ...[...executed.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `${symbol}: the execution of ${id} is in no trade`),
    ...listed
      .filter((id) => !executed.has(id))
      .map((id) => `${symbol}: ${id} was never executed at the exchange`),
    ...rows.flatMap(({ side, units, order_ids: ids = '' }) => {
      const entering = side === 'long' ? 'BUY' : 'SELL';
      const bought = ids
        .split(' ')
        .map((id) => executed.get(id))
        .filter((order) => order?.side === entering)
        .reduce((sum, order) => sum + numberOf(order?.executedQuantity), 0);
      return different(`${symbol}: entered by ${ids}`, bought, Number(units), QUANTITY_ERROR);
    }),
    ...different(
      `${symbol}: profit of the log`,
      logged + waiting,
      Number(memory.netPnl) / 1e8,
      MONEY_ERROR,
    ),
  ];
}

function rowsOf(tradeLog: string): Partial<Record<string, string>>[] {
  const [header, ...rows] = csvRecords(tradeLog);
  return rows.map(({ cells }) =>
    Object.fromEntries((header?.cells ?? []).map((name, i) => [name, cells[i]])),
  );
}

/** What the trades of a bot changed: closed ones and the open one. */
function cashOfBot({ netPnl, position, settings }: BotBooks['memory']): number {
  if (position === null) return Number(netPnl) / 1e8;
  const isSpot = settings.run.market === 'spot';
  const sold = isSpot ? position.exitNotional - position.entryNotional : 0n;
  return Number(netPnl + sold + position.funding - position.quoteCommission) / 1e8;
}

function holdingOf({ positions, balances }: ExchangeBooks, symbol: string): number {
  if (positions !== undefined) return numberOf(positions[symbol]?.quantity);
  return totalOf(balances, symbol.replace(/(USDT|USDC|EUR|BNB)$/, ''));
}

function cashOf({ wallets, balances }: ExchangeBooks): number {
  return wallets === undefined ? totalOf(balances, 'USDT') : numberOf(wallets.USDT);
}

function totalOf(balances: ExchangeBooks['balances'], asset: string): number {
  const { free, locked } = balances?.[asset] ?? {};
  return numberOf(free) + numberOf(locked);
}

function numberOf(amount: Amount | undefined): number {
  return Number(amount?.$decimal ?? 0);
}

function different(what: string, there: number, here: number, error: number): string[] {
  return Math.abs(there - here) <= error
    ? []
    : [`${what}: ${there} at the exchange, ${here} at the bot`];
}

function repeated(values: readonly string[]): string[] {
  return values.filter((value, i) => values.indexOf(value) !== i);
}
