export { type CsvRecord, csvField, csvFieldText, csvRecords } from './csv-text.js';
export {
  DECIMAL_ONE,
  DECIMAL_PLACES,
  type Decimal,
  decimal,
  decimalFromNumber,
  decimalToNumber,
  divideDecimals,
  formatDecimal,
  maxDecimal,
  minDecimal,
  multiplyDecimals,
  parseDecimal,
  type Rounding,
  roundToStep,
  stepPlaces,
  trimDecimal,
} from './decimal.js';
export { UsageError, UserError } from './errors.js';
export { DIRECTIONS, type Direction, MARKETS, type Market, type PositionSide } from './market.js';
export { type PrintableKeep, printable } from './printable.js';
export { QUOTE_ASSETS, quoteAsset } from './quote-asset.js';
export { plainNumber, readDecimal } from './read-decimal.js';
export {
  countSetting,
  isSwitchedOn,
  numberSetting,
  ownersOf,
  type Setting,
  type SettingCheck,
  type SettingIdentity,
  type SettingOutline,
  type SettingScope,
  type SettingSection,
  type SettingValue,
  type SettingValues,
  switchSetting,
  textSetting,
  type ValuesOf,
  wordSetting,
} from './setting.js';
export { parseSymbol } from './symbol.js';
export {
  candleOpenTime,
  DAY_MS,
  parseTimeframe,
  TIMEFRAMES,
  type Timeframe,
  timeframeMs,
} from './timeframe.js';
export type { ExitReason, Trade } from './trade.js';
export { TRADE_LOG_COLUMNS, type TradeLogSubject, tradeLogCsv } from './trade-log.js';
export { parseUtcTime } from './utc-time.js';
