import { multiplyDecimals, trimDecimal } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import type { QuantityOrder, RiskRefused } from './risk.js';

/**
 * Says in words and numbers why an order that leaves the market, or protects a position, may not be sent now.
 *
 * @param rules - Rules of the instrument.
 * @param order - What was to be sent.
 * @param refusal - The rule that it breaks.
 * @param price - Expected price of orders without one; quote per base.
 */
export function refusalText(
  rules: InstrumentRules,
  order: QuantityOrder,
  refusal: RiskRefused['refusal'] | 'market-closed',
  price: bigint,
): string {
  const { symbol, baseAsset, quoteAsset } = rules;
  const text = trimDecimal;
  switch (refusal) {
    case 'market-closed':
      return `the exchange reports the market of ${symbol} as closed`;
    case 'status':
      return rules.status === 'cancel-only'
        ? `the market of ${symbol} accepts no new orders (cancel only)`
        : `the market of ${symbol} is halted (closed for trading)`;
    case 'notional': {
      const at =
        'price' in order ? order.price : 'triggerPrice' in order ? order.triggerPrice : price;
      const worth = text(multiplyDecimals(at, order.quantity));
      const { notionalMin, notionalMax } = rules;
      const most = notionalMax > 0n ? ` and at most ${text(notionalMax)}` : '';
      return `it is worth ${worth} ${quoteAsset}, an order must be worth at least ${text(notionalMin)}${most}`;
    }
    case 'quantity-range': {
      const { quantityMin, quantityMax, marketQuantityMax } = rules;
      const bounds = `${text(quantityMin)} to ${text(quantityMax)} ${baseAsset}`;
      const market = marketQuantityMax > 0n ? `, at market at most ${text(marketQuantityMax)}` : '';
      return `an order must be ${bounds}${market}, this one is ${text(order.quantity)}`;
    }
    case 'step-size':
      return `${text(order.quantity)} ${baseAsset} is not a multiple of the step size ${text(rules.stepSize)}`;
    case 'order-type':
      return `${symbol} does not accept ${order.type} orders`;
    case 'price-range':
    case 'tick-size':
      return `its price is outside the range that ${symbol} accepts now`;
    default:
      return refusal;
  }
}
