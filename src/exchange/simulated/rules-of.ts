import { refusals } from './refusal.js';

/** Returns the rules of a symbol. @throws {Refusal} -1121 if there is none of this name. */
export function rulesOf<Rules>(symbols: Readonly<Record<string, Rules>>, symbol: string): Rules {
  const rules = Object.hasOwn(symbols, symbol) ? symbols[symbol] : undefined;
  if (rules === undefined) throw refusals.invalidSymbol();
  return rules;
}
