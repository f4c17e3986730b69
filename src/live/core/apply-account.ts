import { type Decimal, maxDecimal, minDecimal, trimDecimal } from '../../domain/index.js';
import type {
  AssetBalance,
  Fill,
  InstrumentRules,
  OrderReport,
} from '../../exchange/ports/index.js';
import {
  applyFills,
  applyForgottenFills,
  applyReport,
  bookForeignFills,
  isOfSymbol,
  reportMismatch,
} from './apply-orders.js';
import { BALANCE_LAG_MS } from './approve-exits.js';
import { boundBy, withFreed } from './book-fill.js';
import { isTraderOrderId } from './client-order-id.js';
import type { BotEvent } from './events.js';
import { isForgotten, noteUnlisted } from './forgotten-orders.js';
import { foreignHome, settledHome } from './home.js';
import { applyOrderEvent, isAllAtRest, orderOf, ordersOf } from './in-flight.js';
import { givenUpOrders, reconcileFills } from './lost-orders.js';
import { costPrice } from './make-order.js';
import { heldQuantity, type Position, signedQuantity, withMissing, withOrder } from './position.js';
import { keyWorks } from './refused-key.js';
import { alert, exitPriceOf, patchObserved, persist, type Turn } from './turn.js';
import { isReconcilePending, isUnjournaled } from './unjournaled-orders.js';
import { quantityOf, watchMargin } from './watch-margin.js';

/** Takes a look at the account, and compares it with what the bot believes. */
export function applyAccount(turn: Turn, account: Extract<BotEvent, { type: 'account' }>): void {
  const { askedTime, rules, margin } = account;
  keyWorks(turn, 'read');
  // Answers may overtake each other.
  if (askedTime < (turn.observed.accountTime ?? 0)) return;
  if (!isAtHome(turn, account.uid)) return;
  const of = (asset: string): AssetBalance =>
    account.balances.find((balance) => balance.asset === asset) ?? { asset, free: 0n, locked: 0n };
  const base = of(rules.baseAsset);
  const quantity = quantityOf(account);
  const isUsdm = rules.market === 'usdm';
  tryAgain(turn, askedTime, rules);
  patchObserved(turn, {
    accountTime: askedTime,
    seenTime: askedTime,
    accountAskedTime: undefined,
    baseTotal: isUsdm ? magnitude(quantity) : base.free + base.locked,
    exchangePosition: quantity,
    ...withFreed(turn, margin?.availableBalance ?? of(rules.quoteAsset).free, askedTime),
    leverage: account.leverage ?? 1,
    bound: boundBy(account),
    rules,
  });
  noteGrid(turn, rules);
  if (isUsdm) watchMargin(turn, account);
  const isAllListed = compareOrders(turn, askedTime, account.openOrders);
  if (!isAllListed || !isQuiet(turn, askedTime)) return;
  if (isUsdm) comparePosition(turn);
  else compareCoins(turn);
}

/** Whether this is the account that the state belongs to; what another holds says nothing of the bot's position. */
function isAtHome(turn: Turn, uid: string | undefined): boolean {
  const { home } = turn.memory;
  const seen = { world: null, account: uid ?? null };
  const problem = foreignHome(home, seen);
  if (problem !== undefined) {
    reportMismatch(turn, problem);
    return false;
  }
  const settled = settledHome(home, seen);
  if (settled !== home) persist(turn, { home: settled });
  return true;
}

/** What could not rest, or leave, may be permitted now: with every look it is tried again. */
function tryAgain(turn: Turn, askedTime: number, rules: InstrumentRules): void {
  const { closedSince, pairRefusedUnder } = turn.observed;
  if (closedSince !== undefined && askedTime > closedSince)
    patchObserved(turn, { closedSince: undefined });
  // A pair that the exchange refused would cost the stop that rests alone now.
  const isPairRefused = pairRefusedUnder !== undefined && isSameRules(pairRefusedUnder, rules);
  patchObserved(turn, { stopRests: true, ...(!isPairRefused && PROFIT_MAY_REST) });
}

const PROFIT_MAY_REST = { profitRests: true, pairRefusedUnder: undefined } as const;

function isSameRules(a: InstrumentRules, b: InstrumentRules): boolean {
  const text = (rules: InstrumentRules): string => JSON.stringify(Object.values(rules).map(String));
  return a === b || text(a) === text(b);
}

