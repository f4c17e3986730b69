/** An answer that is no success, with the documented code and text. */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly status = 400,
    readonly data?: unknown,
  ) {
    super(message);
  }

  get body(): Record<string, unknown> {
    const data = this.data === undefined ? {} : { data: this.data };
    return { code: this.code, msg: this.message, ...data };
  }
}

/** Texts of errors.md (spot) and of the page of error codes (USD-M). */
export const refusals = {
  mandatory: (name: string) =>
    new Refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`),
  unread: (read: number, sent: number) =>
    new Refusal(
      -1104,
      `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent}'.`,
    ),
  notRequired: (name: string) => new Refusal(-1106, `Parameter '${name}' sent when not required.`),
  illegal: (name: string) =>
    new Refusal(
      -1100,
      `Illegal characters found in parameter '${name}'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.`,
    ),
  badValue: (name: string) => new Refusal(-1130, `Data sent for parameter '${name}' is not valid.`),
  combination: () => new Refusal(-1128, 'Combination of optional parameters invalid.'),
  precision: (name: string) => new Refusal(-1111, `Parameter '${name}' has too much precision.`),
  symbol: () => new Refusal(-1121, 'Invalid symbol.'),
  interval: () => new Refusal(-1120, 'Invalid interval.'),
  orderType: () => new Refusal(-1116, 'Invalid orderType.'),
  side: () => new Refusal(-1117, 'Invalid side.'),
  filter: (name: string) => new Refusal(-1013, `Filter failure: ${name}`),
  engine: (text: string) => new Refusal(-2010, text),
  unknownOrder: () => new Refusal(-2011, 'Unknown order sent.'),
  noSuchOrder: () => new Refusal(-2013, 'Order does not exist.'),
};
