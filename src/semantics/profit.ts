/**
 * Returns the profit between two prices, without commission: of a closed trade (§5), or of an open position (S-28).
 *
 * Arithmetic: `side * (price - entryPrice) * quantity`, from left to right. Equity is `balance + profitBetween(...)`.
 *
 * @param side - +1 long, -1 short.
 * @param entryPrice - Entry fill price after slippage.
 * @param price - Exit fill price, or the close that an open position is marked at.
 * @param quantity - Base.
 * @returns Quote.
 */
export function profitBetween(
  side: number,
  entryPrice: number,
  price: number,
  quantity: number,
): number {
  return side * (price - entryPrice) * quantity;
}

/**
 * Returns the net profit of a closed trade (§5).
 *
 * Arithmetic: `grossPnl - (entryCommission + exitCommission)`.
 *
 * @param grossPnl - Quote.
 * @param entryCommission - Quote.
 * @param exitCommission - Quote.
 */
export function netProfit(
  grossPnl: number,
  entryCommission: number,
  exitCommission: number,
): number {
  return grossPnl - (entryCommission + exitCommission);
}

/**
 * Returns the balance after an entry fill (S-22, S-28): `balance - entryCommission`.
 *
 * @param balance - Before the fill, quote.
 * @param entryCommission - Quote.
 */
export function balanceAfterEntry(balance: number, entryCommission: number): number {
  return balance - entryCommission;
}

/**
 * Returns the balance after an exit fill (S-22, S-28).
 *
 * Arithmetic: `balance + (grossPnl - exitCommission)`. It is never clamped (S-31).
 *
 * @param balance - Before the fill (the entry commission is already paid), quote.
 * @param grossPnl - Quote.
 * @param exitCommission - Quote.
 */
export function balanceAfterExit(
  balance: number,
  grossPnl: number,
  exitCommission: number,
): number {
  return balance + (grossPnl - exitCommission);
}

/**
 * Returns the return of a closed trade (§5).
 *
 * Arithmetic: `(100 * netPnl) / (entryPrice * quantity)`.
 *
 * @param netPnl - Quote.
 * @param entryPrice - Entry fill price after slippage.
 * @param quantity - Base.
 * @returns Percent of the notional at entry.
 */
export function returnPercent(netPnl: number, entryPrice: number, quantity: number): number {
  return (100 * netPnl) / (entryPrice * quantity);
}

/**
 * Returns how far a price lies from the entry, as a return (MAE and MFE, §5).
 *
 * Arithmetic: `(100 * (side * (price - entryPrice))) / entryPrice`. It is monotone in `price`, also after rounding,
 * so the extreme price gives the extreme excursion. MAE is `Math.min(0, worst)`, MFE `Math.max(0, best)`.
 *
 * @param side - +1 long, -1 short.
 * @param entryPrice - Entry fill price after slippage.
 * @param price - A high, a low or the exit fill price.
 * @returns Percent of the entry price; negative is a loss.
 */
export function excursionPercent(side: number, entryPrice: number, price: number): number {
  return (100 * (side * (price - entryPrice))) / entryPrice;
}
