// An auditor who believes the exchange's own lists alone: positions, profit, fees and funding are recomputed from fills and
// income in exact decimals, and every number that a bot says is compared with them.
import { absolute, cut, type Exact, exact, ONE, plain, ratio, sum, times } from '../exact.js';
import type { AccountHistory, AuditedFill } from './account-history.js';
import { auditAccount } from './audit-account.js';
import type { BotClaims } from './bot-claims.js';

/** Money and quantities are compared to this many decimals; what the exchange itself counts in. */
const PLACES = 8;
/** The last digit of a double that is a product of two. */
const DOUBLE_ERROR = exact('0.00000001');
const HOUR_MS = 3_600_000;
/** What a row may take after the hour whose funding it waits for, ms. */
const ROW_MS = 1_800_000;

/** The least and the most that something can be. */
export type Range = readonly [Exact, Exact];

/** A trade as its fills make it. */
export interface AuditedTrade {
  readonly side: 1 | -1;
  readonly entered: Exact;
  readonly entryNotional: Exact;
  readonly exited: Exact;
  readonly exitNotional: Exact;
  readonly baseCommission: Exact;
  readonly quoteCommission: Exact;
  /** In other assets, by asset, and what that may have cost at the prices of the time; quote. */
  readonly otherCommission: ReadonlyMap<string, Exact>;
  readonly otherCost: Range;
  readonly funding: Exact;
  readonly fills: readonly AuditedFill[];
}

/**
 * Compares what bots say with what their exchange lists.
 *
 * @param history - All clients of the account are these bots.
 * @param bots - All of them.
 * @param start - What the account began with, by asset.
 * @returns What does not agree, one sentence each.
 */
export function audit(
  history: AccountHistory,
  bots: readonly BotClaims[],
  start: Readonly<Record<string, string>>,
): string[] {
  const symbols = new Set(bots.map(({ symbol }) => symbol));
  const foreign = history.fills.filter(({ symbol }) => !symbols.has(symbol));
  return [
    ...foreign.map(
      (fill) => `${fill.symbol}: a fill of ${fill.clientOrderId}, and no bot trades it`,
    ),
    ...bots.flatMap((bot) => auditBot(history, bot)),
    ...auditAccount(history, start),
  ];
}

function auditBot(history: AccountHistory, bot: BotClaims): string[] {
  const { symbol } = bot;
  const fills = history.fills.filter((fill) => fill.symbol === symbol);
  const assets = history.assets.get(symbol);
  if (assets === undefined) return [`${symbol}: the exchange does not know it`];
  const { claimed, rest, problems } = assigned(fills, bot);
  const { finished, open } = history.market === 'usdm' ? split(rest) : { finished: [], open: rest };
  const found = [...problems];
  let profit: Range = [0n, 0n];
  for (const [row, own] of claimed) {
    const trade = tradeOf(own, history, assets);
    if (trade === undefined) continue;
    found.push(...compareRow(`${symbol} ${row.entry_fill_time}`, row, trade));
    // What lies in the range of its costs was checked with the row.
    const net = readNumber(row.net_pnl) ?? 0n;
    profit = plus(profit, [net, net]);
  }
  // The row of a trade of USD-M waits for the funding of its last hour.
  for (const own of finished) {
    const trade = tradeOf(own, history, assets)!;
    found.push(...overdue(symbol, trade, history.time));
    profit = plus(profit, netRange(trade));
  }
  const { view } = bot.status;
  const start = exact(bot.initialBalance);
  return [
    ...found,
    ...differs(`${symbol}: profit of the status`, view.netPnl, profit),
    ...differs(`${symbol}: balance of the status`, view.balance, plus(profit, [start, start])),
    ...compareOpen(symbol, bot, open, history, assets),
    ...compareParity(bot, claimed.length + finished.length, profit),
    ...(view.mismatch === undefined ? [] : [`${symbol}: MISMATCH ${view.mismatch}`]),
  ];
}

/** Whole round trips, and what is open after them. */
function split(fills: readonly AuditedFill[]): {
  readonly finished: readonly AuditedFill[][];
  readonly open: readonly AuditedFill[];
} {
  const finished: AuditedFill[][] = [];
  let open: AuditedFill[] = [];
  let position = 0n;
  for (const fill of fills) {
    open.push(fill);
    position += fill.side === 'BUY' ? fill.quantity : -fill.quantity;
    if (position !== 0n) continue;
    finished.push(open);
    open = [];
  }
  return { finished, open };
}

function overdue(symbol: string, { fills }: AuditedTrade, now: number): string[] {
  const { time, clientOrderId } = fills.at(-1)!;
  const due = (Math.floor(time / HOUR_MS) + 1) * HOUR_MS + ROW_MS;
  return now <= due ? [] : [`${symbol}: the trade that ${clientOrderId} ended is in no row`];
}

