import type { KeyPermissions } from '../ports/index.js';
import { readAnswer } from './read-answer.js';
import { apiRestrictionsSchema } from './schemas.js';

/**
 * Returns what a key may do; both markets ask the same endpoint.
 *
 * @param answer - Answer of `GET /sapi/v1/account/apiRestrictions`.
 * @throws {RequestNotSent} If it cannot be read.
 */
export function readKeyPermissions(answer: unknown): KeyPermissions {
  const row = readAnswer(apiRestrictionsSchema, answer, 'apiRestrictions', false);
  return {
    canRead: row.enableReading,
    canTradeSpot: row.enableSpotAndMarginTrading,
    canTradeFutures: row.enableFutures,
    canWithdraw: row.enableWithdrawals,
    isIpRestricted: row.ipRestrict,
  };
}
