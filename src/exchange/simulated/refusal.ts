/** A request that the exchange declines, with the code, text and HTTP status that Binance gives. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;
  readonly status: number;
  /** Further members of the answer. */
  readonly data: unknown;

  constructor(code: number, message: string, options: { status?: number; data?: unknown } = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.data = options.data;
  }
}

const engine = (message: string) => (): Refusal => new Refusal(-2010, message);
const fixed =
  (code: number, message: string, status = 400) =>
  (): Refusal =>
    new Refusal(code, message, { status });

/** Refusals of both markets, and those of spot; each call makes a new one. */
export const refusals = {
  mandatory: (name: string) =>
    new Refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`),
  illegal: (name: string, legal: string) =>
    new Refusal(
      -1100,
      `Illegal characters found in parameter '${name}'; legal range is '${legal}'.`,
    ),
  notRequired: (name: string) => new Refusal(-1106, `Parameter '${name}' sent when not required.`),
  empty: (name: string) => new Refusal(-1105, `Parameter '${name}' was empty.`),
  unread: (read: number, sent: number) =>
    new Refusal(
      -1104,
      `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent}'.`,
    ),
  precision: (name: string) => new Refusal(-1111, `Parameter '${name}' has too much precision.`),
  combination: fixed(-1128, 'Combination of optional parameters invalid.'),
  invalidTimeInForce: fixed(-1115, 'Invalid timeInForce.'),
  invalidType: fixed(-1116, 'Invalid orderType.'),
  invalidSide: fixed(-1117, 'Invalid side.'),
  invalidInterval: fixed(-1120, 'Invalid interval.'),
  invalidSymbol: fixed(-1121, 'Invalid symbol.'),
  invalidParameter: (name: string) =>
    new Refusal(-1130, `Data sent for parameter '${name}' is not valid.`),
  invalidQuantity: fixed(-1013, 'Invalid quantity.'),
  invalidPrice: fixed(-1013, 'Invalid price.'),
  filter: (name: string) => new Refusal(-1013, `Filter failure: ${name}`),
  outsideWindow: fixed(-1021, 'Timestamp for this request is outside of the recvWindow.'),
  aheadOfServer: fixed(-1021, "Timestamp for this request was 1000ms ahead of the server's time."),
  wideWindow: fixed(-1131, 'recvWindow must be less than 60000.'),
  badSignature: fixed(-1022, 'Signature for this request is not valid.'),
  keyFormat: fixed(-2014, 'API-key format invalid.', 401),
  key: fixed(-2015, 'Invalid API-key, IP, or permissions for action.', 401),
  insufficientBalance: engine('Account has insufficient balance for requested action.'),
  duplicate: engine('Duplicate order sent.'),
  marketClosed: engine('Market is closed.'),
  wouldTrigger: engine('Order would trigger immediately.'),
  wouldMatch: engine('Order would immediately match and take.'),
  priceRelationship: engine('The relationship of the prices for the orders is not correct.'),
  trailingNotAllowed: engine('Trailing stop orders are not supported for this symbol.'),
  icebergNotAllowed: engine('Iceberg orders are not supported for this symbol.'),
  nothingToCancel: fixed(-2011, 'Unknown order sent.'),
  orderNotFound: fixed(-2013, 'Order does not exist.'),
  idsDisagree: fixed(-2039, 'Client order ID is not correct for this order ID.'),
} as const;

/** Refusals of USD-M only; each call makes a new one. */
export const usdmRefusals = {
  precision: fixed(-1111, 'Precision is over the maximum defined for this asset.'),
  invalidResponseType: fixed(-1136, 'Invalid newOrderRespType.'),
  invalidListenKey: fixed(-1125, 'This listenKey does not exist.'),
  insufficientBalance: fixed(-2018, 'Balance is insufficient.'),
  insufficientMargin: fixed(-2019, 'Margin is insufficient.'),
  wouldTrigger: fixed(-2021, 'Order would immediately trigger.'),
  reduceOnly: fixed(-2022, 'ReduceOnly Order is rejected.'),
  tooManyOrders: fixed(-2025, 'Reach max open order limit.'),
  positionTooLarge: fixed(-2027, 'Exceeded the maximum allowable position at current leverage.'),
  leverageTooSmall: fixed(
    -2028,
    'Leverage is smaller than permitted: insufficient margin balance.',
  ),
  priceTooHigh: fixed(-4002, 'Price greater than max price.'),
  noQuantity: fixed(-4003, 'Quantity less than zero.'),
  quantityTooSmall: fixed(-4004, 'Quantity less than min quantity.'),
  quantityTooLarge: fixed(-4005, 'Quantity greater than max quantity.'),
  priceTooLow: fixed(-4013, 'Price less than min price.'),
  tick: fixed(-4014, 'Price not increased by tick size.'),
  aboveMultiplier: (bound: string) =>
    new Refusal(-4016, `Limit price can't be higher than ${bound}.`),
  step: fixed(-4023, 'Qty not increased by step size.'),
  belowMultiplier: (bound: string) =>
    new Refusal(-4024, `Limit price can't be lower than ${bound}.`),
  leverage: (value: number) => new Refusal(-4028, `Leverage ${value} is not valid`),
  tooManyAlgoOrders: fixed(-4045, 'Reach max stop order limit.'),
  sameMarginType: fixed(-4046, 'No need to change margin type.'),
  marginTypeWithOrders: fixed(-4047, 'Margin type cannot be changed if there exists open orders.'),
  marginTypeWithPosition: fixed(-4048, 'Margin type cannot be changed if there exists position.'),
  samePositionMode: fixed(-4059, 'No need to change position side.'),
  positionSide: fixed(-4061, "Order's position side does not match user's setting."),
  duplicate: fixed(-4116, 'clientOrderId is duplicated'),
  algoOnly: fixed(
    -4120,
    'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
  ),
  marketOutsideBound: fixed(
    -4131,
    "The counterparty's best price does not meet the PERCENT_PRICE filter limit",
  ),
  quantityWithClose: fixed(-4137, 'Quantity must be zero with closePosition equals true'),
  reduceOnlyWithClose: fixed(-4138, 'Reduce only must be true with closePosition equals true'),
  closed: fixed(-4140, 'Invalid symbol status for opening position.'),
  lowerLeverage: fixed(
    -4161,
    'Leverage reduction is not supported in Isolated Margin Mode with open positions',
  ),
  notional: (least: string) =>
    new Refusal(
      -4164,
      `Order's notional must be no smaller than ${least} (unless you choose reduce only)`,
    ),
  fillOrKill: fixed(
    -5021,
    'Due to the order could not be filled immediately, the FOK order has been rejected.',
  ),
  wouldMatch: fixed(
    -5022,
    'Due to the order could not be executed as maker, the Post Only order will be rejected.',
  ),
  modifiesLimitOnly: fixed(-5025, 'Only limit order is supported.'),
  sameOrder: fixed(-5027, 'No need to modify the order.'),
  notSimulated: (what: string) => new Refusal(-1020, `${what} is not supported by this exchange.`),
} as const;
