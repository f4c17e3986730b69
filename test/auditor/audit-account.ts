import { absolute, type Exact, exact, plain, sum, times } from '../exact.js';
import type { AccountHistory, AuditedFill } from './account-history.js';

/** The exchange rounds the profit of every fill to eight decimals. */
const ROUNDING = exact('0.00000001');

/**
 * Compares the balances and positions of an account with what its fills and payments make of its beginning.
 *
 * @param history - Of the account.
 * @param start - What it began with, by asset.
 * @returns What does not agree, one sentence each.
 */
export function auditAccount(
  history: AccountHistory,
  start: Readonly<Record<string, string>>,
): string[] {
  const flows = new Map(Object.entries(start).map(([asset, text]) => [asset, exact(text)]));
  const add = (asset: string, amount: Exact): void => {
    flows.set(asset, (flows.get(asset) ?? 0n) + amount);
  };
  for (const fill of history.fills) {
    const { base, quote } = history.assets.get(fill.symbol)!;
    add(fill.commissionAsset, -fill.commission);
    if (history.market === 'usdm') add(quote, fill.realized);
    else {
      const sign = fill.side === 'BUY' ? 1n : -1n;
      add(base, sign * fill.quantity);
      add(quote, -sign * times(fill.price, fill.quantity));
    }
  }
  for (const { asset, amount } of history.funding) add(asset, amount);
  return [...compareBalances(history, flows), ...comparePositions(history)];
}

function compareBalances(
  { balances }: AccountHistory,
  flows: ReadonlyMap<string, Exact>,
): string[] {
  return [...new Set([...flows.keys(), ...balances.keys()])].flatMap((asset) => {
    const expected = flows.get(asset) ?? 0n;
    const there = balances.get(asset) ?? 0n;
    if (there === expected) return [];
    return [`account: ${plain(there)} ${asset}, its fills say ${plain(expected)}`];
  });
}

/** USD-M: the sum of the fills is the position, and what was realized is what closing it brought. */
function comparePositions(history: AccountHistory): string[] {
  if (history.market === 'spot') return [];
  const symbols = new Set([...history.assets.keys(), ...history.positions.keys()]);
  return [...symbols].flatMap((symbol) => {
    const fills = history.fills.filter((fill) => fill.symbol === symbol);
    const signed = ({ side, quantity }: AuditedFill): Exact =>
      side === 'BUY' ? quantity : -quantity;
    const position = sum(fills.map(signed));
    const there = history.positions.get(symbol) ?? 0n;
    const problems =
      there === position
        ? []
        : [`account: position ${plain(there)} of ${symbol}, its fills say ${plain(position)}`];
    if (position !== 0n) return problems;
    const realized = sum(fills.map((fill) => fill.realized));
    const cash = sum(fills.map((fill) => -times(fill.price, signed(fill))));
    const isClose = absolute(realized - cash) <= BigInt(fills.length) * ROUNDING;
    return isClose
      ? problems
      : [
          ...problems,
          `account: ${plain(realized)} realized on ${symbol}, its fills say ${plain(cash)}`,
        ];
  });
}