function noteGrid(turn: Turn, rules: InstrumentRules): void {
  const known = turn.memory.coarsestGrid;
  const grid = {
    tickSize: maxDecimal(known?.tickSize ?? 0n, rules.tickSize),
    stepSize: maxDecimal(known?.stepSize ?? 0n, maxDecimal(rules.stepSize, rules.marketStepSize)),
    quantityMin: maxDecimal(
      known?.quantityMin ?? 0n,
      maxDecimal(rules.quantityMin, rules.marketQuantityMin),
    ),
    notionalMin: maxDecimal(known?.notionalMin ?? 0n, rules.notionalMin),
  };
  const isKnown = known !== null && GRID_PARTS.every((part) => known[part] === grid[part]);
  if (!isKnown) persist(turn, { coarsestGrid: grid });
}

const GRID_PARTS = ['tickSize', 'stepSize', 'quantityMin', 'notionalMin'] as const;

/**
 * Takes all fills since the entry, asked for because the position is not what it should be, or may not be. A list that
 * explains nothing is believed only when it still does after a while: fills may be listed late.
 */
export function applyPositionFills(
  turn: Turn,
  fills: readonly Fill[],
  orders: readonly OrderReport[] = [],
): void {
  if (ordersOf(turn.memory).some(isForgotten)) {
    patchObserved(turn, { fillsAskedTime: undefined });
    applyForgottenFills(turn, fills, orders);
    return;
  }
  const { position } = turn.memory;
  const { accountTime, changeTime } = turn.observed;
  if (position === null || accountTime === undefined || !isAllAtRest(turn.memory)) return;
  // What was reported since the look explains the difference, or the next look shows it again.
  if (changeTime >= accountTime) {
    patchObserved(turn, { fillsAskedTime: undefined, accountTime: undefined });
    return;
  }
  if (takeOverAll(turn, fills, orders)) return;
  const isForced = position.exit?.reason === 'liquidation';
  const isSpot = turn.memory.settings.run.market === 'spot';
  const count = isSpot ? bookSoldCoins(turn, fills, orders) : bookClosed(turn, position, fills);
  if (count > 0) {
    patchObserved(turn, { fillsAskedTime: undefined, unexplainedSince: undefined });
    if (!isForced) sayBooked(turn);
  }
  const present = turn.memory.position;
  if (present === null || (count > 0 && !isSpot)) return;
  const missing = isSpot ? missingCoins(turn) : missingPosition(turn, present);
  if (missing === 0n) {
    endSearch(turn);
    return;
  }
  const since = turn.observed.unexplainedSince ?? turn.time;
  patchObserved(turn, { unexplainedSince: since });
  if (turn.time - since < turn.context.limits.absentAfterMs) return;
  endSearch(turn);
  if (isSpot)
    takeLoss(turn, hasShrunk(turn, present) ? missingBeside(turn, 0n) : missingCoins(turn));
  else onPositionDiffers(turn, present, missing);
}

/** Takes over the bot's own orders behind the fills, and books what they sold. Returns whether there was one. */
function takeOverAll(turn: Turn, fills: readonly Fill[], orders: readonly OrderReport[]): boolean {
  const before = turn.memory;
  for (const report of orders) {
    if (!isUnjournaled(turn, report)) continue;
    applyReport(turn, report);
    applyFills(turn, report.clientOrderId, fills);
  }
  const isAny = turn.memory !== before;
  if (isAny) patchObserved(turn, { fillsAskedTime: undefined });
  return isAny;
}

/** Books what closed a position on USD-M. After a start where all is there, what other hands did they did back. */
function bookClosed(turn: Turn, position: Position, fills: readonly Fill[]): number {
  const isAboutStart = isReconcilePending(turn) && givenUpOrders(turn.memory).length === 0;
  if (isAboutStart && missingPosition(turn, position) === 0n) return 0;
  return bookForeignFills(turn, fills);
}

/** Fills of an order that was given up are taken for its own, others for those of other hands. */
function sayBooked(turn: Turn): void {
  const { position } = turn.memory;
  const lost = givenUpOrders(turn.memory).at(-1);
  if (lost === undefined || position === null) {
    reportMismatch(turn, 'the position was changed externally: its fills are booked');
    return;
  }
  persist(turn, { position: withOrder(position, lost) });
  reportMismatch(
    turn,
    `order ${lost} was executed although the exchange had reported it as unknown: booked`,
  );
}

/** The list of fills agrees with the account, or did not for long enough: the next order may leave. */
function endSearch(turn: Turn): void {
  patchObserved(turn, {
    fillsAskedTime: undefined,
    unexplainedSince: undefined,
    reconciledOrder: givenUpOrders(turn.memory).at(-1),
    reconcilePending: undefined,
  });
}

/** What the position on USD-M lacks of the bot's: negative when the exchange shows more. */
function missingPosition(turn: Turn, position: Position): Decimal {
  const shown = turn.observed.exchangePosition - turn.memory.dust;
  return heldQuantity(position) - shown * BigInt(position.side);
}

