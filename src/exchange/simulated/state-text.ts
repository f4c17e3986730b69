import { decimal, trimDecimal } from '../../domain/index.js';

/**
 * Writes the state of a simulated exchange as text: equal states give equal bytes.
 *
 * @param state - Plain data; decimals are bigints.
 */
export function serializeState(state: object): string {
  return JSON.stringify(state, (_, value: unknown) =>
    typeof value === 'bigint' ? { $decimal: trimDecimal(value) } : value,
  );
}

/**
 * Reads a state that `serializeState` wrote.
 *
 * @param text - The text.
 * @throws {SyntaxError} If it is no JSON.
 */
export function parseState<State extends object>(text: string): State {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && '$decimal' in value
      ? decimal(String(value.$decimal))
      : value,
  ) as State;
}
