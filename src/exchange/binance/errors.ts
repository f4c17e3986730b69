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
  /** For messages. */
  readonly host: string;
  /** Whether the request could change anything. */
  readonly isWrite: boolean;
  readonly retryTime: number | undefined;
}

const REASONS_BY_CODE: Readonly<Record<number, RefusalReason>> = {
  [-1003]: 'rate-limit',
  [-1013]: 'filter',
  [-1111]: 'filter',
  [-1015]: 'rate-limit',
  [-1021]: 'clock-skew',
  [-5028]: 'clock-skew',
  [-1022]: 'signature',
  [-1121]: 'unknown-symbol',
  [-2011]: 'nothing-to-cancel',
  [-2013]: 'order-not-found',
  [-2014]: 'key',
  [-2015]: 'key',
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
  // The book is too far from the mark price: no rule of the order is broken.
  [-4131]: 'other',
  [-4164]: 'filter',
  [-4116]: 'duplicate-client-order-id',
  [-4140]: 'market-closed',
  [-4141]: 'market-closed',
  [-4142]: 'would-trigger-immediately',
  [-5022]: 'would-match-immediately',
};
/** -2010 says why only in its text. */
const REASONS_BY_TEXT: readonly (readonly [RegExp, RefusalReason])[] = [
  [/insufficient balance/i, 'insufficient-balance'],
  [/duplicate order/i, 'duplicate-client-order-id'],
  [/trigger immediately|immediately trigger/i, 'would-trigger-immediately'],
  [/reduceonly/i, 'reduce-only'],
  [/immediately match/i, 'would-match-immediately'],
  [/market is closed/i, 'market-closed'],
];
/** No answer of the backend: it may have been executed. */
const UNKNOWN_CODES = [-1000, -1001, -1006, -1007];

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
  if (status === 403 || status === 451) {
    return new RequestRefused(
      'unavailable-here',
      `Binance is not available here: ${host} answered HTTP ${status}`,
      details,
    );
  }
  if (status === 418) return new RequestRefused('banned', text, details);
  if (status === 429) return new RequestRefused('rate-limit', text, details);
  if (status === 503 && (code === -1008 || isServiceUnavailable(msg))) {
    return new RequestNotSent(text, details);
  }
  const isUnknown =
    status >= 500 || status === 408 || status < 400 || UNKNOWN_CODES.includes(code ?? 0);
  if (isUnknown && isWrite) return new OutcomeUnknown(text, details);
  if (isUnknown) return new RequestNotSent(text, details);
  if (code === undefined) {
    return new RequestRefused('malformed', `${text}: not an answer of Binance`, details);
  }
  return new RequestRefused(refusalReason(code, msg ?? ''), `${text} (${code})`, details);
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
  if (code === -2010 || code === -2021 || code === -2022) {
    return REASONS_BY_TEXT.find(([pattern]) => pattern.test(message))?.[1] ?? 'other';
  }
  const reason = REASONS_BY_CODE[code];
  if (reason !== undefined) return reason;
  return code <= -1100 && code > -1200 ? 'malformed' : 'other';
}

function readBody(body: unknown): { code: number | undefined; msg: string | undefined } {
  if (typeof body !== 'object' || body === null) return { code: undefined, msg: undefined };
  const { code, msg } = body as { code?: unknown; msg?: unknown };
  return {
    code: typeof code === 'number' ? code : undefined,
    msg: typeof msg === 'string' ? msg : undefined,
  };
}
