import {
  candleOpenTime,
  type Decimal,
  decimalToNumber,
  divideDecimals,
  type ExitReason,
  multiplyDecimals,
  type Timeframe,
  timeframeMs,
} from '../../domain/index.js';
import type { Fill, InstrumentRules } from '../../exchange/index.js';
import { excursionPercent, returnPercent } from '../../semantics/index.js';
import type { ClosedCandle } from './candle-window.js';
import type { LiveTrade } from './live-trade.js';

/** An exit that was decided and is being carried out. */
export interface ExitIntent {
  readonly reason: ExitReason;
  readonly decidedTime: number;
}

/** A position from its first fill on. Long: spot has no other. */
export interface Position {
  readonly signalTime: number;
  /** First and last fill so far, ms UTC. */
  readonly firstFillTime: number;
  readonly lastFillTime: number;
  readonly bought: Decimal;
  readonly cost: Decimal;
  readonly sold: Decimal;
  readonly proceeds: Decimal;
  readonly baseCommission: Decimal;
  readonly quoteCommission: Decimal;
  /** Coins that left the account by other hands, base. */
  readonly missing: Decimal;
  /** Best price of completed candles since entry (S-40); `null` until the first completes. */
  readonly peak: number | null;
  readonly highest: number | null;
  readonly lowest: number | null;
  readonly exit: ExitIntent | null;
  /** Since when no stop rests though one is wanted, ms UTC. */
  readonly unprotectedSince: number | null;
  readonly orders: readonly string[];
}

/** Returns the position that an entry's first fill opens; the fill itself is booked by `bookFill`. */
export function openPosition(signalTime: number, fill: Fill): Position {
  return {
    signalTime,
    firstFillTime: fill.time,
    lastFillTime: fill.time,
    bought: 0n,
    cost: 0n,
    sold: 0n,
    proceeds: 0n,
    baseCommission: 0n,
    quoteCommission: 0n,
    missing: 0n,
    peak: null,
    highest: null,
    lowest: null,
    exit: null,
    unprotectedSince: fill.time,
    orders: [],
  };
}

/** The position with an order that filled for it. */
export function withOrder(position: Position, clientOrderId: string): Position {
  if (position.orders.includes(clientOrderId)) return position;
  return { ...position, orders: [...position.orders, clientOrderId] };
}

/** Books a fill, its commission included; commission in a third asset leaves both balances alone. */
export function bookFill(
  position: Position,
  fill: Fill,
  instrument: Pick<InstrumentRules, 'baseAsset' | 'quoteAsset'>,
): Position {
  const notional = multiplyDecimals(fill.price, fill.quantity);
  const isBuy = fill.side === 'buy';
  const { commission, commissionAsset } = fill;
  return {
    ...position,
    firstFillTime: Math.min(position.firstFillTime, fill.time),
    lastFillTime: Math.max(position.lastFillTime, fill.time),
    bought: position.bought + (isBuy ? fill.quantity : 0n),
    cost: position.cost + (isBuy ? notional : 0n),
    sold: position.sold + (isBuy ? 0n : fill.quantity),
    proceeds: position.proceeds + (isBuy ? 0n : notional),
    baseCommission:
      position.baseCommission + (commissionAsset === instrument.baseAsset ? commission : 0n),
    quoteCommission:
      position.quoteCommission + (commissionAsset === instrument.quoteAsset ? commission : 0n),
  };
}

/** Coins of the position, base. */
export function heldQuantity(position: Position): Decimal {
  return position.bought - position.baseCommission - position.sold - position.missing;
}

/** Average price paid, quote per base. */
export function entryPriceOf(position: Position): number {
  return decimalToNumber(divideDecimals(position.cost, position.bought, 'nearest'));
}

/** Cash that the position brought so far, negative while it is open; quote. */
export function cashChange(position: Position): Decimal {
  return position.proceeds - position.cost - position.quoteCommission;
}

/** The position after a candle that it lived through completed (S-40, §5). */
export function livedThrough(position: Position, candle: ClosedCandle): Position {
  const entryPrice = entryPriceOf(position);
  return {
    ...position,
    peak: Math.max(position.peak ?? entryPrice, candle.high),
    highest: Math.max(position.highest ?? candle.high, candle.high),
    lowest: Math.min(position.lowest ?? candle.low, candle.low),
  };
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
  const entryPrice = entryPriceOf(position);
  const exitPrice =
    position.sold === 0n
      ? Number.NaN
      : decimalToNumber(divideDecimals(position.proceeds, position.sold, 'nearest'));
  const units = decimalToNumber(position.bought);
  const netPnl = decimalToNumber(cashChange(position));
  const commission =
    decimalToNumber(position.baseCommission) * entryPrice +
    decimalToNumber(position.quoteCommission);
  const entryTime = candleOpenTime(position.firstFillTime, timeframe);
  const exitTime = candleOpenTime(position.lastFillTime, timeframe);
  const lastPrice = Number.isNaN(exitPrice) ? entryPrice : exitPrice;
  return {
    side: 'long',
    signalTime: position.signalTime,
    entryTime,
    exitTime,
    entryPrice,
    exitPrice,
    units,
    grossPnl: netPnl + commission,
    commission,
    netPnl,
    returnPct: returnPercent(netPnl, entryPrice, units),
    exitReason: details.reason,
    candlesHeld: Math.round((exitTime - entryTime) / timeframeMs(timeframe)),
    maePct: Math.min(
      0,
      excursionPercent(1, entryPrice, Math.min(position.lowest ?? lastPrice, lastPrice)),
    ),
    mfePct: Math.max(
      0,
      excursionPercent(1, entryPrice, Math.max(position.highest ?? lastPrice, lastPrice)),
    ),
    balance: decimalToNumber(details.balance),
    dust: decimalToNumber(heldQuantity(position)),
    orders: position.orders,
  };
}
