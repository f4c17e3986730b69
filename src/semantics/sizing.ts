/**
 * Returns the quantity of an entry sized as a share of the balance: its margin and its commission together are that share
 * (S-28).
 *
 * Arithmetic: `(balance * fraction * leverage) / (price * (1 + leverage * commissionRate))`.
 *
 * @param balance - After every earlier fill, the exit leg of the same reversal included; quote.
 * @param fraction - Share of the balance, in (0, 1].
 * @param leverage - At least 1.
 * @param price - Entry fill price after slippage, quote per base.
 * @param commissionRate - Fraction per side.
 * @returns Base; not rounded.
 */
export function quantityOfBalance(
  balance: number,
  fraction: number,
  leverage: number,
  price: number,
  commissionRate: number,
): number {
  return (balance * fraction * leverage) / (price * (1 + leverage * commissionRate));
}

/** What rounding may add to an entry that uses the whole balance (S-29). */
export const AFFORDABLE_TOLERANCE = 1e-9;

/**
 * Tells whether the balance carries the margin and the commission of an entry; one that it does not carry is refused and
 * counted (S-29).
 *
 * Arithmetic: `(price * quantity) / leverage + commission <= balance * (1 + 1e-9)`.
 *
 * @param price - Entry fill price after slippage, quote per base.
 * @param quantity - Base.
 * @param commission - Entry commission, quote.
 * @param balance - Before the entry commission, quote.
 * @param leverage - At least 1.
 */
export function isAffordable(
  price: number,
  quantity: number,
  commission: number,
  balance: number,
  leverage: number,
): boolean {
  return (price * quantity) / leverage + commission <= balance * (1 + AFFORDABLE_TOLERANCE);
}

/**
 * Returns the quantity of an entry that loses a share of the balance at its stop (S-78), at most what the balance carries.
 *
 * Arithmetic: `min((balance * fraction) / distance, most)`.
 *
 * @param balance - After every earlier fill, quote.
 * @param fraction - Share of the balance, in (0, 1).
 * @param distance - From the entry price to its tightest stop, quote per unit; > 0.
 * @param most - `quantityOfBalance()` of the whole balance.
 * @returns Base; not rounded.
 */
export function quantityAtRisk(
  balance: number,
  fraction: number,
  distance: number,
  most: number,
): number {
  return Math.min((balance * fraction) / distance, most);
}
