/** What a combination's trades have added up to so far: one row of columns per combination. */
export interface Ledger {
  readonly balance: Float64Array;
  readonly netPnl: Float64Array;
  readonly wins: Float64Array;
  readonly winSum: Float64Array;
  readonly lossSum: Float64Array;
  readonly returnSum: Float64Array;
  readonly best: Float64Array;
  readonly worst: Float64Array;
  /** Net profit of the first trade; deviations are summed around it, so that nothing cancels. */
  readonly shift: Float64Array;
  readonly deviationSum: Float64Array;
  readonly squareSum: Float64Array;
  readonly candlesHeld: Float64Array;
  readonly commission: Float64Array;
  readonly ambiguousTrades: Float64Array;
  readonly ambiguousNetPnl: Float64Array;
  readonly ambiguousAbsolute: Float64Array;
  readonly trades: Float64Array;
  /** Next day end whose equity is not known yet. */
  readonly day: Int32Array;
  /** Equity at day ends. Shape `[combinations × days]`. */
  readonly dayEquity: Float64Array;
  readonly days: number;
}

/**
 * Allocates a ledger.
 *
 * @param combinations - Rows.
 * @param days - Day ends of the period.
 */
export function allocateLedger(combinations: number, days: number): Ledger {
  const floats = (): Float64Array => new Float64Array(combinations);
  return {
    balance: floats(),
    netPnl: floats(),
    wins: floats(),
    winSum: floats(),
    lossSum: floats(),
    returnSum: floats(),
    best: floats(),
    worst: floats(),
    shift: floats(),
    deviationSum: floats(),
    squareSum: floats(),
    candlesHeld: floats(),
    commission: floats(),
    ambiguousTrades: floats(),
    ambiguousNetPnl: floats(),
    ambiguousAbsolute: floats(),
    trades: floats(),
    day: new Int32Array(combinations),
    dayEquity: new Float64Array(combinations * days),
    days,
  };
}

/**
 * Resets a row.
 *
 * @param ledger - Changed in place.
 * @param row - Combination.
 * @param initialBalance - Quote.
 */
export function openLedgerRow(ledger: Ledger, row: number, initialBalance: number): void {
  ledger.netPnl[row] = 0;
  ledger.wins[row] = 0;
  ledger.winSum[row] = 0;
  ledger.lossSum[row] = 0;
  ledger.returnSum[row] = 0;
  ledger.shift[row] = 0;
  ledger.deviationSum[row] = 0;
  ledger.squareSum[row] = 0;
  ledger.candlesHeld[row] = 0;
  ledger.commission[row] = 0;
  ledger.ambiguousTrades[row] = 0;
  ledger.ambiguousNetPnl[row] = 0;
  ledger.ambiguousAbsolute[row] = 0;
  ledger.trades[row] = 0;
  ledger.day[row] = 0;
  ledger.balance[row] = initialBalance;
  ledger.best[row] = Number.NEGATIVE_INFINITY;
  ledger.worst[row] = Number.POSITIVE_INFINITY;
}
