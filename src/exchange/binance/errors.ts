import {
  type ExchangeError,
  OutcomeUnknown,
  type RefusalReason,
  RequestNotSent,
  RequestRefused,
} from '../ports/errors.js';

/** An answer that is no success. */
export interface FailedAnswer {
  readonly status: number;
  /** Parsed JSON; `undefined` if there was none. */
  readonly body: unknown;
  /** The body letter for letter, where it is no JSON. */
  readonly text?: string;
  /** For messages. */
  readonly host: string;
  /** Whether the request could change anything. */
  readonly isWrite: boolean;
  readonly retryTime: number | undefined;
}

const REASONS_BY_CODE: Readonly<Record<number, RefusalReason>> = {
  [-1002]: 'key',
  [-1003]: 'rate-limit',
  [-1013]: 'filter',
  // The service is shut down, the symbol or the book is not there: all of them pass.
  [-1016]: 'market-closed',
  [-1111]: 'filter',
  [-1015]: 'rate-limit',
  [-1021]: 'clock-skew',
  [-5028]: 'clock-skew',
  [-1022]: 'signature',
  [-1121]: 'unknown-symbol',
  [-1122]: 'market-closed',
  [-2011]: 'nothing-to-cancel',
  [-2013]: 'order-not-found',
  [-2014]: 'key',
  [-2015]: 'key',
  [-2017]: 'key',
  [-2018]: 'insufficient-balance',
  [-2019]: 'insufficient-balance',
  [-4002]: 'filter',
  [-4003]: 'filter',
  [-4004]: 'filter',
  [-4005]: 'filter',
  [-4013]: 'filter',
  [-4014]: 'filter',
  [-4016]: 'filter',
  [-4023]: 'filter',
  [-4024]: 'filter',
  [-4087]: 'not-permitted',
  [-4109]: 'not-permitted',
  [-4116]: 'duplicate-client-order-id',
  // An own order that reduces the position stands in the way.
  [-4118]: 'reduce-only',
  // The book is too far from the mark price: no rule of the order is broken.
  [-4131]: 'other',
  [-4140]: 'market-closed',
  [-4141]: 'market-closed',
  [-4142]: 'would-trigger-immediately',
  [-4164]: 'filter',
  [-4192]: 'not-permitted',
  [-4400]: 'not-permitted',
  [-4401]: 'not-permitted',
  [-4402]: 'not-permitted',
  [-4411]: 'not-permitted',
  [-5022]: 'would-match-immediately',
};
/**
 * Texts decide before codes: one code stands for many refusals, and one refusal comes with several codes (`Market is
 * closed.` with -1013 and with -2010).
 */
const REASONS_BY_TEXT: readonly (readonly [RegExp, RefusalReason])[] = [
  [
    /market is (currently )?closed|trading is not enabled|trading (is|has been) (disabled|suspended|halted)/i,
    'market-closed',
  ],
  [
    /insufficient balance|balance is (insufficient|not sufficient)|margin is insufficient/i,
    'insufficient-balance',
  ],
  [/duplicate order/i, 'duplicate-client-order-id'],
  [/trigger immediately|immediately trigger/i, 'would-trigger-immediately'],
  [/immediately match/i, 'would-match-immediately'],
  [/reduceonly/i, 'reduce-only'],
  [/whitelisted for api key/i, 'key'],
  [
    /(not permitted|restricted) for this account|disabled on this account|can not place order currently|only place reduce ?only/i,
    'not-permitted',
  ],
];
/** Reasons of spot's -1013 and of parameters say what they are by their code; the texts above are of no such code. */
const CODES_BEFORE_TEXTS: readonly number[] = [-1022, -1121, -2014, -2015, -4116];
/** No answer of the backend: it may have been executed. */
const UNKNOWN_CODES = [-1000, -1001, -1006, -1007];
/** What to do, where the text of the exchange does not say it. */
const ADVICE: Readonly<Record<number, string>> = {
  [-4411]:
    'Binance requires its agreement for TradFi perpetuals before this contract can be traded: sign it once on its futures page',
};
/** CloudFront says so where it blocks a country; its page without this sentence is a limit that passes. */
const COUNTRY_BLOCK = /block access from your country|restricted location/i;

