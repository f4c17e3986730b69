import {
  candleOpenTime,
  type Decimal,
  decimalToNumber,
  divideDecimals,
  type ExitReason,
  multiplyDecimals,
  type Timeframe,
  timeframeMs,
  trimDecimal,
} from '../../domain/index.js';
import type { Fill } from '../../exchange/ports/index.js';
import {
  excursionPercent,
  raisePeak,
  returnPercent,
  type SideSign,
} from '../../semantics/index.js';
import type { ClosedCandle } from './candle-window.js';
import type { FeeShare } from './fees.js';
import type { LiveTrade } from './live-trade.js';

/** An exit that was decided and is being carried out. */
export interface ExitIntent {
  readonly reason: ExitReason;
  readonly decidedTime: number;
}

/** A position from its first fill on. */
export interface Position {
  readonly side: SideSign;
  readonly signalTime: number;
  /** First and last fill so far, ms UTC. */
  readonly firstFillTime: number;
  readonly lastFillTime: number;
  /** What its entry and its exits executed: quantity in base, price × quantity in quote. */
  readonly entered: Decimal;
  readonly entryNotional: Decimal;
  readonly exited: Decimal;
  readonly exitNotional: Decimal;
  readonly baseCommission: Decimal;
  readonly quoteCommission: Decimal;
  /** Commission that was taken neither in quote nor from the coins of the position, by asset. */
  readonly otherCommission: Readonly<Record<string, Decimal>>;
  /** What that costs, at the prices of its fills; quote. */
  readonly otherCost: Decimal;
  /** Received, or paid when negative; quote. USD-M only. */
  readonly funding: Decimal;
  /** Newest payment booked, ms UTC; before the first the first fill. */
  readonly fundingTime: number;
  /** What left the account without a fill, base: counted in `exitNotional` at the price of that moment. */
  readonly missing: Decimal;
  /** Best price of completed candles since entry (S-40); `null` until the first completes. */
  readonly peak: number | null;
  readonly highest: number | null;
  readonly lowest: number | null;
  readonly exit: ExitIntent | null;
  /** Since when no stop rests though one is wanted, ms UTC. */
  readonly unprotectedSince: number | null;
  /** Time without a resting stop before that, ms. */
  readonly unprotectedMs: number;
  /** Stops that the exchange refused in a row. */
  readonly stopRefusals: number;
  readonly orders: readonly string[];
  /** All fills booked. */
  readonly tradeIds: readonly string[];
}

/** Returns the position that an entry's first fill opens; the fill itself is booked by `bookFill`. */
export function openPosition(signalTime: number, fill: Fill): Position {
  return {
    side: fill.side === 'buy' ? 1 : -1,
    signalTime,
    firstFillTime: fill.time,
    lastFillTime: fill.time,
    entered: 0n,
    entryNotional: 0n,
    exited: 0n,
    exitNotional: 0n,
    baseCommission: 0n,
    quoteCommission: 0n,
    otherCommission: {},
    otherCost: 0n,
    funding: 0n,
    fundingTime: fill.time,
    missing: 0n,
    peak: null,
    highest: null,
    lowest: null,
    exit: null,
    unprotectedSince: fill.time,
    unprotectedMs: 0,
    stopRefusals: 0,
    orders: [],
    tradeIds: [],
  };
}

/** The position with an order that filled for it. */
export function withOrder(position: Position, clientOrderId: string): Position {
  if (position.orders.includes(clientOrderId)) return position;
  return { ...position, orders: [...position.orders, clientOrderId] };
}

/** Books a fill, and its commission as `share` says. */
export function bookFill(position: Position, fill: Fill, share: FeeShare): Position {
  const notional = multiplyDecimals(fill.price, fill.quantity);
  const isEntry = (fill.side === 'buy') === position.side > 0;
  const { commission, commissionAsset } = fill;
  const elsewhere = share.kind === 'other' ? commission : share.fromStock;
  const other = position.otherCommission;
  return {
    ...position,
    firstFillTime: Math.min(position.firstFillTime, fill.time),
    lastFillTime: Math.max(position.lastFillTime, fill.time),
    entered: position.entered + (isEntry ? fill.quantity : 0n),
    entryNotional: position.entryNotional + (isEntry ? notional : 0n),
    exited: position.exited + (isEntry ? 0n : fill.quantity),
    exitNotional: position.exitNotional + (isEntry ? 0n : notional),
    baseCommission: position.baseCommission + share.fromPosition,
    quoteCommission: position.quoteCommission + (share.kind === 'quote' ? commission : 0n),
    otherCommission:
      elsewhere === 0n
        ? other
        : { ...other, [commissionAsset]: (other[commissionAsset] ?? 0n) + elsewhere },
    otherCost: position.otherCost + share.cost,
    tradeIds: [...position.tradeIds, fill.tradeId],
  };
}

/** The position without what left the account and has no fill: valued at the price known then. */
export function withMissing(
  position: Position,
  {
    quantity,
    price,
    time,
  }: { readonly quantity: Decimal; readonly price: Decimal; readonly time: number },
): Position {
  return {
    ...position,
    missing: position.missing + quantity,
    exitNotional: position.exitNotional + multiplyDecimals(price, quantity),
    lastFillTime: Math.max(position.lastFillTime, time),
  };
}

