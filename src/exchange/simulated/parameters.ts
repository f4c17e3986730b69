import { type Decimal, parseDecimal } from '../../domain/index.js';
import type { BookSide } from './order-book.js';
import { refusals } from './refusal.js';

/** Parameters of a request as they came over the wire. */
export type RawParameters = Readonly<Record<string, string>>;

const NUMBER = /^([0-9]{1,20})(\.[0-9]{1,20})?$/;
const NUMBER_LEGAL = '^([0-9]{1,20})(\\.[0-9]{1,20})?$';
/** What a client id may look like, and how a refusal says so. */
interface ClientIdRule {
  readonly pattern: RegExp;
  readonly legal: string;
}
const SPOT_CLIENT_ID: ClientIdRule = {
  pattern: /^[a-zA-Z0-9\-_]{1,36}$/,
  legal: '^[a-zA-Z0-9-_]{1,36}$',
};
/** Read by the exchange on every signed request. */
export const COMMON_PARAMETERS = ['timestamp', 'recvWindow', 'signature', 'apiKey'];

/**
 * Returns a parameter that must be there.
 *
 * @throws {Refusal} -1102 if it is missing or empty.
 */
export function mandatory(raw: RawParameters, name: string): string {
  const value = raw[name];
  if (value === undefined || value === '') throw refusals.mandatory(name);
  return value;
}

/**
 * Returns an integer parameter, or `undefined` where it was not sent.
 *
 * @throws {Refusal} -1100 if it is no whole number.
 */
export function optionalInteger(raw: RawParameters, name: string): number | undefined {
  const value = raw[name];
  if (value === undefined) return undefined;
  if (value === '') throw refusals.empty(name);
  if (!/^[0-9]{1,20}$/.test(value)) throw refusals.illegal(name, '^[0-9]{1,20}$');
  return Number(value);
}

/** Returns a parameter that may be left out, but not sent empty. @throws {Refusal} -1105. */
export function optionalWord(raw: RawParameters, name: string): string | undefined {
  const value = raw[name];
  if (value === '') throw refusals.empty(name);
  return value;
}

/**
 * Returns a client id, or `undefined` where none was sent.
 *
 * @throws {Refusal} -1100 if it has characters that are not allowed, or more than 36.
 */
export function readClientId(
  raw: RawParameters,
  name: string,
  { pattern, legal }: ClientIdRule = SPOT_CLIENT_ID,
): string | undefined {
  const value = raw[name];
  if (value === undefined) return undefined;
  if (value === '') throw refusals.empty(name);
  if (!pattern.test(value)) throw refusals.illegal(name, legal);
  return value;
}

/** Returns the side. @throws {Refusal} -1102 or -1117. */
export function readSide(raw: RawParameters): BookSide {
  const side = mandatory(raw, 'side');
  if (side !== 'BUY' && side !== 'SELL') throw refusals.invalidSide();
  return side;
}

/** Returns a decimal above 0 that must be there. @throws {Refusal} -1102, -1100, -1111 or -1013. */
export function number(raw: RawParameters, name: string): Decimal {
  const text = mandatory(raw, name);
  if (!NUMBER.test(text)) throw refusals.illegal(name, NUMBER_LEGAL);
  const value = parseDecimal(text);
  if (value === undefined) throw refusals.precision(name);
  if (value === 0n) {
    throw name.toLowerCase().includes('price')
      ? refusals.invalidPrice()
      : refusals.invalidQuantity();
  }
  return value;
}

/** Returns 0. @throws {Refusal} -1106 if the parameter was sent. */
export function forbidden(raw: RawParameters, name: string): Decimal {
  if (raw[name] !== undefined) throw refusals.notRequired(name);
  return 0n;
}

/** @throws {Refusal} -1104 if something was sent that the endpoint does not read. */
export function refuseUnread(raw: RawParameters, known: readonly string[]): void {
  const sent = Object.keys(raw);
  const read = sent.filter((name) => known.includes(name));
  if (read.length < sent.length) throw refusals.unread(read.length, sent.length);
}
