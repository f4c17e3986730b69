import type { KeyObject } from 'node:crypto';
import {
  ed25519PublicKey,
  isEd25519Signature,
  isHmacSignature,
  type RequestParameters,
  socketPayload,
} from '../binance/signing.js';
import { type RawParameters, refusals } from '../simulated/index.js';

/** A key of the local exchange. */
export interface ExchangeKey {
  readonly apiKey: string;
  /** Shared secret, for HMAC. */
  readonly secret?: string;
  /** Public key in PEM, for Ed25519. */
  readonly publicKeyPem?: string;
  readonly canTrade: boolean;
  readonly canWithdraw: boolean;
  readonly isIpRestricted: boolean;
}

const KEY_FORMAT = /^[A-Za-z0-9]{16,128}$/;
const AHEAD_MS = 1_000;
const WINDOW_MS = 5_000;
const WINDOW_MS_MAX = 60_000;

/** Checks keys, signatures and timestamps as Binance does. */
export class AccessControl {
  readonly #keys = new Map<string, ExchangeKey & { readonly publicKey: KeyObject | undefined }>();

  readonly #pace: number;
  readonly #takesAnyTimestamp: boolean;

  /**
   * @param keys - Keys at the start.
   * @param timing - `speed` is the multiple of real time: requests travel in real time, whatever the clock does, so on
   *   a faster one windows are as much wider; default 1. `takesAnyTimestamp` lets clients of another time sign.
   */
  constructor(
    keys: readonly ExchangeKey[],
    {
      speed = 1,
      takesAnyTimestamp = false,
    }: { readonly speed?: number; readonly takesAnyTimestamp?: boolean } = {},
  ) {
    this.#pace = Math.max(1, speed);
    this.#takesAnyTimestamp = takesAnyTimestamp;
    for (const key of keys) this.add(key);
  }

  add(key: ExchangeKey): void {
    const { publicKeyPem } = key;
    const publicKey = publicKeyPem === undefined ? undefined : ed25519PublicKey(publicKeyPem);
    this.#keys.set(key.apiKey, { ...key, publicKey });
  }

  /** A revoked key is unknown from now on. */
  revoke(apiKey: string): void {
    this.#keys.delete(apiKey);
  }

  /**
   * Finds a key.
   *
   * @throws {Refusal} -2014 if it cannot be one, -2015 if it is none of ours.
   */
  key(apiKey: string | undefined): ExchangeKey {
    if (apiKey === undefined || !KEY_FORMAT.test(apiKey)) throw refusals.keyFormat();
    const key = this.#keys.get(apiKey);
    if (key === undefined) throw refusals.key();
    return key;
  }

  /**
   * Checks a signed REST request.
   *
   * @param apiKey - The `X-MBX-APIKEY` header.
   * @param query - Query string as received, without `?`.
   * @param body - Body as received.
   * @param parameters - Both, parsed.
   * @param serverTime - Now, ms UTC.
   * @throws {Refusal} -2014, -2015, -1102, -1021 or -1022.
   */
  checkRest(
    apiKey: string | undefined,
    query: string,
    body: string,
    parameters: RawParameters,
    serverTime: number,
  ): ExchangeKey {
    const key = this.key(apiKey);
    if (!parameters.signature) throw refusals.mandatory('signature');
    this.checkTiming(parameters, serverTime);
    this.#checkSignature(key, unsigned(query) + unsigned(body), parameters.signature);
    return key;
  }

  /**
   * Checks a signed WebSocket request.
   *
   * @throws {Refusal} -2014, -2015, -1102, -1021 or -1022.
   */
  checkSocket(parameters: RequestParameters, serverTime: number): ExchangeKey {
    const raw = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, String(value)]),
    );
    const key = this.key(raw.apiKey);
    if (!raw.signature) throw refusals.mandatory('signature');
    this.checkTiming(raw, serverTime);
    this.#checkSignature(key, socketPayload(parameters), raw.signature);
    return key;
  }

  /**
   * Checks the timestamp: less than a second ahead, no older than the window; both in real time.
   *
   * @throws {Refusal} -1102, -1100, -1131 or -1021.
   */
  checkTiming(parameters: RawParameters, serverTime: number): void {
    const { timestamp, recvWindow } = parameters;
    if (!timestamp) throw refusals.mandatory('timestamp');
    if (!/^[0-9]{1,20}$/.test(timestamp)) throw refusals.illegal('timestamp', '^[0-9]{1,20}$');
    if (recvWindow === '') throw refusals.empty('recvWindow');
    const window = recvWindow === undefined ? WINDOW_MS : Number(recvWindow);
    if (!(window >= 0)) throw refusals.illegal('recvWindow', '^[0-9]{1,5}(\\.[0-9]{1,3})?$');
    if (window > WINDOW_MS_MAX) throw refusals.wideWindow();
    if (this.#takesAnyTimestamp) return;
    // Sixteen digits are microseconds, which Binance takes too.
    const time = Number(timestamp) > 1e14 ? Number(timestamp) / 1_000 : Number(timestamp);
    if (time >= serverTime + AHEAD_MS * this.#pace) throw refusals.aheadOfServer();
    if (serverTime - time > window * this.#pace) throw refusals.outsideWindow();
  }

  #checkSignature(key: ExchangeKey, payload: string, signature: string): void {
    const { secret, publicKey } = this.#keys.get(key.apiKey) ?? {};
    const isGood =
      (secret !== undefined && isHmacSignature(secret, payload, signature)) ||
      (publicKey !== undefined && isEd25519Signature(publicKey, payload, signature));
    if (!isGood) throw refusals.badSignature();
  }
}

function unsigned(text: string): string {
  return text.replace(/(^|&)signature=[^&]*/, '');
}
