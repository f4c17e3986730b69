import { type Clock, sleep } from '../ports/clock.js';
import { type ClockOffset, measureClockOffset, UNMEASURED_OFFSET } from '../ports/clock-offset.js';
import { OutcomeUnknown, RequestNotSent, RequestRefused } from '../ports/errors.js';
import { WeightBudget } from '../ports/weight-budget.js';
import { errorFromAnswer } from './errors.js';
import { encodeQuery, type RequestParameters, type Signer, signedQuery } from './signing.js';

/** What one endpoint needs. */
export interface EndpointCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly parameters?: RequestParameters;
  /** Weight that is reserved before sending; the answer's count replaces it. */
  readonly weight: number;
  readonly isSigned?: boolean;
  /** Only names the key, without a signature: user data streams of USD-M. */
  readonly isKeyed?: boolean;
  /** Orders use the reserve of the budget, and fail at once instead of waiting for it. */
  readonly isOrder?: boolean;
}

/** Sends bytes and returns the raw answer; the only part that touches the network. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpClientOptions {
  /** For example `https://api.binance.com`. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** Needed for signed calls. */
  readonly signer?: Signer;
  readonly budget?: WeightBudget;
  /** Real time that an answer may take; default 10,000 ms. */
  readonly timeoutMs?: number;
  /** Default 5,000 ms. */
  readonly recvWindowMs?: number;
  /** Path that tells the time; default `/api/v3/time`. */
  readonly timePath?: string;
  readonly fetch?: FetchFunction;
  /** Told before a wait for the limits. */
  readonly onWait?: (untilTime: number, reason: 'budget' | 'rate-limit' | 'banned') => void;
}

const TIMEOUT_MS = 10_000;
/** The shortest ban that Binance documents, where an answer does not say. */
const BAN_MS = 120_000;
const BODY_CHARACTERS_MAX = 64 * 1024 * 1024;

/**
 * Speaks HTTP with Binance: limits before sending, signature, and an error of the port for everything that is no
 * success. It never repeats a request, except once after a clock that was off, which Binance did not execute.
 */
