import { printable } from '../../domain/index.js';

/**
 * What is known about a request that did not succeed.
 *
 * - `refused`: the exchange received and declined it; nothing happened.
 * - `not-sent`: it never reached the exchange, or the exchange said that it did not execute it.
 * - `unknown`: it may have been executed; the caller asks by client order id, and never just sends again.
 */
export type RequestOutcome = 'refused' | 'not-sent' | 'unknown';

/** Why a request was refused, in words that do not depend on the exchange. */
export type RefusalReason =
  | 'insufficient-balance'
  | 'duplicate-client-order-id'
  | 'would-trigger-immediately'
  | 'would-match-immediately'
  /** The market stands still; it opens again. */
  | 'market-closed'
  /** USD-M: no position is there that the order could reduce, or other orders that reduce it leave nothing to it. */
  | 'reduce-only'
  /** The account may not do this here, or not now: an agreement is not signed, only reducing is allowed. */
  | 'not-permitted'
  | 'filter'
  | 'order-not-found'
  | 'nothing-to-cancel'
  | 'replace-cancel-failed'
  | 'replace-order-failed'
  | 'clock-skew'
  | 'signature'
  | 'key'
  | 'unknown-symbol'
  /** A limit that passes, also one of the firewall in front of the exchange. */
  | 'rate-limit'
  | 'banned'
  /** Binance does not serve this country. */
  | 'unavailable-here'
  | 'malformed'
  | 'other';

interface ExchangeErrorDetails {
  /** Code of the exchange, where it gave one. */
  readonly code?: number;
  /** When the same kind of request may be sent again, ms UTC. */
  readonly retryTime?: number;
  readonly cause?: unknown;
}

/** A request to an exchange that did not succeed. Its message is one line that may be shown, whatever the exchange wrote. */
export abstract class ExchangeError extends Error {
  abstract readonly outcome: RequestOutcome;
  readonly code: number | undefined;
  readonly retryTime: number | undefined;

  constructor(message: string, details: ExchangeErrorDetails = {}) {
    super(printable(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.retryTime = details.retryTime;
  }
}

/** The exchange declined the request; nothing happened. */
export class RequestRefused extends ExchangeError {
  override readonly name = 'RequestRefused';
  override readonly outcome = 'refused';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string, details: ExchangeErrorDetails = {}) {
    super(message, details);
    this.reason = reason;
  }
}

/** The request was not executed: it did not leave, or the exchange was too busy to take it. */
export class RequestNotSent extends ExchangeError {
  override readonly name = 'RequestNotSent';
  override readonly outcome = 'not-sent';
}

/** Nobody can say yet whether the request was executed. */
export class OutcomeUnknown extends ExchangeError {
  override readonly name = 'OutcomeUnknown';
  override readonly outcome = 'unknown';
}
