import type { BacktestRunConfig } from '../config/index.js';
import type { TradeRules } from '../semantics/index.js';

const BPS = 10_000;

/** The keys of a config that decide how signals become trades. */
export type RulesConfig = Pick<
  BacktestRunConfig,
  | 'market'
  | 'direction'
  | 'initial_balance'
  | 'units'
  | 'equity_fraction'
  | 'leverage'
  | 'allow_overdraft'
  | 'commission_bps'
  | 'slippage_bps'
  | 'stop_slippage_bps'
  | 'stop_loss_pct'
  | 'take_profit_pct'
  | 'trailing_stop_loss_pct'
  | 'exit_on_neutral'
  | 're_entry'
  | 'max_cumulative_loss'
>;

/**
 * Returns the trade rules of a config: the one place where its keys become rates and rules.
 *
 * @param config - Checked (`parseBacktestRunConfig()`).
 */
export function tradeRules(config: RulesConfig): TradeRules {
  const { stop_loss_pct, take_profit_pct, trailing_stop_loss_pct, max_cumulative_loss } = config;
  return {
    market: config.market,
    direction: config.direction,
    initialBalance: config.initial_balance,
    size:
      config.units === null
        ? { equityFraction: config.equity_fraction ?? 1 }
        : { units: config.units },
    leverage: config.leverage,
    allowOverdraft: config.allow_overdraft,
    commissionRate: config.commission_bps / BPS,
    slippageRate: config.slippage_bps / BPS,
    ...(config.stop_slippage_bps > 0 && { stopSlippageRate: config.stop_slippage_bps / BPS }),
    ...(stop_loss_pct !== null && { stopLoss: stop_loss_pct }),
    ...(take_profit_pct !== null && { takeProfit: take_profit_pct }),
    ...(trailing_stop_loss_pct !== null && { trailingStop: trailing_stop_loss_pct }),
    exitOnNeutral: config.exit_on_neutral,
    reEntry: config.re_entry === 'new_signal' ? 'new-signal' : 'immediate',
    ...(max_cumulative_loss !== null && { maxCumulativeLoss: max_cumulative_loss }),
  };
}
