export {
  isStrategyPath,
  type LoadedStrategy,
  loadStrategy,
  loadStrategyFromFile,
} from './load-strategy.js';
export type { StrategySource } from './strategy-source.js';
