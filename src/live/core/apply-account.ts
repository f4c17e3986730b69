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
import { alert, exitPriceOf, patchObserved, persist, type StepContext } from './step-context.js';
import { isReconcilePending, isUnjournaled } from './unjournaled-orders.js';
import { quantityOf, watchMargin } from './watch-margin.js';

/** Applies an account update, and compares it with the state of the bot. */
export function applyAccount(
  ctx: StepContext,
  account: Extract<BotEvent, { type: 'account' }>,
): void {
  const { askedTime, rules, margin } = account;
  keyWorks(ctx, 'read');
  // Answers may overtake each other.
  if (askedTime < (ctx.observed.accountTime ?? 0)) return;
  if (!isAtHome(ctx, account.uid)) return;
  const of = (asset: string): AssetBalance =>
    account.balances.find((balance) => balance.asset === asset) ?? { asset, free: 0n, locked: 0n };
  const base = of(rules.baseAsset);
  const quantity = quantityOf(account);
  const isUsdm = rules.market === 'usdm';
  tryAgain(ctx, askedTime, rules);
  patchObserved(ctx, {
    accountTime: askedTime,
    seenTime: askedTime,
    accountAskedTime: undefined,
    baseTotal: isUsdm ? magnitude(quantity) : base.free + base.locked,
    exchangePosition: quantity,
    ...withFreed(ctx, margin?.availableBalance ?? of(rules.quoteAsset).free, askedTime),
    leverage: account.leverage ?? 1,
    bound: boundBy(account),
    rules,
  });
  noteGrid(ctx, rules);
  if (isUsdm) watchMargin(ctx, account);
  const isAllListed = compareOrders(ctx, askedTime, account.openOrders);
  if (!isAllListed || !isQuiet(ctx, askedTime)) return;
  if (isUsdm) comparePosition(ctx);
  else compareCoins(ctx);
}

/** Whether this is the account that the state belongs to; what another holds says nothing of the bot's position. */
function isAtHome(ctx: StepContext, uid: string | undefined): boolean {
  const { home } = ctx.memory;
  const seen = { world: null, account: uid ?? null };
  const problem = foreignHome(home, seen);
  if (problem !== undefined) {
    reportMismatch(ctx, problem);
    return false;
  }
  const settled = settledHome(home, seen);
  if (settled !== home) persist(ctx, { home: settled });
  return true;
}

/** What could not rest, or leave, may be permitted now: with every look it is tried again. */
function tryAgain(ctx: StepContext, askedTime: number, rules: InstrumentRules): void {
  const { closedSince, pairRefusedUnder } = ctx.observed;
  if (closedSince !== undefined && askedTime > closedSince)
    patchObserved(ctx, { closedSince: undefined });
  // A pair that the exchange refused would cost the stop that rests alone now.
  const isPairRefused = pairRefusedUnder !== undefined && isSameRules(pairRefusedUnder, rules);
  patchObserved(ctx, { stopRests: true, ...(!isPairRefused && PROFIT_MAY_REST) });
}

const PROFIT_MAY_REST = { profitRests: true, pairRefusedUnder: undefined } as const;

function isSameRules(a: InstrumentRules, b: InstrumentRules): boolean {
  const text = (rules: InstrumentRules): string => JSON.stringify(Object.values(rules).map(String));
  return a === b || text(a) === text(b);
}

function noteGrid(ctx: StepContext, rules: InstrumentRules): void {
  const known = ctx.memory.coarsestGrid;
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
  if (!isKnown) persist(ctx, { coarsestGrid: grid });
}

const GRID_PARTS = ['tickSize', 'stepSize', 'quantityMin', 'notionalMin'] as const;

/**
 * Takes all fills since the entry, asked for because the position is not what it should be, or may not be. A list that
 * explains nothing is believed only when it still does after a while: fills may be listed late.
 */
