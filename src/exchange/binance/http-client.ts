import { type Clock, type SendPermit, sendPermit, sleep } from '../ports/clock.js';
import { type ClockOffset, measureClockOffset, UNMEASURED_OFFSET } from '../ports/clock-offset.js';
import { OutcomeUnknown, RequestNotSent, RequestRefused } from '../ports/errors.js';
import { SteadyClock } from '../ports/steady-clock.js';
import { WeightBudget } from '../ports/weight-budget.js';
import { errorFromAnswer } from './errors.js';
import { limitEnd } from './limit-end.js';
import { readLimitedBody } from './limited-body.js';
import { encodeQuery, type RequestParameters, type Signer, signedQuery } from './signing.js';
import { wrongPageText } from './wrong-page.js';

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
  /** Requests that write use the reserve of the budget, and are given up instead of being sent late. */
  readonly isOrder?: boolean;
  /** Of a request that writes: until when it may leave; default `sendMs` from the call on. */
  readonly permit?: SendPermit;
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
  /** How late a request that writes may leave; default 3,000 ms. */
  readonly sendMs?: number;
  /** Default 5,000 ms. */
  readonly recvWindowMs?: number;
  /** Path that tells the time; default `/api/v3/time`. */
  readonly timePath?: string;
  readonly fetch?: FetchFunction;
  /** Ends waits for the limits. */
  readonly signal?: AbortSignal;
  /** Called when an answer says that the address is banned: until when, by `clock`, ms UTC. */
  readonly onBan?: (untilTime: number) => void;
  /** Called before a wait for the limits. */
  readonly onWait?: (untilTime: number, reason: 'budget' | 'rate-limit' | 'banned') => void;
}

const TIMEOUT_MS = 10_000;
const SEND_MS = 3_000;
const BODY_BYTES_MAX = 64 * 1024 * 1024;
/** So much of a page that is no JSON is looked at. */
const PAGE_CHARACTERS_MAX = 10_000;
/** How long a wait for a limit goes on without a look at the clock, ms. */
const LOOK_MS = 15_000;
/** Why a request that writes is not sent. */
const WAITS = {
  budget: 'the request weight of this minute is used up',
  'rate-limit': 'the exchange requested a pause',
  banned: 'the exchange banned this address',
} as const;

/**
 * Speaks HTTP with Binance: limits before sending, signature, and an error of the port for everything that is no
 * success. It never repeats a request, except once after a clock that was off, which Binance did not execute. A request
 * that writes leaves within seconds or not at all: whoever asked for it has given it up later.
 */