/** Gives every fill to the row that names its order; what no row names belongs to the open position. */
function assigned(fills: readonly AuditedFill[], { symbol, trades }: BotClaims) {
  const problems: string[] = [];
  const owners = new Map<string, number>();
  trades.forEach((row, i) => {
    for (const id of (row.order_ids ?? '').split(' ').filter((one) => one !== '')) {
      if (owners.has(id)) problems.push(`${symbol}: order ${id} is in two trades`);
      owners.set(id, i);
    }
  });
  const executed = new Set(fills.map(({ clientOrderId }) => clientOrderId));
  for (const id of owners.keys()) {
    if (!executed.has(id)) problems.push(`${symbol}: order ${id} has no fill at the exchange`);
  }
  const claimed = trades.map((row, i): [Readonly<Record<string, string>>, AuditedFill[]] => [
    row,
    fills.filter(({ clientOrderId }) => owners.get(clientOrderId) === i),
  ]);
  const rest = fills.filter(({ clientOrderId }) => !owners.has(clientOrderId));
  return { claimed, rest, problems };
}

/** The trade that fills make: the first one says its side. */
export function tradeOf(
  fills: readonly AuditedFill[],
  history: AccountHistory,
  assets: { readonly base: string; readonly quote: string },
): AuditedTrade | undefined {
  const [first] = fills;
  if (first === undefined) return undefined;
  const isEntry = ({ side }: AuditedFill): boolean => side === first.side;
  const notional = (own: readonly AuditedFill[]): Exact =>
    sum(own.map(({ price, quantity }) => times(price, quantity)));
  const entries = fills.filter(isEntry);
  const exits = fills.filter((fill) => !isEntry(fill));
  const paidIn = (asset: string): Exact =>
    sum(fills.filter((fill) => fill.commissionAsset === asset).map(({ commission }) => commission));
  const others = new Set(
    fills
      .filter(({ commission }) => commission !== 0n)
      .map(({ commissionAsset }) => commissionAsset)
      .filter((asset) => asset !== assets.base && asset !== assets.quote),
  );
  const entered = sum(entries.map(({ quantity }) => quantity));
  const exited = sum(exits.map(({ quantity }) => quantity));
  const baseCommission = history.market === 'spot' ? paidIn(assets.base) : 0n;
  const isOpen = history.market === 'usdm' && entered !== exited;
  const until = isOpen ? Number.POSITIVE_INFINITY : fills.at(-1)!.time;
  const funding = history.funding.filter(
    ({ symbol, time }) => symbol === first.symbol && time >= first.time && time <= until,
  );
  return {
    side: first.side === 'BUY' ? 1 : -1,
    ...{ entered, exited, baseCommission, quoteCommission: paidIn(assets.quote), fills },
    ...{ entryNotional: notional(entries), exitNotional: notional(exits) },
    otherCommission: new Map([...others].map((asset) => [asset, paidIn(asset)])),
    otherCost: fills
      .filter(({ commissionAsset }) => others.has(commissionAsset))
      .map((fill) => costRange(fill, history, assets.quote))
      .reduce(plus, [0n, 0n]),
    funding: sum(funding.map(({ amount }) => amount)),
  };
}

/** Commission in a third asset is valued at a price of the two hours before. */
function costRange(fill: AuditedFill, history: AccountHistory, quote: string): Range {
  const closes = (history.closes.get(fill.commissionAsset + quote) ?? [])
    .filter(({ openTime }) => openTime <= fill.time && openTime >= fill.time - 2 * HOUR_MS)
    .map(({ close }) => times(fill.commission, close));
  const [least = 0n, ...others] = closes.sort((a, b) => (a < b ? -1 : 1));
  const most = others.at(-1) ?? least;
  // Costs are rounded up.
  return closes.length === 0 ? [0n, 0n] : [least, most + DOUBLE_ERROR];
}

function plus(a: Range, b: Range): Range {
  return [a[0] + b[0], a[1] + b[1]];
}

/** Change of the cash, less what commission in other assets cost. */
function netRange(trade: AuditedTrade): Range {
  const cash = cashOf(trade);
  return [cash - trade.otherCost[1], cash - trade.otherCost[0]];
}

function cashOf(trade: AuditedTrade): Exact {
  return (
    BigInt(trade.side) * (trade.exitNotional - trade.entryNotional) -
    trade.quoteCommission +
    trade.funding
  );
}

