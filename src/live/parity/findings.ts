import type { Trade } from '../../domain/index.js';
import type { RecordedTrade } from './recorded-trade.js';

/**
 * Why a trade of the bot and of the backtest differ. Each cause but the last needs evidence.
 *
 * - `signal`: the bot saw other candles than the file has, or fewer, and so another signal.
 * - `timing`: entry or exit came in another candle, or for another reason.
 * - `price`: same candle, another fill price inside it.
 * - `size`: another quantity (the grid of the instrument, another balance).
 * - `fee`: another commission.
 * - `funding`: paid or received; the backtest does not know it.
 * - `dust`: what the commission took from the coins, and what was too little to be sold.
 * - `missed-data`: the bot was not running, or did not trust what it saw.
 * - `blocked`: a person, a limit or an order that failed kept the bot from trading.
 * - `unexplained`: nothing that was recorded accounts for it.
 */
export const PARITY_CAUSES = [
  'signal',
  'timing',
  'price',
  'size',
  'fee',
  'funding',
  'dust',
  'missed-data',
  'blocked',
  'unexplained',
] as const;
export type ParityCause = (typeof PARITY_CAUSES)[number];

/** One trade of either side, or of both. Amounts in quote: what the bot earned more than the backtest. */
export interface ParityRow {
  readonly live: RecordedTrade | undefined;
  /** Neither of both: what the bot booked, and no row of its log tells. */
  readonly backtest: Trade | undefined;
  /** Net profit of the bot less that of the backtest; the sum of the amounts. */
  readonly difference: number;
  readonly amounts: Readonly<Partial<Record<ParityCause, number>>>;
  /** The evidence, one sentence each. */
  readonly evidence: readonly string[];
  /** What no evidence accounts for, one sentence each; empty where all is explained. */
  readonly unexplained: readonly string[];
}

/** A row in the making. */
export class Findings {
  readonly #amounts: Partial<Record<ParityCause, number>> = {};
  readonly #evidence: string[] = [];
  readonly #unexplained: string[] = [];

  /** Books an amount to a cause that is proved; the text says by what, where that is not plain. */
  explain(cause: Exclude<ParityCause, 'unexplained'>, amount: number, evidence?: string): void {
    this.#amounts[cause] = (this.#amounts[cause] ?? 0) + amount;
    if (evidence !== undefined && !this.#evidence.includes(evidence)) this.#evidence.push(evidence);
  }

  /** Books an amount that nothing accounts for, which may be zero. */
  leave(amount: number, what: string): void {
    this.#amounts.unexplained = (this.#amounts.unexplained ?? 0) + amount;
    this.#unexplained.push(what);
  }

  /** The row, with its trades. */
  row(live: RecordedTrade | undefined, backtest: Trade | undefined, difference: number): ParityRow {
    return {
      live,
      backtest,
      difference,
      amounts: this.#amounts,
      evidence: this.#evidence,
      unexplained: this.#unexplained,
    };
  }
}