export class HttpClient {
  readonly budget: WeightBudget;
  readonly #options: HttpClientOptions;
  readonly #fetch: FetchFunction;
  /** Its own, so that nobody moves it between two measurements of the offset. */
  readonly #clock: SteadyClock;
  #offset: ClockOffset = UNMEASURED_OFFSET;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#clock = new SteadyClock(options.clock);
    this.budget = options.budget ?? new WeightBudget();
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
  }

  get offset(): ClockOffset {
    return this.#offset;
  }

  /** Clock of the exchange as far as measured, ms UTC. */
  now(): number {
    return this.#clock.now() + this.#offset.offsetMs;
  }

  /** Asks the exchange for the time and takes the offset. */
  synchronize(): Promise<number> {
    return this.#measure(undefined);
  }

  /** With a permit the question is as urgent as what it is asked for. */
  async #measure(permit: SendPermit | undefined): Promise<number> {
    const { timePath = '/api/v3/time' } = this.#options;
    const clock = this.#clock;
    const call = { method: 'GET', path: timePath, weight: 1 } as const;
    await this.#awaitBudget(call, permit);
    const sentTime = clock.now();
    const answer = await this.#send(call, permit);
    const serverTime = Number((answer as { serverTime?: unknown } | null)?.serverTime);
    if (!Number.isSafeInteger(serverTime)) {
      throw new RequestRefused('other', `${this.#options.baseUrl} did not return the time`);
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
    const { sendMs = SEND_MS } = this.#options;
    const permit =
      call.isOrder === true ? (call.permit ?? sendPermit(this.#clock, sendMs)) : undefined;
    await this.#awaitBudget(call, permit);
    try {
      return await this.#send(call, permit);
    } catch (error) {
      const isSkewed = error instanceof RequestRefused && error.reason === 'clock-skew';
      if (!isSkewed || call.isSigned !== true) throw error;
      await this.#setClock(permit, error);
      await this.#awaitBudget(call, permit);
      return this.#send(call, permit);
    }
  }

  /** Measures the clock again after a refusal; for a request that writes only as long as it may leave. */
  async #setClock(permit: SendPermit | undefined, refusal: RequestRefused): Promise<void> {
    if (permit === undefined) {
      await this.synchronize();
      return;
    }
    const problem = await Promise.race([
      this.#measure(permit).then(
        () => undefined,
        (error: unknown) => error,
      ),
      sleep(this.#options.clock, Math.max(1, permit.remainingMs())).then(
        () => new RequestNotSent('no answer in time'),
      ),
    ]);
    if (problem === undefined) return;
    if (!(problem instanceof RequestNotSent)) throw refusal;
    const { retryTime } = problem;
    throw new RequestNotSent(
      `Not sent: ${refusal.message}, and the clock was not measured: ${problem.message}`,
      { cause: refusal, ...(retryTime !== undefined && { retryTime }) },
    );
  }

  /** Waits for the limits; a request that writes is given up where it would leave too late. */
  async #awaitBudget(call: EndpointCall, permit: SendPermit | undefined): Promise<void> {
    const { onWait, signal } = this.#options;
    const clock = this.#clock;
    let saidTime: number | undefined;
    for (;;) {
      const now = this.#latestNow();
      const decision = this.budget.request(now, call.weight, permit !== undefined);
      if (decision.kind === 'go') return;
      const { untilTime, reason } = decision;
      if (permit !== undefined && untilTime - now >= permit.remainingMs()) {
        throw new RequestNotSent(`Not sent: ${WAITS[reason]}`, {
          retryTime: this.#outside(untilTime),
        });
      }
      if (saidTime !== untilTime) onWait?.(this.#outside(untilTime), reason);
      saidTime = untilTime;
      // The machine may have slept meanwhile: then it is over earlier than this clock says.
      await sleep(clock, Math.min(Math.max(1, untilTime - now), LOOK_MS), signal);
      if (signal?.aborted === true) throw new RequestNotSent('Not sent: stopped');
    }
  }

  /** Waits until limits and bans allow a question of this weight that goes another way, as over a WebSocket. */
  async untilAllowed(weight: number): Promise<void> {
    await this.#awaitBudget({ method: 'GET', path: '', weight }, undefined);
  }

  /** Takes a limit or a ban from an answer that came another way. */
  reportLimit(status: number, body: unknown): void {
    this.#applyLimit(status, undefined, body);
  }

  async #send(call: EndpointCall, permit: SendPermit | undefined): Promise<unknown> {
    const { clock, signer, timeoutMs = TIMEOUT_MS, baseUrl } = this.#options;
    if (permit !== undefined && permit.remainingMs() <= 0) {
      throw new RequestNotSent('Not sent: it would have been too late');
    }
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
        // Followed, a request would be sent again, to somebody else.
        redirect: 'manual',
        ...((call.isSigned === true || call.isKeyed === true) && signer !== undefined
          ? { headers: { 'X-MBX-APIKEY': signer.apiKey } }
          : {}),
      });
      const body = await readLimitedBody(response, { bytesMax: BODY_BYTES_MAX });
      text = new TextDecoder().decode(body);
    } catch (error) {
      throw connectionError(call, baseUrl, error);
    } finally {
      cancel();
    }
    const used = Number(response.headers.get('x-mbx-used-weight-1m') ?? Number.NaN);
    if (Number.isFinite(used)) this.budget.reportUsed(this.#latestNow(), used);
    const body = parseExactJson(text);
    if (response.status === 200 && body !== undefined) return body;
    const wrongPage = wrongPageText(new URL(baseUrl).host, response, text);
    if (wrongPage !== undefined) {
      throw call.method === 'GET' ? new RequestNotSent(wrongPage) : new OutcomeUnknown(wrongPage);
    }
    throw errorFromAnswer({
      status: response.status,
      body,
      ...(body === undefined ? { text: text.slice(0, PAGE_CHARACTERS_MAX) } : {}),
      host: new URL(baseUrl).host,
      isWrite: call.method !== 'GET',
      retryTime: this.#applyLimit(
        response.status,
        response.headers.get('retry-after') ?? undefined,
        body,
      ),
    });
  }

  /** Takes a limit or a ban from an answer. Returns when such requests may be sent again, by our clock. */
  #applyLimit(status: number, retryAfter: string | undefined, body: unknown): number | undefined {
    const now = this.#latestNow();
    const { offsetMs } = this.#offset;
    const limit = limitEnd({
      status,
      retryAfter,
      body,
      now,
      exchangeNow: now + offsetMs,
    });
    if (limit?.kind === 'ban') {
      this.budget.banUntil(limit.untilTime);
      this.#options.onBan?.(limit.untilTime);
    }
    if (limit?.kind === 'pause') this.budget.pauseUntil(limit.untilTime);
    return limit === undefined ? undefined : this.#outside(limit.untilTime);
  }

  /** Now, as late as it is proven to be: limits end by the time of the exchange. */
  #latestNow(): number {
    const { clock } = this.#options;
    return this.#clock.now() + (clock instanceof SteadyClock ? clock.lagMs : 0);
  }

  /** An instant by the clock of the caller, which may have been put right meanwhile. */
  #outside(time: number): number {
    return time - this.#clock.now() + this.#options.clock.now();
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

const TEXT_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON without losing digits: whole numbers beyond 2^53 become texts.
 *
 * @param text - Any text.
 * @returns `undefined` if it is no JSON.
 */
export function parseExactJson(text: string): unknown {
  try {
    // Sixteen digits and more may exceed 2^53; what looks like it inside of a text stays as it is.
    const isRisky = /\d{16,}/.test(text);
    return JSON.parse(
      isRisky
        ? text.replace(TEXT_OR_LONG_NUMBER, (found) =>
            found.startsWith('"') ? found : `"${found}"`,
          )
        : text,
    ) as unknown;
  } catch {
    return undefined;
  }
}