/** What is left of the position, never signed; base. */
export function heldQuantity(position: Position): Decimal {
  return position.entered - position.baseCommission - position.exited - position.missing;
}

/** The same with the sign of its side: what the account must show on USD-M. */
export function signedQuantity(position: Position): Decimal {
  return BigInt(position.side) * heldQuantity(position);
}

/** Average entry price, quote per base. */
export function entryPriceOf(position: Position): number {
  return averagePrice(position.entryNotional, position.entered);
}

/** Decimals of an average price: the eight of a price cut coins that cost less than a millionth to three digits. */
const AVERAGE_PLACES = 24;

/** The double closest to notional ÷ quantity; what one price makes is that price. */
function averagePrice(notional: Decimal, quantity: Decimal): number {
  const scaled = (notional * 10n ** BigInt(AVERAGE_PLACES)) / quantity;
  return Number(`${scaled}e-${AVERAGE_PLACES}`);
}

/** Cash that the position brought so far, as if everything were paid in full and in quote. Only the one of a closed position is profit. */
export function cashChange(position: Position): Decimal {
  return (
    BigInt(position.side) * (position.exitNotional - position.entryNotional) -
    position.quoteCommission -
    position.otherCost +
    position.funding
  );
}

/** What is left of the position at the average price of its exits, with the sign of its side; quote. */
export function remainderWorth(position: Position): Decimal {
  const left = position.exited + position.missing;
  if (left === 0n) return 0n;
  const price = divideDecimals(position.exitNotional, left, 'nearest');
  return multiplyDecimals(signedQuantity(position), price);
}

/** Net profit if the rest left the market at a price now; quote. */
export function profitAt(position: Position, price: Decimal): Decimal {
  return cashChange(position) + multiplyDecimals(signedQuantity(position), price);
}

/** The position after a candle that it lived through completed (S-40, §5). */
export function livedThrough(position: Position, candle: ClosedCandle): Position {
  const entryPrice = entryPriceOf(position);
  return {
    ...position,
    peak: raisePeak(position.peak ?? entryPrice, position.side, candle.high, candle.low),
    highest: Math.max(position.highest ?? candle.high, candle.high),
    lowest: Math.min(position.lowest ?? candle.low, candle.low),
  };
}

/** Exit reasons of §4: they happen at an unknown moment inside a candle. */
export function isInsideReason(reason: ExitReason): boolean {
  return ['stop-loss', 'trailing-stop', 'take-profit', 'liquidation'].includes(reason);
}

/**
 * Returns the row of the trade log of a position that ended.
 *
 * @param position - With all its fills.
 * @param details - Reason, timeframe and the balance of the bot after it.
 */
export function closedTrade(
  position: Position,
  details: {
    readonly reason: ExitReason;
    readonly timeframe: Timeframe;
    readonly balance: Decimal;
  },
): LiveTrade {
  const { timeframe } = details;
  const { side } = position;
  const entryPrice = entryPriceOf(position);
  const left = position.exited + position.missing;
  const exitPrice = left === 0n ? Number.NaN : averagePrice(position.exitNotional, left);
  const units = decimalToNumber(position.entered);
  const netPnl = decimalToNumber(cashChange(position));
  const funding = decimalToNumber(position.funding);
  const commission =
    decimalToNumber(position.baseCommission) * entryPrice +
    decimalToNumber(position.quoteCommission + position.otherCost);
  const entryTime = candleOpenTime(position.firstFillTime, timeframe);
  const exitTime = candleOpenTime(position.lastFillTime, timeframe);
  const lastPrice = Number.isNaN(exitPrice) ? entryPrice : exitPrice;
  const highest = Math.max(position.highest ?? lastPrice, lastPrice);
  const lowest = Math.min(position.lowest ?? lastPrice, lastPrice);
  return {
    side: side > 0 ? 'long' : 'short',
    signalTime: position.signalTime,
    entryTime,
    exitTime,
    entryFillTime: position.firstFillTime,
    exitFillTime: position.lastFillTime,
    entryPrice,
    exitPrice,
    units,
    grossPnl: netPnl + commission - funding,
    commission,
    otherCommission: Object.entries(position.otherCommission)
      .map(([asset, amount]) => `${trimDecimal(amount)} ${asset}`)
      .join(' '),
    funding,
    netPnl,
    returnPct: returnPercent(netPnl, entryPrice, units),
    exitReason: details.reason,
    exitInsideCandle: isInsideReason(details.reason),
    candlesHeld: Math.round((exitTime - entryTime) / timeframeMs(timeframe)),
    maePct: Math.min(0, excursionPercent(side, entryPrice, side > 0 ? lowest : highest)),
    mfePct: Math.max(0, excursionPercent(side, entryPrice, side > 0 ? highest : lowest)),
    balance: decimalToNumber(details.balance),
    dust: decimalToNumber(heldQuantity(position)),
    unprotectedMs: position.unprotectedMs,
    orders: position.orders,
    tradeIds: position.tradeIds,
  };
}
