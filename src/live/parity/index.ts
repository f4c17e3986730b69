export {
  explainParity,
  PARITY_CAUSES,
  type ParityCause,
  type ParityInput,
  type ParityReport,
  type ParityRow,
  type RecordedTrade,
} from './explain-parity.js';
