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

/** Every refusal that the simulated spot exchange knows; each call makes a new one. */
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
