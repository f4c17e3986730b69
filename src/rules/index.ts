export { BPS_MAX, DEFAULT_COMMISSION_BPS } from './costs.js';
export { fractionHint, WIDE_DISTANCE, wideDistanceText } from './distance.js';
export type { RunConflict, RunRule } from './run-rule.js';
export { RUN_RULES } from './run-rules.js';