function onPositionDiffers(turn: Turn, position: Position, missing: Decimal): void {
  const held = heldQuantity(position);
  if (missing > 0n) loseQuantity(turn, position, minDecimal(missing, held));
  if (missing < 0n || missing > held) {
    const shown = turn.observed.exchangePosition - turn.memory.dust;
    reportMismatch(turn, differenceText(shown, signedQuantity(position)));
  }
}

/**
 * Coins of the bot that the account lacks. The coins of others stand in for none of them while an order may have sold
 * them that was given up, or that no journal knows.
 */
function missingCoins(turn: Turn): Decimal {
  const mayBeSold = givenUpOrders(turn.memory).length > 0 || isReconcilePending(turn);
  return missingBeside(turn, mayBeSold ? (turn.memory.foreignBase ?? 0n) : 0n);
}

function missingBeside({ memory, observed }: Turn, others: Decimal): Decimal {
  const { position, dust } = memory;
  const own = (position === null ? 0n : heldQuantity(position)) + dust;
  return maxDecimal(own + others - observed.baseTotal, 0n);
}

/**
 * Whether the coins of others became a little fewer, as commissions make them: an exit that was executed, and that no fill
 * tells of, would have taken most of the position.
 */
function hasShrunk(turn: Turn, position: Position): boolean {
  return missingBeside(turn, 0n) === 0n && 2n * missingCoins(turn) < heldQuantity(position);
}

/**
 * Books the newest sales, no more than is missing: what was sold beyond was never the bot's. Orders that are known to be of
 * other hands sold their own coins first.
 */
function bookSoldCoins(turn: Turn, fills: readonly Fill[], orders: readonly OrderReport[]): number {
  const isForeign = ({ orderId }: Fill): boolean =>
    orders.some((order) => order.orderId === orderId);
  let count = 0;
  for (const fill of [...fills].sort((a, b) => b.time - a.time)) {
    const missing = isForeign(fill) ? missingBeside(turn, 0n) : missingCoins(turn);
    if (fill.quantity <= missing) count += bookForeignFills(turn, [fill]);
  }
  return count;
}

/**
 * Looks for the orders of the bot among the open ones. Only those that its own journal made and ended are withdrawn: all
 * others may protect a position. Returns whether all that shall be open are: one that is not may have been executed, and
 * says what became of the position.
 */
function compareOrders(turn: Turn, askedTime: number, openOrders: readonly OrderReport[]): boolean {
  const externalOrders: string[] = [];
  for (const report of openOrders) {
    const { clientOrderId } = report;
    if (!isTraderOrderId(clientOrderId) || !isOfSymbol(turn, report)) continue;
    const { absentOrders, endedOrders } = turn.memory;
    const isKnown = orderOf(turn.memory, clientOrderId) !== undefined;
    if (isKnown || isUnjournaled(turn, report)) applyReport(turn, report);
    else if (askedTime <= turn.observed.changeTime + BALANCE_LAG_MS) continue;
    else if (endedOrders.includes(clientOrderId) || absentOrders.includes(clientOrderId))
      withdraw(turn, clientOrderId);
    // Of this state after it was lost, or of another one that trades the same symbol.
    else externalOrders.push(clientOrderId);
  }
  if (externalOrders.length > 0) reportExternalOrders(turn, externalOrdersText(externalOrders));
  if (askedTime <= turn.observed.changeTime) return false;
  const listed = new Set(openOrders.map(({ clientOrderId }) => clientOrderId));
  const missing = ordersOf(turn.memory).filter(
    ({ phase, request }) => phase === 'open' && !listed.has(request.clientOrderId),
  );
  for (const order of missing) {
    applyOrderEvent(turn, order, 'unlisted', { pollTime: turn.time });
    noteUnlisted(turn, orderOf(turn.memory, order.request.clientOrderId) ?? order, askedTime);
  }
  return missing.length === 0;
}

function withdraw(turn: Turn, clientOrderId: string): void {
  const text = `order ${clientOrderId} is open but not needed: cancelled`;
  alert(turn, 'alarm', 'orphan-order', text);
  turn.effects.push({ type: 'cancel', clientOrderId });
}

/** Says it once, whatever else does not agree, and again after a `resume` that left them there. */
function reportExternalOrders(turn: Turn, text: string): void {
  if (turn.observed.externalOrdersText === text && turn.memory.mismatch !== null) return;
  patchObserved(turn, { externalOrdersText: text });
  reportMismatch(turn, text);
}

