import type { ParameterGrid } from '../../src/config/index.js';
import type { TrialSettings } from '../../src/optimize/index.js';

/** Built-in strategies that search planted markets, in turn. */
export const SEARCHED = ['MACross', 'RSIReversion', 'BBReversion', 'LongShort'] as const;

export type SearchedStrategy = (typeof SEARCHED)[number];

/** Grids of about a thousand combinations. */
export const WIDE_GRIDS: Readonly<Record<SearchedStrategy | 'HourOfDay', ParameterGrid>> = {
  MACross: {
    fast_period: [5, 8, 12, 16, 20, 25, 30, 40],
    slow_period: [20, 35, 50, 70, 100, 140],
    ma_type: ['EMA', 'SMA'],
    stop_loss_pct: [null, 0.02, 0.05],
    take_profit_pct: [null, 0.1],
    trailing_stop_loss_pct: [null, 0.05],
  },
  RSIReversion: {
    rsi_period: [7, 10, 14, 21],
    oversold_threshold: [20, 25, 30, 35],
    overbought_threshold: [65, 70, 75, 80],
    trend_filter_period: [null, 200],
    stop_loss_pct: [null, 0.02, 0.03, 0.06],
    take_profit_pct: [null, 0.04],
  },
  BBReversion: {
    bb_period: [10, 15, 20, 30, 40, 50],
    bb_std_dev: [1.5, 2, 2.5, 3],
    trend_filter_period: [null, 200],
    stop_loss_pct: [null, 0.02, 0.03, 0.06],
    take_profit_pct: [null, 0.03, 0.06],
    trailing_stop_loss_pct: [null, 0.04],
  },
  LongShort: {
    return_z_period: [10, 20, 35, 50],
    return_z_threshold: [1.5, 2, 2.5, 3],
    volume_z_period: [20, 50],
    volume_z_threshold_low: [-2, -1],
    volume_z_threshold_high: [2, 3],
    stop_loss_pct: [null, 0.03, 0.06],
    take_profit_pct: [null, 0.03],
  },
  HourOfDay: {
    start_hour: Array.from({ length: 24 }, (_, hour) => hour),
    hours: [1, 2, 3, 4, 6, 8],
    side: [-1, 1],
    stop_loss_pct: [null, 0.02],
    take_profit_pct: [null, 0.02],
  },
};

/** Grids of some hundred combinations, for whoever tries many things. */
export const NARROW_GRIDS: Readonly<Record<SearchedStrategy | 'HourOfDay', ParameterGrid>> = {
  MACross: {
    ...WIDE_GRIDS.MACross,
    ma_type: ['EMA'],
    take_profit_pct: [null],
    trailing_stop_loss_pct: [null, 0.05],
  },
  RSIReversion: {
    ...WIDE_GRIDS.RSIReversion,
    trend_filter_period: [null],
    take_profit_pct: [null],
  },
  BBReversion: {
    ...WIDE_GRIDS.BBReversion,
    trend_filter_period: [null],
    trailing_stop_loss_pct: [null],
  },
  LongShort: {
    ...WIDE_GRIDS.LongShort,
    volume_z_threshold_low: [-2],
    volume_z_threshold_high: [2],
  },
  HourOfDay: { ...WIDE_GRIDS.HourOfDay, stop_loss_pct: [null], take_profit_pct: [null] },
};

/** Values of a parameter that no candle ever meets: combinations that never trade. */
const NEVER: Partial<Record<SearchedStrategy, Readonly<Record<string, readonly number[]>>>> = {
  // A z-score of n values is never above (n - 1) / √n.
  LongShort: { return_z_threshold: [11, 12, 13, 14, 15, 16] },
  BBReversion: { bb_std_dev: [11, 12, 13, 14, 15, 16] },
};

/** Strategies whose grids can be diluted. */
export const DILUTED = ['BBReversion', 'LongShort'] as const;

/**
 * Returns a grid with as many combinations again, and more, that never trade.
 *
 * @param strategy - Whose grid.
 */
export function dilutedGrid(strategy: (typeof DILUTED)[number]): ParameterGrid {
  const grid = WIDE_GRIDS[strategy];
  const never = Object.entries(NEVER[strategy]!).map(([name, values]) => [
    name,
    [...grid[name]!, ...values],
  ]);
  return { ...grid, ...(Object.fromEntries(never) as ParameterGrid) };
}

/**
 * Returns fifteen combinations around a winner: two of its numbers in finer steps, the rest as it is.
 *
 * @param strategy - Whose winner.
 * @param winner - Its settings.
 */
export function zoomGrid(strategy: SearchedStrategy, winner: TrialSettings): ParameterGrid {
  const fixed = Object.fromEntries(
    Object.entries({ ...winner.parameters, ...winner.stops }).map(([name, value]) => [
      name,
      [value],
    ]),
  ) as Record<string, readonly (number | string | boolean | null)[]>;
  // What is below a parameter that is off has no effect.
  if (winner.parameters.trend_filter_period === null) delete fixed.trend_filter_use_ema;
  if (winner.parameters.atr_threshold_multiplier === null) delete fixed.atr_period;
  const around = (name: string, step: number, reach: number, min: number): void => {
    const centre = winner.parameters[name] as number;
    fixed[name] = Array.from({ length: 2 * reach + 1 }, (_, k) =>
      Number((centre + (k - reach) * step).toFixed(6)),
    ).filter((value) => value >= min);
  };
  switch (strategy) {
    case 'MACross':
      around('fast_period', 1, 2, 2);
      around('slow_period', 2, 1, 3);
      break;
    case 'RSIReversion':
      around('oversold_threshold', 1, 2, 1);
      around('rsi_period', 1, 1, 2);
      break;
    case 'BBReversion':
      around('bb_std_dev', 0.1, 2, 0.5);
      around('bb_period', 1, 1, 2);
      break;
    case 'LongShort':
      around('return_z_threshold', 0.1, 2, 0.5);
      around('return_z_period', 1, 1, 2);
  }
  return fixed;
}
