/**
 * Says what every trade pays, for summaries: `commission 10 bps per side, slippage 1 bps`.
 *
 * @param config - Of the run, basis points.
 */
export function costsText(config: {
  readonly commission_bps: number;
  readonly slippage_bps: number;
}): string {
  return `commission ${config.commission_bps} bps per side, slippage ${config.slippage_bps} bps`;
}
