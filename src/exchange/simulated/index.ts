export { candlePath, type PathCandle, type PricePoint } from './candle-path.js';
export { quotesWithoutBnbPrice } from './commission.js';
export { generateId } from './generate-id.js';
export type { Liquidity } from './order-book.js';
export {
  CANCEL_REPLACE_PARAMETERS,
  fromOldOCO,
  readOCOTerms,
  readOrderTerms,
} from './order-parameters.js';
export type { OrderKey } from './order-table.js';
export { mandatory, optionalInteger, type RawParameters, readClientId } from './parameters.js';
export { candlesOnGrid } from './price-grid.js';
export { Refusal, refusals, usdmRefusals } from './refusal.js';
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
export { parseState } from './state-text.js';
export { splitSymbol } from './symbol-grid.js';
export { tickSizeOf } from './tick-size.js';
export {
  UsdmExchange,
  type UsdmExchangeOptions,
  type UsdmSurroundings,
} from './usdm-exchange.js';
export type { AlgoOrder, UsdmOrder, UsdmTrade } from './usdm-order.js';
export { readAlgoOrderTerms, readUsdmChange, readUsdmOrderTerms } from './usdm-parameters.js';
export {
  algoCancelPayload,
  algoOrderPayload,
  balancePayload,
  changedUsdmOrderPayload,
  incomePayload,
  leverageBracketPayload,
  newAlgoOrderPayload,
  newUsdmOrderPayload,
  usdmAccountPayload,
  usdmOrderPayload,
  usdmTradePayload,
} from './usdm-payloads.js';
export type { UsdmState } from './usdm-state.js';
export {
  notionalMaxAt,
  type UsdmSymbol,
  type UsdmSymbolStatus,
  usdmExchangeInfoRow,
  usdmSymbol,
} from './usdm-symbol.js';
