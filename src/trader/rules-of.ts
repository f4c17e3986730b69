import { UserError } from '../domain/index.js';
import { type InstrumentRules, type InstrumentSource, RequestRefused } from '../exchange/index.js';

/**
 * Returns what an exchange demands of orders for a symbol.
 *
 * @param instruments - The exchange.
 * @param symbol - For example `BTCUSDT`.
 * @throws {UserError} If there is no such instrument.
 */
export async function rulesOf(
  instruments: InstrumentSource,
  symbol: string,
): Promise<InstrumentRules> {
  try {
    const rules = (await instruments.instrumentRules([symbol])).get(symbol);
    if (rules !== undefined) return rules;
  } catch (error) {
    const isUnknown = error instanceof RequestRefused && error.reason === 'unknown-symbol';
    if (!isUnknown) throw error;
  }
  throw new UserError(`The exchange has no ${symbol}: check --symbol`);
}