export function applyPositionFills(
  ctx: StepContext,
  fills: readonly Fill[],
  orders: readonly OrderReport[] = [],
): void {
  if (ordersOf(ctx.memory).some(isForgotten)) {
    patchObserved(ctx, { fillsAskedTime: undefined });
    applyForgottenFills(ctx, fills, orders);
    return;
  }
  const { position } = ctx.memory;
  const { accountTime, changeTime } = ctx.observed;
  if (position === null || accountTime === undefined || !isAllAtRest(ctx.memory)) return;
  // What was reported since the look explains the difference, or the next look shows it again.
  if (changeTime >= accountTime) {
    patchObserved(ctx, { fillsAskedTime: undefined, accountTime: undefined });
    return;
  }
  if (takeOverAll(ctx, fills, orders)) return;
  const isForced = position.exit?.reason === 'liquidation';
  const isSpot = ctx.memory.settings.run.market === 'spot';
  const count = isSpot ? bookSoldCoins(ctx, fills, orders) : bookClosed(ctx, position, fills);
  if (count > 0) {
    patchObserved(ctx, { fillsAskedTime: undefined, unexplainedSince: undefined });
    if (!isForced) sayBooked(ctx);
  }
  const present = ctx.memory.position;
  if (present === null || (count > 0 && !isSpot)) return;
  const missing = isSpot ? missingCoins(ctx) : missingPosition(ctx, present);
  if (missing === 0n) {
    endSearch(ctx);
    return;
  }
  const since = ctx.observed.unexplainedSince ?? ctx.time;
  patchObserved(ctx, { unexplainedSince: since });
  if (ctx.time - since < ctx.env.limits.absentAfterMs) return;
  endSearch(ctx);
  if (isSpot) takeLoss(ctx, hasShrunk(ctx, present) ? missingBeside(ctx, 0n) : missingCoins(ctx));
  else onPositionDiffers(ctx, present, missing);
}

/** Takes over the bot's own orders behind the fills, and books what they sold. Returns whether there was one. */
function takeOverAll(
  ctx: StepContext,
  fills: readonly Fill[],
  orders: readonly OrderReport[],
): boolean {
  const before = ctx.memory;
  for (const report of orders) {
    if (!isUnjournaled(ctx, report)) continue;
    applyReport(ctx, report);
    applyFills(ctx, report.clientOrderId, fills);
  }
  const isAny = ctx.memory !== before;
  if (isAny) patchObserved(ctx, { fillsAskedTime: undefined });
  return isAny;
}

/** Books what closed a position on USD-M. After a start with the whole position there, external fills have cancelled out. */
function bookClosed(ctx: StepContext, position: Position, fills: readonly Fill[]): number {
  const isAboutStart = isReconcilePending(ctx) && givenUpOrders(ctx.memory).length === 0;
  if (isAboutStart && missingPosition(ctx, position) === 0n) return 0;
  return bookForeignFills(ctx, fills);
}

/** Fills of an order that was given up count as its own, others as external fills. */
function sayBooked(ctx: StepContext): void {
  const { position } = ctx.memory;
  const lost = givenUpOrders(ctx.memory).at(-1);
  if (lost === undefined || position === null) {
    reportMismatch(ctx, 'the position was changed externally: its fills are booked');
    return;
  }
  persist(ctx, { position: withOrder(position, lost) });
  reportMismatch(
    ctx,
    `order ${lost} was executed although the exchange had reported it as unknown: booked`,
  );
}

/** The list of fills agrees with the account, or did not for long enough: the next order may leave. */
function endSearch(ctx: StepContext): void {
  patchObserved(ctx, {
    fillsAskedTime: undefined,
    unexplainedSince: undefined,
    reconciledOrder: givenUpOrders(ctx.memory).at(-1),
    reconcilePending: undefined,
  });
}

/** What the position on USD-M lacks of the bot's: negative when the exchange shows more. */
function missingPosition(ctx: StepContext, position: Position): Decimal {
  const shown = ctx.observed.exchangePosition - ctx.memory.dust;
  return heldQuantity(position) - shown * BigInt(position.side);
}

function onPositionDiffers(ctx: StepContext, position: Position, missing: Decimal): void {
  const held = heldQuantity(position);
  if (missing > 0n) loseQuantity(ctx, position, minDecimal(missing, held));
  if (missing < 0n || missing > held) {
    const shown = ctx.observed.exchangePosition - ctx.memory.dust;
    reportMismatch(ctx, differenceText(shown, signedQuantity(position)));
  }
}

/**
 * Coins of the bot that the account lacks. The coins of others stand in for none of them while an order may have sold
 * them that was given up, or that no journal knows.
 */
function missingCoins(ctx: StepContext): Decimal {
  const mayBeSold = givenUpOrders(ctx.memory).length > 0 || isReconcilePending(ctx);
  return missingBeside(ctx, mayBeSold ? (ctx.memory.foreignBase ?? 0n) : 0n);
}

