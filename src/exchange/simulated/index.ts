export { candlePath, type PathCandle, type PricePoint } from './candle-path.js';
export type { Liquidity } from './order-book.js';
export {
  CANCEL_REPLACE_PARAMETERS,
  mandatory,
  optionalInteger,
  type RawParameters,
  readClientId,
  readOCOTerms,
  readOrderTerms,
} from './order-parameters.js';
export type { OrderKey } from './order-table.js';
export { Refusal, refusals } from './refusal.js';
export {
  type CancelReplaceOutcome,
  SpotExchange,
  type SpotExchangeOptions,
} from './spot-exchange.js';
export type { SpotOrder, SpotOrderList, SpotTrade } from './spot-order.js';
export {
  accountPayload,
  cancelPayload,
  commissionPayload,
  newOrderPayload,
  orderListPayload,
  type Payload,
  queryPayload,
  type ResponseType,
  testCommissionPayload,
  tradePayload,
} from './spot-payloads.js';
export type { SpotState } from './spot-state.js';
export {
  exchangeInfoRow,
  type SpotSymbol,
  type SpotSymbolStatus,
  spotSymbol,
} from './spot-symbol.js';
