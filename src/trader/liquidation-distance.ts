/** What backs a position when it is entered, as shares of its notional. */
export interface LiquidationFacts {
  /** Isolated: 1 / leverage; cross: wallet / notional. */
  readonly marginShare: number;
  /** Maintenance margin is notional × rate − deduction. */
  readonly maintenanceRate: number;
  readonly deductionShare: number;
}

/**
 * Returns how far from its entry a position is liquidated, as a fraction of the entry price: where its margin and its loss
 * together are the maintenance margin at the mark price. Other positions of a cross wallet are not counted.
 *
 * @param facts - Margin and maintenance.
 * @param side - +1 long, -1 short.
 * @returns 1 or more for a long that is never liquidated; negative if it would be at once.
 */
export function liquidationDistance(facts: LiquidationFacts, side: 1 | -1): number {
  const { marginShare, maintenanceRate, deductionShare } = facts;
  const backing = marginShare + deductionShare;
  return side > 0
    ? 1 - (1 - backing) / (1 - maintenanceRate)
    : (1 + backing) / (1 + maintenanceRate) - 1;
}

/**
 * Returns the largest whole leverage of isolated margin at which liquidation is farther away than a distance; 0 if there
 * is none.
 *
 * @param facts - Maintenance.
 * @param distance - Fraction of the entry price.
 * @param sides - Those that are entered.
 */
export function leverageThatFits(
  facts: LiquidationFacts,
  distance: number,
  sides: readonly (1 | -1)[],
): number {
  const fits = (leverage: number): boolean =>
    sides.every(
      (side) => liquidationDistance({ ...facts, marginShare: 1 / leverage }, side) > distance,
    );
  let leverage = LEVERAGE_MAX;
  while (leverage > 0 && !fits(leverage)) leverage--;
  return leverage;
}

const LEVERAGE_MAX = 125;