function missingBeside({ memory, observed }: StepContext, others: Decimal): Decimal {
  const { position, dust } = memory;
  const own = (position === null ? 0n : heldQuantity(position)) + dust;
  return maxDecimal(own + others - observed.baseTotal, 0n);
}

/**
 * Whether the coins of others became a little fewer, as commissions make them: an exit that was executed, and that no fill
 * tells of, would have taken most of the position.
 */
function hasShrunk(ctx: StepContext, position: Position): boolean {
  return missingBeside(ctx, 0n) === 0n && 2n * missingCoins(ctx) < heldQuantity(position);
}

/**
 * Books the newest sales, no more than is missing: what was sold beyond was never the bot's. External orders
 * sold external coins first.
 */
function bookSoldCoins(
  ctx: StepContext,
  fills: readonly Fill[],
  orders: readonly OrderReport[],
): number {
  const isForeign = ({ orderId }: Fill): boolean =>
    orders.some((order) => order.orderId === orderId);
  let count = 0;
  for (const fill of [...fills].sort((a, b) => b.time - a.time)) {
    const missing = isForeign(fill) ? missingBeside(ctx, 0n) : missingCoins(ctx);
    if (fill.quantity <= missing) count += bookForeignFills(ctx, [fill]);
  }
  return count;
}

/**
 * Looks for the orders of the bot among the open ones. Only those that its own journal made and ended are withdrawn: all
 * others may protect a position. Returns whether all that should be open are: one that is not may have been executed, and
 * says what became of the position.
 */
function compareOrders(
  ctx: StepContext,
  askedTime: number,
  openOrders: readonly OrderReport[],
): boolean {
  const externalOrders: string[] = [];
  for (const report of openOrders) {
    const { clientOrderId } = report;
    if (!isTraderOrderId(clientOrderId) || !isOfSymbol(ctx, report)) continue;
    const { absentOrders, endedOrders } = ctx.memory;
    const isKnown = orderOf(ctx.memory, clientOrderId) !== undefined;
    if (isKnown || isUnjournaled(ctx, report)) applyReport(ctx, report);
    else if (askedTime <= ctx.observed.changeTime + BALANCE_LAG_MS) continue;
    else if (endedOrders.includes(clientOrderId) || absentOrders.includes(clientOrderId))
      withdraw(ctx, clientOrderId);
    // Of this state after it was lost, or of another one that trades the same symbol.
    else externalOrders.push(clientOrderId);
  }
  if (externalOrders.length > 0) reportExternalOrders(ctx, externalOrdersText(externalOrders));
  if (askedTime <= ctx.observed.changeTime) return false;
  const listed = new Set(openOrders.map(({ clientOrderId }) => clientOrderId));
  const missing = ordersOf(ctx.memory).filter(
    ({ phase, request }) => phase === 'open' && !listed.has(request.clientOrderId),
  );
  for (const order of missing) {
    applyOrderEvent(ctx, order, 'unlisted', { pollTime: ctx.time });
    noteUnlisted(ctx, orderOf(ctx.memory, order.request.clientOrderId) ?? order, askedTime);
  }
  return missing.length === 0;
}

function withdraw(ctx: StepContext, clientOrderId: string): void {
  const text = `order ${clientOrderId} is open but not needed: cancelled`;
  alert(ctx, 'alarm', 'orphan-order', text);
  ctx.effects.push({ type: 'cancel', clientOrderId });
}

/** Says it once, whatever else does not agree, and again after a `resume` that left them there. */
function reportExternalOrders(ctx: StepContext, text: string): void {
  if (ctx.observed.externalOrdersText === text && ctx.memory.mismatch !== null) return;
  patchObserved(ctx, { externalOrdersText: text });
  reportMismatch(ctx, text);
}

function externalOrdersText(ids: readonly string[]): string {
  const orders = ids.length === 1 ? `order ${ids[0]} is open` : `orders ${ids.join(', ')} are open`;
  return `${orders} at the exchange, placed by a trader but missing in the state of this bot: nothing is cancelled, and entries are blocked. Adopt the position and its orders with "wus trader adopt", or cancel the orders manually, then resume`;
}

