import type { TradeRules } from './index.js';

/** Both directions on USD-M with one unit, without stops, filters and costs: what tests change is what they are about. */
export const PLAIN_RULES: TradeRules = {
  market: 'usdm',
  direction: 'both',
  initialBalance: 1000,
  size: { units: 1 },
  leverage: 1,
  allowOverdraft: false,
  commissionRate: 0,
  slippageRate: 0,
  exitOnNeutral: false,
  reEntry: 'immediate',
};
