import { type OrderStatus, Refusal, RequestRefused, refusalReason } from '../../exchange/index.js';

/** The port's word for a status of Binance. */
export function orderStatus(status: string): OrderStatus {
  return status.toLowerCase().replaceAll('_', '-') as OrderStatus;
}

/**
 * Runs an action of the matching core and turns its refusal into the one that the adapter makes of the same code.
 *
 * @param action - Calls the core.
 * @throws {RequestRefused} If the core refuses.
 */
export function refusing<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const reason = refusalReason(error.code, error.message);
    throw new RequestRefused(reason, error.message, { code: error.code });
  }
}
