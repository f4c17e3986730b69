export {
  explainParity,
  finishedTrades,
  type ParityReport,
  recordedSession,
} from './explain-parity.js';
export { PARITY_CAUSES, type ParityCause, type ParityRow } from './findings.js';
export type { ParityInput, ParitySession } from './parity-context.js';
export type { RecordedTrade } from './recorded-trade.js';
