export {
  type CandlePeriod,
  type EngineInput,
  type EngineResult,
  LONG_ALLOWED,
  SHORT_ALLOWED,
} from './engine.js';
export { runReference } from './reference-engine.js';