/**
 * Turns an answer into the error of the port: what is certain is said, everything else is unknown.
 *
 * @param answer - Status, body and what was asked.
 */
export function errorFromAnswer(answer: FailedAnswer): ExchangeError {
  const { status, body, host, isWrite, retryTime } = answer;
  const { code, msg } = readBody(body);
  const details = {
    ...(code === undefined ? {} : { code }),
    ...(retryTime === undefined ? {} : { retryTime }),
    // cancelReplace says in its data which half failed.
    ...(hasData(body) ? { cause: body } : {}),
  };
  const text = msg ?? `HTTP ${status} from ${host}`;
  if (isCountryBlock(answer, msg)) {
    return new RequestRefused(
      'unavailable-here',
      `Binance is not available here: ${host} answered HTTP ${status}`,
      details,
    );
  }
  if (isBan(status, code, msg)) return new RequestRefused('banned', text, details);
  if (status === 403 && code === undefined) {
    const what = `${host} blocks this address for some minutes (HTTP 403)`;
    return new RequestRefused('rate-limit', what, details);
  }
  if (status === 429) return new RequestRefused('rate-limit', text, details);
  // Too busy (-1008) is said of writes that were executed all the same.
  if (status === 503 && code !== -1008 && isServiceUnavailable(msg)) {
    return new RequestNotSent(text, details);
  }
  const isUnknown =
    status >= 500 || status === 408 || status < 400 || UNKNOWN_CODES.includes(code ?? 0);
  if (isUnknown && isWrite) return new OutcomeUnknown(text, details);
  if (isUnknown) return new RequestNotSent(text, details);
  if (code === undefined) {
    const reason = status === 401 ? 'key' : 'malformed';
    return new RequestRefused(reason, `${text}: not an answer of Binance`, details);
  }
  const advice = ADVICE[code];
  const message = `${text} (${code})${advice === undefined ? '' : `: ${advice}`}`;
  return new RequestRefused(refusalReason(code, msg ?? ''), message, details);
}

/** Whether an answer says that the address is banned: with HTTP 418, or in the text of -1003. */
export function isBan(status: number, code: number | undefined, msg: string | undefined): boolean {
  return status === 418 || (code === -1003 && msg !== undefined && bannedUntil(msg) !== undefined);
}

/**
 * Returns the end of a ban as its text names it.
 *
 * @param text - For example `Way too many requests; IP banned until 1532118492680. …`.
 * @returns Time of the exchange, ms UTC; `undefined` if the text names none.
 */
export function bannedUntil(text: string): number | undefined {
  const stamp = /banned until (\d{13})(?!\d)/i.exec(text)?.[1];
  return stamp === undefined ? undefined : Number(stamp);
}

function isCountryBlock({ status, text = '' }: FailedAnswer, msg = ''): boolean {
  return status === 451 || (status === 403 && COUNTRY_BLOCK.test(text + msg));
}

function hasData(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'data' in body;
}

function isServiceUnavailable(msg: string | undefined): boolean {
  return msg !== undefined && /^(Service Unavailable\.|Internal error; unable)/.test(msg);
}

/**
 * Returns the reason that a code and its text stand for.
 *
 * @param code - Code of Binance.
 * @param message - Its text.
 */
export function refusalReason(code: number, message: string): RefusalReason {
  const byCode = REASONS_BY_CODE[code];
  if (byCode !== undefined && CODES_BEFORE_TEXTS.includes(code)) return byCode;
  const byText = REASONS_BY_TEXT.find(([pattern]) => pattern.test(message))?.[1];
  if (byText !== undefined) return byText;
  if (byCode !== undefined) return byCode;
  return code <= -1100 && code > -1200 ? 'malformed' : 'other';
}

/** Code and text of an answer; proxies in between write codes as texts. */
export function readBody(body: unknown): { code: number | undefined; msg: string | undefined } {
  if (typeof body !== 'object' || body === null) return { code: undefined, msg: undefined };
  const { code, msg } = body as { code?: unknown; msg?: unknown };
  const isNumber = typeof code === 'number' || (typeof code === 'string' && /^-?\d+$/.test(code));
  return {
    code: isNumber ? Number(code) : undefined,
    msg: typeof msg === 'string' ? msg : undefined,
  };
}