function compareRow(
  what: string,
  row: Readonly<Record<string, string>>,
  trade: AuditedTrade,
): string[] {
  const { entered, exited, entryNotional, exitNotional, baseCommission } = trade;
  const price = ratio(entryNotional, entered, 18);
  // What the row leaves for commission in other assets has to be the same in both of its columns.
  const other = cashOf(trade) - (readNumber(row.net_pnl) ?? 0n);
  const commission = trade.quoteCommission + (baseCommission * price) / ONE + other;
  const gross = cashOf(trade) + trade.quoteCommission + (baseCommission * price) / ONE;
  const others = [...trade.otherCommission].map(([asset, amount]) => `${plain(amount)} ${asset}`);
  const side = trade.side > 0 ? 'long' : 'short';
  return [
    ...(row.side === side ? [] : [`${what}: side ${row.side}, the fills say ${side}`]),
    ...differs(`${what}: units`, row.units, entered),
    ...differsAsPrice(`${what}: entry price`, row.entry_price, price),
    ...(exited === 0n
      ? []
      : differsAsPrice(`${what}: exit price`, row.exit_price, ratio(exitNotional, exited, 18))),
    ...differs(`${what}: net profit`, row.net_pnl, netRange(trade)),
    ...differs(`${what}: funding`, row.funding, trade.funding),
    ...differs(`${what}: commission`, row.commission, commission),
    ...differs(`${what}: gross profit`, row.gross_pnl, gross - trade.funding),
    ...differs(`${what}: dust`, row.dust, entered - baseCommission - exited),
    ...(row.other_commission === others.join(' ')
      ? []
      : [
          `${what}: other commission "${row.other_commission}", the fills say "${others.join(' ')}"`,
        ]),
  ];
}

function compareOpen(
  symbol: string,
  { status }: BotClaims,
  open: readonly AuditedFill[],
  history: AccountHistory,
  assets: { readonly base: string; readonly quote: string },
): string[] {
  const { position } = status.view;
  const trade = tradeOf(open, history, assets);
  if (trade === undefined) {
    return position === undefined
      ? []
      : [`${symbol}: a position in the status, and no fill made it`];
  }
  if (position === undefined) {
    const ids = [...new Set(open.map(({ clientOrderId }) => clientOrderId))].join(', ');
    return [`${symbol}: fills of ${ids} are in no trade and in no position`];
  }
  const held = trade.entered - trade.baseCommission - trade.exited;
  return [
    ...(position.side === (trade.side > 0 ? 'long' : 'short')
      ? []
      : [`${symbol}: the status says ${position.side}, the fills do not`]),
    ...differs(`${symbol}: open quantity`, position.quantity, held),
    ...differsAsPrice(
      `${symbol}: entry price of the status`,
      position.entryPrice,
      ratio(trade.entryNotional, trade.entered, 18),
    ),
  ];
}

function compareParity({ symbol, parity }: BotClaims, trades: number, profit: Range): string[] {
  if (parity === undefined) return [];
  const causes = Object.values(parity.totals).reduce((total, value) => total + value, 0);
  return [
    ...(parity.liveTrades === trades
      ? []
      : [`${symbol}: parity counts ${parity.liveTrades} trades, the log ${trades}`]),
    ...differs(`${symbol}: profit of parity`, parity.liveNetPnl, profit),
    ...parity.rows.flatMap(({ unexplained }) =>
      unexplained.map((text) => `${symbol}: parity cannot explain: ${text}`),
    ),
    ...differs(
      `${symbol}: profit of the backtest and the causes`,
      parity.backtestNetPnl + causes,
      profit,
    ),
  ];
}

/** Equal to the last of eight decimals; a double may be off by what its own last digit is worth. */
function differs(
  what: string,
  claimed: string | number | undefined,
  expected: Exact | Range,
): string[] {
  const value = readNumber(claimed);
  const [least, most] = typeof expected === 'bigint' ? [expected, expected] : expected;
  const error = DOUBLE_ERROR / 2n + doubleError(most);
  if (value !== undefined && value >= least - error && value <= most + error) return [];
  const text = (bound: Exact): string => plain(cut(bound, PLACES + 2));
  const said = least === most ? text(least) : `${text(least)} to ${text(most)}`;
  return [`${what}: ${String(claimed)}, the fills say ${said}`];
}

/** Prices have as many digits as they have, however small they are. */
function differsAsPrice(
  what: string,
  claimed: string | number | undefined,
  expected: Exact,
): string[] {
  const value = readNumber(claimed);
  if (value !== undefined && absolute(value - expected) <= doubleError(expected) + 1n) return [];
  return [`${what}: ${String(claimed)}, the fills say ${plain(expected)}`];
}

function readNumber(value: string | number | undefined): Exact | undefined {
  const number = Number(value);
  if (value === undefined || value === '' || !Number.isFinite(number)) return undefined;
  return exact(number.toFixed(18));
}

/** Fifteen digits of a double are sure. */
function doubleError(value: Exact): Exact {
  return absolute(value) / 10n ** 14n;
}
