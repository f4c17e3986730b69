export type { PositionSize, TradeRules } from './trade-rules.js';
