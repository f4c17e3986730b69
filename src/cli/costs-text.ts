/** What every trade pays, basis points. */
export interface Costs {
  readonly commission_bps: number;
  readonly slippage_bps: number;
  /** Default: 0. */
  readonly stop_slippage_bps?: number;
}

/**
 * Says what every trade pays, for summaries: `commission 10 bps per side, slippage 1 bps`.
 *
 * @param costs - Of the run.
 */
export function costsText({ commission_bps, slippage_bps, stop_slippage_bps = 0 }: Costs): string {
  const stops = stop_slippage_bps > 0 ? `, stops ${stop_slippage_bps} bps more` : '';
  return `commission ${commission_bps} bps per side, slippage ${slippage_bps} bps${stops}`;
}
