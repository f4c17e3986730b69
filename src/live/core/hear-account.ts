import { type Decimal, trimDecimal } from '../../domain/index.js';
import type { AssetBalance, Fill, OrderReport } from '../../exchange/index.js';
import { orderIdPrefix } from './client-order-id.js';
import type { BotEvent } from './events.js';
import { bookForeignFills, hearReport, reportMismatch } from './hear-orders.js';
import { isAllAtRest, orderOf, ordersOf, updateOrder } from './in-flight.js';
import { costPrice } from './make-order.js';
import { doubtOrder } from './order.js';
import { heldQuantity, type Position, signedQuantity, withMissing } from './position.js';
import { alert, exitPriceOf, notice, remember, type Turn } from './turn.js';

/** Balances may lag behind fills for this long. */
const BALANCE_LAG_MS = 2_000;

/** Takes a look at the account, and compares it with what the bot believes. */
export function hearAccount(turn: Turn, account: Extract<BotEvent, { type: 'account' }>): void {
  const { askedTime, rules, margin } = account;
  // Answers may overtake each other.
  if (askedTime < (turn.senses.accountTime ?? 0)) return;
  const of = (asset: string): AssetBalance =>
    account.balances.find((balance) => balance.asset === asset) ?? { asset, free: 0n, locked: 0n };
  const base = of(rules.baseAsset);
  const quantity = account.positions?.find(({ symbol }) => symbol === rules.symbol)?.quantity ?? 0n;
  const isUsdm = rules.market === 'usdm';
  notice(turn, {
    accountTime: askedTime,
    accountAskedTime: undefined,
    baseTotal: isUsdm ? magnitude(quantity) : base.free + base.locked,
    exchangePosition: quantity,
    quoteFree: margin?.availableBalance ?? of(rules.quoteAsset).free,
    leverage: account.leverage ?? 1,
    rules,
  });
  const isAllListed = compareOrders(turn, askedTime, account.openOrders);
  if (!isAllListed || !isQuiet(turn, askedTime)) return;
  if (isUsdm) comparePosition(turn);
  else compareCoins(turn);
}

/** Takes all fills since the entry, asked for because something else than the bot changed the position. */
export function hearPositionFills(turn: Turn, fills: readonly Fill[]): void {
  const { position } = turn.memory;
  const { accountTime, changeTime } = turn.senses;
  notice(turn, { fillsAskedTime: undefined });
  // What was heard since the look explains the difference, or the next look shows it again.
  const isOvertaken = accountTime === undefined || changeTime >= accountTime;
  if (position === null || isOvertaken || !isAllAtRest(turn.memory)) return;
  const isForced = position.exit?.reason === 'liquidation';
  const isUsdm = turn.memory.settings.run.market === 'usdm';
  const count = isUsdm ? bookForeignFills(turn, fills) : bookSoldCoins(turn, fills);
  if (count > 0 && !isForced)
    reportMismatch(turn, 'the position was changed by other hands: its fills are booked');
  const present = turn.memory.position;
  if (present === null) return;
  if (!isUsdm) {
    takeLoss(turn, heldQuantity(present) + turn.memory.dust - turn.senses.baseTotal);
    return;
  }
  if (count > 0) return;
  const shown = turn.senses.exchangePosition - turn.memory.dust;
  if (shown === signedQuantity(present)) return;
  const isSameSide = shown * BigInt(present.side) >= 0n;
  const missing = heldQuantity(present) - (isSameSide ? magnitude(shown) : 0n);
  if (missing > 0n) loseQuantity(turn, present, missing);
  if (missing <= 0n || !isSameSide)
    reportMismatch(turn, differenceText(shown, signedQuantity(present)));
}

/** Books the newest sales, no more than is missing: what was sold beyond was never the bot's. */
function bookSoldCoins(turn: Turn, fills: readonly Fill[]): number {
  let count = 0;
  for (const fill of [...fills].sort((a, b) => b.time - a.time)) {
    const { position } = turn.memory;
    if (position === null) break;
    if (fill.quantity <= heldQuantity(position) - turn.senses.baseTotal)
      count += bookForeignFills(turn, [fill]);
  }
  return count;
}

/**
 * Open orders with our name that we do not have in flight are withdrawn; all others are not ours to touch. Returns whether
 * all that shall be open are: one that is not may have been executed, and says what became of the position.
 */
