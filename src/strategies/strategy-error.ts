import { UserError } from '../domain/index.js';

/** What a strategy was found to do wrong. */
export type StrategyFault =
  | 'threw'
  | 'bad-signals'
  | 'changes-candles'
  | 'not-deterministic'
  | 'keeps-state'
  | 'trades-in-warm-up'
  | 'looks-ahead';

/** A fault of a strategy itself, as opposed to the way it was asked for. */
export class StrategyError extends UserError {
  override readonly name = 'StrategyError';
  readonly fault: StrategyFault;
  /** Index of the candle at which it showed. */
  readonly candleIndex: number | undefined;

  constructor(fault: StrategyFault, message: string, candleIndex?: number, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
    this.candleIndex = candleIndex;
  }
}
