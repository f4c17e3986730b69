import {
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  type ExitReason,
  roundToStep,
} from '../../domain/index.js';
import {
  balanceAfterEntry,
  commissionOf,
  noStop,
  noTakeProfit,
  ruinLevel,
  type SideSign,
  stopLossLevel,
  stopReason,
  type TradeRules,
  takeProfitLevel,
  tighterStop,
  trailingStopLevel,
} from '../../semantics/index.js';
import { entryPriceOf, type Position } from './position.js';

/** Prices above this are no prices: a level beyond it is never reached. */
const PRICE_MAX = 1e12;

/** Where a position leaves the market. */
export interface ExitLevels {
  /** The price on the tick grid that touches the effective stop first seen from beyond; `undefined` without one. */
  readonly stop: { readonly price: Decimal; readonly reason: ExitReason } | undefined;
  /** The price on the tick grid that touches the take-profit. */
  readonly takeProfit: Decimal | undefined;
}

/**
 * Returns the exit levels of a position by the rules of the backtest (§4): the trailing level follows the peak, which
 * moves at candle closes only. The ruin level (S-31) counts on USD-M only: spot cannot reach it.
 *
 * @param position - With at least one fill.
 * @param rules - Rules of the bot.
 * @param tickSize - Grid of the prices.
 * @param balance - Of the bot before the entry, quote.
 */
export function exitLevels(
  position: Position,
  rules: TradeRules,
  tickSize: Decimal,
  balance: Decimal,
): ExitLevels {
  const { side, peak, entered } = position;
  const entry = { side, entryPrice: entryPriceOf(position), quantity: entered, peak };
  return levelsOfEntry(entry, rules, tickSize, balance);
}

/**
 * Returns the exit levels of an entry that is made or may be.
 *
 * @param entry - Side, average price in quote per base, quantity in base, and the best price since.
 * @param rules - Rules of the bot.
 * @param tickSize - Grid of the prices.
 * @param balance - Of the bot before the entry, quote.
 */
export function levelsOfEntry(
  entry: {
    readonly side: SideSign;
    readonly entryPrice: number;
    readonly quantity: Decimal;
    readonly peak: number | null;
  },
  rules: TradeRules,
  tickSize: Decimal,
  balance: Decimal,
): ExitLevels {
  const { side, entryPrice } = entry;
  const fixed =
    rules.stopLoss === undefined ? noStop(side) : stopLossLevel(entryPrice, side, rules.stopLoss);
  const trailing =
    rules.trailingStop === undefined
      ? noStop(side)
      : trailingStopLevel(entry.peak ?? entryPrice, side, rules.trailingStop);
  const ruin = ruinOf(entry, rules, balance);
  const level = tighterStop(side, tighterStop(side, fixed, trailing), ruin);
  const target =
    rules.takeProfit === undefined
      ? noTakeProfit(side)
      : takeProfitLevel(entryPrice, side, rules.takeProfit);
  return {
    stop: isPrice(level)
      ? {
          price: roundToStep(decimalFromNumber(level), tickSize, side > 0 ? 'down' : 'up'),
          reason: stopReason(side, fixed, trailing, ruin),
        }
      : undefined,
    takeProfit: isPrice(target)
      ? roundToStep(decimalFromNumber(target), tickSize, side > 0 ? 'up' : 'down')
      : undefined,
  };
}

/** Whether a price is at or beyond a stop: below for a long, above for a short. */
export function isAtStop(side: SideSign, price: Decimal, stop: Decimal): boolean {
  return side > 0 ? price <= stop : price >= stop;
}

/** Whether a price is at or beyond a take-profit. */
export function isAtTakeProfit(side: SideSign, price: Decimal, takeProfit: Decimal): boolean {
  return side > 0 ? price >= takeProfit : price <= takeProfit;
}

function ruinOf(
  entry: { readonly side: SideSign; readonly entryPrice: number; readonly quantity: Decimal },
  rules: TradeRules,
  balance: Decimal,
): number {
  const { side, entryPrice } = entry;
  if (rules.market === 'spot' || rules.allowOverdraft) return noStop(side);
  const quantity = decimalToNumber(entry.quantity);
  const commission = commissionOf(entryPrice, quantity, rules.commissionRate);
  return ruinLevel(
    entryPrice,
    side,
    balanceAfterEntry(decimalToNumber(balance), commission),
    quantity,
  );
}

function isPrice(level: number): boolean {
  return level > 0 && level < PRICE_MAX;
}