function compareOrders(turn: Turn, askedTime: number, openOrders: readonly OrderReport[]): boolean {
  const prefix = orderIdPrefix(turn.memory.settings.bot);
  for (const report of openOrders) {
    if (!report.clientOrderId.startsWith(prefix)) continue;
    if (orderOf(turn.memory, report.clientOrderId) !== undefined) {
      hearReport(turn, report);
    } else if (askedTime > turn.senses.changeTime + BALANCE_LAG_MS) {
      alert(
        turn,
        'alarm',
        'orphan-order',
        `order ${report.clientOrderId} is open but not in use: cancelled`,
      );
      turn.effects.push({ type: 'cancel', clientOrderId: report.clientOrderId });
    }
  }
  if (askedTime <= turn.senses.changeTime) return false;
  const listed = new Set(openOrders.map(({ clientOrderId }) => clientOrderId));
  const missing = ordersOf(turn.memory).filter(
    ({ phase, request }) => phase === 'open' && !listed.has(request.clientOrderId),
  );
  for (const order of missing) updateOrder(turn, doubtOrder(order, turn.time));
  return missing.length === 0;
}

/** Whether nothing is under way that would explain a difference. */
function isQuiet(turn: Turn, askedTime: number): boolean {
  return askedTime > turn.senses.changeTime + BALANCE_LAG_MS && isAllAtRest(turn.memory);
}

/** USD-M has one position per symbol: it must be the bot's, and no more. */
function comparePosition(turn: Turn): void {
  const { position, dust } = turn.memory;
  const own = (position === null ? 0n : signedQuantity(position)) + dust;
  const { exchangePosition } = turn.senses;
  if (exchangePosition === own) {
    if (turn.senses.differenceSeen) notice(turn, { differenceSeen: false });
    return;
  }
  if (isFirstSight(turn)) return;
  if (position === null) {
    reportMismatch(turn, differenceText(exchangePosition, own));
    return;
  }
  turn.effects.push({ type: 'fetch-position-fills', fromTime: position.firstFillTime });
}

/** The account must hold at least the coins of the bot; what it holds beyond is somebody else's. */
function compareCoins(turn: Turn): void {
  const { memory, senses } = turn;
  const own = (memory.position === null ? 0n : heldQuantity(memory.position)) + memory.dust;
  const foreign = senses.baseTotal - own;
  if (foreign >= 0n) {
    if (senses.differenceSeen) notice(turn, { differenceSeen: false });
    if (foreign === memory.foreignBase) return;
    if (memory.foreignBase !== null) {
      alert(
        turn,
        'info',
        'foreign-balance',
        `${trimDecimal(foreign)} on the account are not the bot's`,
      );
    }
    remember(turn, { foreignBase: foreign });
    return;
  }
  if (isFirstSight(turn)) return;
  if (memory.position === null) takeLoss(turn, -foreign);
  else turn.effects.push({ type: 'fetch-position-fills', fromTime: memory.position.firstFillTime });
}

/** One look may be unlucky; only the second says that other hands are at work. */
function isFirstSight(turn: Turn): boolean {
  const isFirst = !turn.senses.differenceSeen;
  notice(turn, { differenceSeen: isFirst });
  return isFirst;
}

/** Takes coins that are not there from the dust first, then from the position. */
function takeLoss(turn: Turn, shortfall: Decimal): void {
  if (shortfall <= 0n) return;
  const { position, dust } = turn.memory;
  const fromDust = shortfall < dust ? shortfall : dust;
  const fromPosition = shortfall - fromDust;
  remember(turn, { dust: dust - fromDust, foreignBase: 0n });
  if (position === null || fromPosition === 0n) return;
  loseQuantity(turn, position, fromPosition);
}

/** What is gone and has no fill was closed by other hands: at the last known price, for want of a true one. */
function loseQuantity(turn: Turn, position: Position, quantity: Decimal): void {
  const price = exitPriceOf(turn, position.side) ?? costPrice(position);
  const rest = withMissing(position, { quantity, price, time: turn.time });
  const exit = { reason: 'manual', decidedTime: turn.time } as const;
  remember(turn, { position: heldQuantity(rest) > 0n ? rest : { ...rest, exit } });
  notice(turn, { changeTime: turn.time });
  const text = `${trimDecimal(quantity)} of the position left the account, closed by other hands: no fill is listed, booked at the last price ${trimDecimal(price)}`;
  reportMismatch(turn, text);
}

function differenceText(exchange: Decimal, own: Decimal): string {
  return `the exchange shows a position of ${trimDecimal(exchange)}, the bot has ${trimDecimal(own)}`;
}

function magnitude(value: Decimal): Decimal {
  return value < 0n ? -value : value;
}