export class HttpClient {
  readonly budget: WeightBudget;
  readonly #options: HttpClientOptions;
  readonly #fetch: FetchFunction;
  #offset: ClockOffset = UNMEASURED_OFFSET;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.budget = options.budget ?? new WeightBudget();
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
  }

  get offset(): ClockOffset {
    return this.#offset;
  }

  /** Clock of the exchange as far as measured, ms UTC. */
  now(): number {
    return this.#options.clock.now() + this.#offset.offsetMs;
  }

  /** Asks the exchange for the time and takes the offset. */
  async synchronize(): Promise<number> {
    const { clock, timePath = '/api/v3/time' } = this.#options;
    const sentTime = clock.now();
    const answer = await this.call({ method: 'GET', path: timePath, weight: 1 });
    const serverTime = Number((answer as { serverTime?: unknown } | null)?.serverTime);
    if (!Number.isSafeInteger(serverTime)) {
      throw new RequestRefused('other', `${this.#options.baseUrl} did not tell the time`);
    }
    this.#offset = measureClockOffset(sentTime, clock.now(), serverTime) ?? this.#offset;
    return serverTime;
  }

  /**
   * Calls an endpoint.
   *
   * @returns The parsed JSON answer; numbers beyond 2^53 become texts.
   * @throws {RequestRefused} If the exchange declined.
   * @throws {RequestNotSent} If it was not executed for certain.
   * @throws {OutcomeUnknown} If a request that writes may have been executed.
   */
  async call(call: EndpointCall): Promise<unknown> {
    await this.#awaitBudget(call);
    try {
      return await this.#send(call);
    } catch (error) {
      const isSkewed = error instanceof RequestRefused && error.reason === 'clock-skew';
      if (!isSkewed || call.isSigned !== true) throw error;
      await this.synchronize();
      return this.#send(call);
    }
  }

  async #awaitBudget(call: EndpointCall): Promise<void> {
    const { clock, onWait } = this.#options;
    for (;;) {
      const decision = this.budget.request(clock.now(), call.weight, call.isOrder);
      if (decision.kind === 'go') return;
      if (call.isOrder === true) {
        throw new RequestNotSent(`Not sent: ${decision.reason}`, { retryTime: decision.untilTime });
      }
      onWait?.(decision.untilTime, decision.reason);
      await sleep(clock, Math.max(1, decision.untilTime - clock.now()));
    }
  }

  async #send(call: EndpointCall): Promise<unknown> {
    const { clock, signer, timeoutMs = TIMEOUT_MS, baseUrl } = this.#options;
    const query = this.#query(call);
    const url = `${baseUrl}${call.path}${query === '' ? '' : `?${query}`}`;
    const controller = new AbortController();
    const cancel = clock.after(timeoutMs, () => controller.abort());
    let text: string;
    let response: Response;
    try {
      response = await this.#fetch(url, {
        method: call.method,
        signal: controller.signal,
        redirect: 'error',
        ...((call.isSigned === true || call.isKeyed === true) && signer !== undefined
          ? { headers: { 'X-MBX-APIKEY': signer.apiKey } }
          : {}),
      });
      text = await response.text();
    } catch (error) {
      throw connectionError(call, baseUrl, error);
    } finally {
      cancel();
    }
    const now = clock.now();
    const used = Number(response.headers.get('x-mbx-used-weight-1m') ?? Number.NaN);
    if (Number.isFinite(used)) this.budget.reportUsed(now, used);
    const body = text.length > BODY_CHARACTERS_MAX ? undefined : parseExactJson(text);
    if (response.status === 200 && body !== undefined) return body;
    const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1_000;
    if (response.status === 429) this.budget.pauseUntil(now + Math.max(retryAfterMs, 1_000));
    if (response.status === 418) this.budget.banUntil(now + (retryAfterMs || BAN_MS));
    throw errorFromAnswer({
      status: response.status,
      body,
      host: new URL(baseUrl).host,
      isWrite: call.method !== 'GET',
      retryTime: retryAfterMs > 0 ? now + retryAfterMs : undefined,
    });
  }

  #query(call: EndpointCall): string {
    const { signer, recvWindowMs } = this.#options;
    if (call.isSigned !== true) return encodeQuery(call.parameters ?? {});
    if (signer === undefined) throw new RequestNotSent(`No key for ${call.path}`);
    // Signed as late as possible: a timestamp must not age before it leaves.
    return signedQuery(signer, {
      ...call.parameters,
      recvWindow: recvWindowMs,
      timestamp: this.now(),
    });
  }
}

/** Errors before any byte could have reached the exchange. */
const NOT_CONNECTED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

function connectionError(call: EndpointCall, baseUrl: string, error: unknown): Error {
  const code = causeCode(error);
  const message = `${call.method} ${call.path} at ${new URL(baseUrl).host}: ${code ?? (error instanceof Error ? error.message : 'failed')}`;
  const isCertain = code !== undefined && NOT_CONNECTED.includes(code);
  if (isCertain || call.method === 'GET') return new RequestNotSent(message, { cause: error });
  return new OutcomeUnknown(message, { cause: error });
}

function causeCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'AbortError') return 'timeout';
  const { code, cause, errors } = error as Error & {
    code?: unknown;
    cause?: unknown;
    errors?: unknown[];
  };
  if (typeof code === 'string') return code;
  return causeCode(cause) ?? causeCode(errors?.[0]);
}

/**
 * Parses JSON without losing digits: whole numbers beyond 2^53 become texts.
 *
 * @param text - Any text.
 * @returns `undefined` if it is no JSON.
 */
export function parseExactJson(text: string): unknown {
  try {
    // Sixteen digits and more may exceed 2^53; only outside of strings, where `:`, `[` or `,` comes before.
    const isRisky = /[:[,]\s*-?\d{16,}/.test(text);
    return JSON.parse(
      isRisky ? text.replace(/([:[,]\s*)(-?\d{16,})(?=\s*[,\]}])/g, '$1"$2"') : text,
    ) as unknown;
  } catch {
    return undefined;
  }
}
