import { type Decimal, trimDecimal } from '../../domain/index.js';
import type { AssetBalance, Fill, OrderReport } from '../../exchange/index.js';
import { orderIdPrefix } from './client-order-id.js';
import type { BotEvent } from './events.js';
import { bookForeignFills, hearReport, reportMismatch } from './hear-orders.js';
import { isAllAtRest, orderOf, ordersOf, updateOrder } from './in-flight.js';
import { doubtOrder } from './order.js';
import { heldQuantity, signedQuantity } from './position.js';
import { alert, notice, remember, type Turn } from './turn.js';

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
  // What was heard since the look explains the difference, or the next look shows it again.
  const isOvertaken = accountTime === undefined || changeTime >= accountTime;
  if (position === null || isOvertaken || !isAllAtRest(turn.memory)) return;
  const isForced = position.exit?.reason === 'liquidation';
  if (bookForeignFills(turn, fills) > 0 && !isForced) {
    reportMismatch(turn, 'the position was changed by other hands: its fills are booked');
    return;
  }
  const { exchangePosition } = turn.senses;
  const present = turn.memory.position;
  if (present === null || exchangePosition === signedQuantity(present)) return;
  const missing = heldQuantity(present) - magnitude(exchangePosition);
  reportMismatch(turn, differenceText(exchangePosition, signedQuantity(present)));
  if (missing <= 0n) return;
  remember(turn, { position: { ...present, missing: present.missing + missing } });
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
  if (!isFirstSight(turn)) takeLoss(turn, -foreign);
}

/** One look may be unlucky; only the second says that other hands are at work. */
function isFirstSight(turn: Turn): boolean {
  const isFirst = !turn.senses.differenceSeen;
  notice(turn, { differenceSeen: isFirst });
  return isFirst;
}

function takeLoss(turn: Turn, shortfall: Decimal): void {
  const { position, dust } = turn.memory;
  const fromDust = shortfall < dust ? shortfall : dust;
  const fromPosition = shortfall - fromDust;
  remember(turn, { dust: dust - fromDust, foreignBase: 0n });
  if (position === null || fromPosition === 0n) return;
  remember(turn, { position: { ...position, missing: position.missing + fromPosition } });
  reportMismatch(
    turn,
    `${trimDecimal(fromPosition)} coins of the position left the account by other hands`,
  );
}

function differenceText(exchange: Decimal, own: Decimal): string {
  return `the exchange shows a position of ${trimDecimal(exchange)}, the bot has ${trimDecimal(own)}`;
}

function magnitude(value: Decimal): Decimal {
  return value < 0n ? -value : value;
}
