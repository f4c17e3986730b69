import type { BacktestResult } from '../backtest/index.js';
import type { LuckWinner, TrialFigures } from '../optimize/index.js';
import type { WeekSums } from '../statistics/index.js';
import { type FirstLook, weekEnd, weeksUntil } from './forward-evidence.js';

/** Digits of the week sums that are kept. */
const SUM_DIGITS = 9;
/** A pool of skewness that a single setting does not have; it never lowers anything. */
const NO_POOL = 1e9;

/** What is known of earlier forward tests of a strategy and instrument. */
export interface EarlierLooks {
  /** Date that was fixed in advance, ms UTC. */
  readonly declared?: number | undefined;
  /** First forward tests of frozen settings, the earliest first; from the ledger. */
  readonly tests: readonly LuckWinner[];
}

/**
 * Returns the look of a forward test and the other settings that were tested.
 *
 * @param earlier - Looks of before.
 * @param own - This test, as it would be remembered.
 * @param end - End of its candles, ms UTC.
 */
export function lookOf(
  earlier: EarlierLooks,
  own: LuckWinner,
  end: number,
): {
  readonly look: FirstLook;
  readonly others: readonly WeekSums[];
  /** Whether these settings were never tested from this start. */
  readonly isFirst: boolean;
} {
  const first = earlier.tests.find((test) => isSameTest(test, own));
  const others = earlier.tests.filter((test) => !isSameTest(test, own));
  const isFirst = first === undefined;
  if (earlier.declared !== undefined) {
    return { look: { time: earlier.declared, isDeclared: true }, others, isFirst };
  }
  const last = first?.blocks.at(-1);
  const time = last === undefined ? end : weekEnd(last);
  return { look: { time, isDeclared: false }, others, isFirst };
}

/**
 * Returns a forward test as the ledger remembers it: settings, and the complete weeks that were looked at.
 *
 * @param result - Of the forward period.
 * @param figures - Its weeks.
 * @param end - End of its candles, ms UTC.
 */
export function testRecord(result: BacktestResult, figures: TrialFigures, end: number): LuckWinner {
  const { config, parameters } = result;
  const { blocks, sums } = weeksUntil(figures, end);
  return {
    time: new Date(end).toISOString(),
    settings: {
      parameters: Object.fromEntries(
        Object.entries(parameters).filter(([, value]) => !Array.isArray(value)),
      ),
      filters: {
        apply_atr_filter: config.apply_atr_filter,
        ...(config.apply_atr_filter && {
          atr_filter_period: config.atr_filter_period,
          atr_filter_multiplier: config.atr_filter_multiplier,
          atr_filter_sma_period: config.atr_filter_sma_period,
        }),
        apply_seasonality_filter: config.apply_seasonality_filter,
        ...(config.apply_seasonality_filter && {
          allowed_trading_hours_utc: config.allowed_trading_hours_utc,
          apply_seasonality_to_symbols: config.apply_seasonality_to_symbols,
        }),
      },
      stops: {
        stop_loss_pct: config.stop_loss_pct,
        take_profit_pct: config.take_profit_pct,
        trailing_stop_loss_pct: config.trailing_stop_loss_pct,
      },
    },
    direction: config.direction,
    exit_on_neutral: config.exit_on_neutral,
    re_entry: config.re_entry,
    skewness: NO_POOL,
    hold_skewness: NO_POOL,
    loss_probability: null,
    expected_sharpe_ratio: null,
    blocks: [...blocks],
    sums: Array.from(sums, (sum) => Number(sum.toPrecision(SUM_DIGITS))),
  };
}

/** The same settings from the same start. */
function isSameTest(a: LuckWinner, b: LuckWinner): boolean {
  const text = ({ settings, direction, exit_on_neutral, re_entry, blocks }: LuckWinner): string =>
    JSON.stringify([settings, direction, exit_on_neutral, re_entry, blocks[0] ?? null]);
  return text(a) === text(b);
}
