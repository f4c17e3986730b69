import { ExchangeError, RequestRefused } from '../ports/errors.js';
import { DamagedArchive } from './archive-source.js';

/** How often and how fast something is tried again. */
export interface RetryRule {
  readonly signal: AbortSignal;
  /** Waits before another try; the first wait is `retryMs`, each further one twice as long. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly retryMs: number;
  /** Sentences for the user. */
  readonly warn: (text: string) => void;
}

const ATTEMPTS_MAX = 4;

/** Repeats what did not reach the exchange, or what it was too busy for. */
export async function retry<T>(rule: RetryRule, action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    rule.signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      rule.signal.throwIfAborted();
      if (!(error instanceof ExchangeError) || attempt === ATTEMPTS_MAX) throw error;
      // The budget of the client waits for the end of a limit or a ban before the next try is sent.
      const isLimited =
        error instanceof RequestRefused &&
        (error.reason === 'rate-limit' || error.reason === 'banned');
      if (error.outcome === 'refused' && !isLimited) throw error;
      if (isLimited) continue;
      const waitMs = rule.retryMs * 2 ** (attempt - 1);
      rule.warn(
        `${error.message}; retrying in ${Math.ceil(waitMs / 1000)} s (${attempt} of ${ATTEMPTS_MAX - 1})`,
      );
      await rule.sleep(waitMs);
    }
  }
}

/** Fetches an archive until it is whole; `undefined` if it is not published, `damaged` if it never arrives undamaged. */
export async function retryDamaged<T>(
  rule: RetryRule,
  fetchArchive: () => Promise<T | undefined>,
): Promise<T | 'damaged' | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    rule.signal.throwIfAborted();
    try {
      return await retry(rule, fetchArchive);
    } catch (error) {
      if (!(error instanceof DamagedArchive)) throw error;
      const isLast = attempt === ATTEMPTS_MAX;
      rule.warn(`Damaged archive, ${isLast ? 'not used' : 'fetched again'}: ${error.message}`);
    }
  }
  return 'damaged';
}
