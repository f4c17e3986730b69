import {
  type Decimal,
  decimalFromNumber,
  type ExitReason,
  roundToStep,
} from '../../domain/index.js';
import {
  noStop,
  noTakeProfit,
  stopLossLevel,
  stopReason,
  type TradeRules,
  takeProfitLevel,
  tighterStop,
  trailingStopLevel,
} from '../../semantics/index.js';
import { entryPriceOf, type Position } from './position.js';

const LONG = 1;

/** Where a position leaves the market. */
export interface ExitLevels {
  /** Highest price on the tick grid that touches the effective stop; `undefined` without one. */
  readonly stop: { readonly price: Decimal; readonly reason: ExitReason } | undefined;
  /** Lowest price on the tick grid that touches the take-profit. */
  readonly takeProfit: Decimal | undefined;
}

/**
 * Returns the exit levels of a position by the rules of the backtest (§4): the trailing level follows the peak, which
 * moves at candle closes only. A spot long without leverage has no ruin level within reach.
 *
 * @param position - With at least one fill.
 * @param rules - Rules of the bot.
 * @param tickSize - Grid of the prices.
 */
export function exitLevels(position: Position, rules: TradeRules, tickSize: Decimal): ExitLevels {
  const entryPrice = entryPriceOf(position);
  const fixed =
    rules.stopLoss === undefined ? noStop(LONG) : stopLossLevel(entryPrice, LONG, rules.stopLoss);
  const trailing =
    rules.trailingStop === undefined
      ? noStop(LONG)
      : trailingStopLevel(position.peak ?? entryPrice, LONG, rules.trailingStop);
  const level = tighterStop(LONG, fixed, trailing);
  const target =
    rules.takeProfit === undefined
      ? noTakeProfit(LONG)
      : takeProfitLevel(entryPrice, LONG, rules.takeProfit);
  return {
    stop: Number.isFinite(level)
      ? {
          price: roundToStep(decimalFromNumber(level), tickSize, 'down'),
          reason: stopReason(LONG, fixed, trailing, noStop(LONG)),
        }
      : undefined,
    takeProfit: Number.isFinite(target)
      ? roundToStep(decimalFromNumber(target), tickSize, 'up')
      : undefined,
  };
}