function externalOrdersText(ids: readonly string[]): string {
  const orders = ids.length === 1 ? `order ${ids[0]} is open` : `orders ${ids.join(', ')} are open`;
  return `${orders} at the exchange, placed by a trader but missing in the state of this bot: nothing is cancelled, and entries are blocked. Adopt the position and its orders with "wus trader adopt", or cancel the orders manually, then resume`;
}

/** Whether nothing is under way that would explain a difference. */
function isQuiet(turn: Turn, askedTime: number): boolean {
  return askedTime > turn.observed.changeTime + BALANCE_LAG_MS && isAllAtRest(turn.memory);
}

/** USD-M has one position per symbol: it must be the bot's, and no more. */
function comparePosition(turn: Turn): void {
  const { position, dust } = turn.memory;
  const own = (position === null ? 0n : signedQuantity(position)) + dust;
  const { exchangePosition } = turn.observed;
  if (exchangePosition === own) {
    agree(turn);
    return;
  }
  if (isFirstSight(turn)) return;
  if (position === null) {
    reportMismatch(turn, differenceText(exchangePosition, own));
    return;
  }
  reconcileFills(turn);
}

/** The account must hold at least the coins of the bot; what it holds beyond is somebody else's. */
function compareCoins(turn: Turn): void {
  const { memory, observed } = turn;
  const own = (memory.position === null ? 0n : heldQuantity(memory.position)) + memory.dust;
  const foreign = observed.baseTotal - own;
  if (foreign >= 0n) {
    if (foreign === memory.foreignBase) {
      agree(turn);
      return;
    }
    // What an order that was given up may have sold is looked for first.
    if (memory.position !== null && missingCoins(turn) > 0n) {
      reconcileFills(turn);
      return;
    }
    // More of them than before: somebody else is at work, and may not be done.
    if (foreign > (memory.foreignBase ?? 0n) && isFirstSight(turn)) return;
    agree(turn);
    if (memory.foreignBase !== null) {
      alert(
        turn,
        'info',
        'foreign-balance',
        `${trimDecimal(foreign)} ${observed.rules?.baseAsset ?? ''} in the account do not belong to the bot: they are not touched`,
      );
    }
    persist(turn, { foreignBase: foreign });
    return;
  }
  if (isFirstSight(turn)) return;
  if (memory.position === null) takeLoss(turn, -foreign);
  else reconcileFills(turn);
}

function agree(turn: Turn): void {
  patchObserved(turn, { differenceTime: undefined, isAgreed: true });
}

/** One look may be unlucky; only one some seconds later says that other hands are at work. Nothing is entered in between. */
function isFirstSight(turn: Turn): boolean {
  const { accountTime = 0, differenceTime = accountTime } = turn.observed;
  // Of a position no more than its fills are asked for: that needs no patience.
  const waitMs = turn.memory.position === null ? BALANCE_LAG_MS : 1;
  const isFirst = accountTime < differenceTime + waitMs;
  patchObserved(turn, { differenceTime: isFirst ? differenceTime : undefined, isAgreed: false });
  return isFirst;
}

/** Takes coins that are not there from the dust first, then from the position; the rest are of others. */
function takeLoss(turn: Turn, shortfall: Decimal): void {
  const { position, dust } = turn.memory;
  const held = position === null ? 0n : heldQuantity(position);
  const fromDust = minDecimal(shortfall, dust);
  const fromPosition = minDecimal(shortfall - fromDust, held);
  const left = dust - fromDust + held - fromPosition;
  persist(turn, {
    dust: dust - fromDust,
    foreignBase: maxDecimal(turn.observed.baseTotal - left, 0n),
  });
  if (position === null || fromPosition === 0n) return;
  loseQuantity(turn, position, fromPosition);
}

/** What is gone and has no fill was closed by other hands: at the last known price, for want of a true one. */
function loseQuantity(turn: Turn, position: Position, quantity: Decimal): void {
  const price = exitPriceOf(turn, position.side) ?? costPrice(position);
  const rest = withMissing(position, { quantity, price, time: turn.time });
  const exit = { reason: 'manual', decidedTime: turn.time } as const;
  persist(turn, { position: heldQuantity(rest) > 0n ? rest : { ...rest, exit } });
  patchObserved(turn, { changeTime: turn.time });
  const text = `${trimDecimal(quantity)} of the position are missing without a listed fill: booked as closed externally at the last price ${trimDecimal(price)}`;
  reportMismatch(turn, text);
}

function differenceText(exchange: Decimal, own: Decimal): string {
  return `the exchange reports a position of ${trimDecimal(exchange)}, the bot has ${trimDecimal(own)}`;
}

function magnitude(value: Decimal): Decimal {
  return value < 0n ? -value : value;
}
