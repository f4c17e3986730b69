import { UsageError } from './errors.js';

/** Letters and digits of any script, as Binance has them, and the date of a delivery future. */
const SYMBOL = /^[\p{L}\d]{2,30}(_\d{6})?$/u;

/**
 * Parses the name of an instrument as a user writes it; it becomes part of paths.
 *
 * @param text - For example `BTCUSDT`, in any case.
 * @returns In capitals.
 * @throws {UsageError} If it is no name of an instrument; `BTC/USDT` is told how Binance writes it.
 */
export function parseSymbol(text: string): string {
  const symbol = text.toUpperCase();
  if (SYMBOL.test(symbol)) return symbol;
  const joined = symbol.replace(/(?<=\w)[/-](?=\w)/, '');
  const hint = joined !== symbol && SYMBOL.test(joined) ? `; did you mean ${joined}?` : '';
  throw new UsageError(
    `symbol must be letters and digits such as BTCUSDT: current value is "${text}"${hint}`,
  );
}