/** Whether nothing is in flight that would explain a difference. */
function isQuiet(ctx: StepContext, askedTime: number): boolean {
  return askedTime > ctx.observed.changeTime + BALANCE_LAG_MS && isAllAtRest(ctx.memory);
}

/** USD-M has one position per symbol: it must be the bot's, and no more. */
function comparePosition(ctx: StepContext): void {
  const { position, dust } = ctx.memory;
  const own = (position === null ? 0n : signedQuantity(position)) + dust;
  const { exchangePosition } = ctx.observed;
  if (exchangePosition === own) {
    agree(ctx);
    return;
  }
  if (isFirstSight(ctx)) return;
  if (position === null) {
    reportMismatch(ctx, differenceText(exchangePosition, own));
    return;
  }
  reconcileFills(ctx);
}

/** The account must hold at least the coins of the bot; what it holds beyond is somebody else's. */
function compareCoins(ctx: StepContext): void {
  const { memory, observed } = ctx;
  const own = (memory.position === null ? 0n : heldQuantity(memory.position)) + memory.dust;
  const foreign = observed.baseTotal - own;
  if (foreign >= 0n) {
    if (foreign === memory.foreignBase) {
      agree(ctx);
      return;
    }
    // What an order that was given up may have sold is looked for first.
    if (memory.position !== null && missingCoins(ctx) > 0n) {
      reconcileFills(ctx);
      return;
    }
    // More of them than before: somebody else is at work, and may not be done.
    if (foreign > (memory.foreignBase ?? 0n) && isFirstSight(ctx)) return;
    agree(ctx);
    if (memory.foreignBase !== null) {
      alert(
        ctx,
        'info',
        'foreign-balance',
        `${trimDecimal(foreign)} ${observed.rules?.baseAsset ?? ''} in the account do not belong to the bot: they are not touched`,
      );
    }
    persist(ctx, { foreignBase: foreign });
    return;
  }
  if (isFirstSight(ctx)) return;
  if (memory.position === null) takeLoss(ctx, -foreign);
  else reconcileFills(ctx);
}

function agree(ctx: StepContext): void {
  patchObserved(ctx, { differenceTime: undefined, isAgreed: true });
}

/** One update may be unlucky; only one some seconds later proves an external change. Entries are blocked in between. */
function isFirstSight(ctx: StepContext): boolean {
  const { accountTime = 0, differenceTime = accountTime } = ctx.observed;
  // Of a position no more than its fills are asked for: that needs no patience.
  const waitMs = ctx.memory.position === null ? BALANCE_LAG_MS : 1;
  const isFirst = accountTime < differenceTime + waitMs;
  patchObserved(ctx, { differenceTime: isFirst ? differenceTime : undefined, isAgreed: false });
  return isFirst;
}

/** Takes coins that are not there from the dust first, then from the position; the rest are of others. */
function takeLoss(ctx: StepContext, shortfall: Decimal): void {
  const { position, dust } = ctx.memory;
  const held = position === null ? 0n : heldQuantity(position);
  const fromDust = minDecimal(shortfall, dust);
  const fromPosition = minDecimal(shortfall - fromDust, held);
  const left = dust - fromDust + held - fromPosition;
  persist(ctx, {
    dust: dust - fromDust,
    foreignBase: maxDecimal(ctx.observed.baseTotal - left, 0n),
  });
  if (position === null || fromPosition === 0n) return;
  loseQuantity(ctx, position, fromPosition);
}

/** A quantity that is missing without a fill is booked as closed externally, at the last quote. */
function loseQuantity(ctx: StepContext, position: Position, quantity: Decimal): void {
  const price = exitPriceOf(ctx, position.side) ?? costPrice(position);
  const rest = withMissing(position, { quantity, price, time: ctx.time });
  const exit = { reason: 'manual', decidedTime: ctx.time } as const;
  persist(ctx, { position: heldQuantity(rest) > 0n ? rest : { ...rest, exit } });
  patchObserved(ctx, { changeTime: ctx.time });
  const text = `${trimDecimal(quantity)} of the position are missing without a listed fill: booked as closed externally at the last price ${trimDecimal(price)}`;
  reportMismatch(ctx, text);
}

function differenceText(exchange: Decimal, own: Decimal): string {
  return `the exchange reports a position of ${trimDecimal(exchange)}, the bot has ${trimDecimal(own)}`;
}

function magnitude(value: Decimal): Decimal {
  return value < 0n ? -value : value;
}
