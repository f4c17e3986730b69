import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { Refusal, refusals } from './refusal.js';

/** A key of the account: with a shared secret (HMAC), or the public half of an Ed25519 pair. */
export type AccountKey = { readonly apiKey: string } & (
  | { readonly secret: string }
  | { readonly publicKeyPem: string }
);

/** Real ms that a request from the future may be early. */
const EARLY_MS = 1_000;

/** Checks who signed what, and when. */
export class Access {
  readonly #keys: readonly AccountKey[];
  readonly #now: () => number;
  /** A clock that goes faster makes the windows shorter in real time: they are stretched by as much. */
  readonly #speed: number;

  constructor(keys: readonly AccountKey[], now: () => number, speed: number) {
    this.#keys = keys;
    this.#now = now;
    this.#speed = speed;
  }

  requireKey(apiKey: string | undefined): AccountKey {
    if (apiKey === undefined || apiKey === '') {
      throw new Refusal(-2014, 'API-key format invalid.', 401);
    }
    const key = this.#keys.find((one) => one.apiKey === apiKey);
    if (key !== undefined) return key;
    throw new Refusal(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
  }

  /** Rules of rest-api.md, "SIGNED endpoint security" and "Timing security". */
  requireSignature(
    key: AccountKey,
    payload: string,
    signature: string,
    terms: { readonly timestamp: string | undefined; readonly recvWindow: string | undefined },
  ): void {
    const { timestamp, recvWindow = '5000' } = terms;
    if (timestamp === undefined || !/^\d{13,16}$/.test(timestamp))
      throw refusals.mandatory('timestamp');
    if (!(Number(recvWindow) <= 60_000)) {
      throw new Refusal(
        -1131,
        "'recvWindow' contains unexpected value. Cannot be greater than 60000.",
      );
    }
    if (!isSignature(key, payload, signature)) {
      throw new Refusal(-1022, 'Signature for this request is not valid.');
    }
    const age = this.#now() - Number(timestamp);
    if (age <= -EARLY_MS * this.#speed) {
      throw new Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    }
    if (age > Number(recvWindow) * this.#speed) {
      throw new Refusal(-1021, 'Timestamp for this request is outside of the recvWindow.');
    }
  }
}

function isSignature(key: AccountKey, payload: string, signature: string): boolean {
  const bytes = Buffer.from(payload, 'utf8');
  if ('publicKeyPem' in key) {
    const given = Buffer.from(signature, 'base64');
    return given.length === 64 && verify(null, bytes, createPublicKey(key.publicKeyPem), given);
  }
  const expected = createHmac('sha256', key.secret).update(bytes).digest('hex');
  const given = Buffer.from(signature.toLowerCase());
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}

/** What a WebSocket request signs: all its parameters but the signature, by name. */
export function socketPayload(params: Readonly<Record<string, unknown>>): string {
  return Object.keys(params)
    .filter((name) => name !== 'signature')
    .sort()
    .map((name) => `${name}=${String(params[name])}`)
    .join('&');
}
