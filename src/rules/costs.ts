import type { Market } from '../domain/index.js';
import { numberSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

export const BPS_MAX = 10_000;

/** Basis points per side where `commission_bps` is not set (SEMANTICS §9). */
export const DEFAULT_COMMISSION_BPS: Readonly<Record<Market, number>> = { spot: 10, usdm: 5 };

const BOUNDS = {
  unit: 'bps',
  expected: `a number from 0 to ${BPS_MAX} (10 = 0.1 %)`,
  accepts: (value: number): boolean => value >= 0 && value < BPS_MAX,
} as const;

/** Commission and slippage (S-47). */
export const COSTS = runRule({
  section: 'money',
  identity: 'run',
  settings: [
    numberSetting({
      ...BOUNDS,
      key: 'commission_bps',
      flag: '--commission',
      default: (given) => DEFAULT_COMMISSION_BPS[given.market === 'usdm' ? 'usdm' : 'spot'],
      description: 'Commission per side in basis points (default: 10 on spot, 5 on usdm)',
    }),
    numberSetting({
      ...BOUNDS,
      key: 'slippage_bps',
      flag: '--slippage',
      default: 1,
      scope: 'research',
      description: 'Slippage of every market fill in basis points, against you',
    }),
    numberSetting({
      ...BOUNDS,
      key: 'stop_slippage_bps',
      flag: '--stop-slippage',
      default: 0,
      scope: 'research',
      description: 'Additional slippage of stop fills in basis points',
    }),
  ],
  build: ({ commission_bps, slippage_bps, stop_slippage_bps }) => ({
    commissionRate: commission_bps / BPS_MAX,
    slippageRate: slippage_bps / BPS_MAX,
    ...(stop_slippage_bps > 0 && { stopSlippageRate: stop_slippage_bps / BPS_MAX }),
  }),
});
