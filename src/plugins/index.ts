export {
  isStrategyPath,
  type LoadedStrategy,
  loadStrategy,
  loadStrategyFromFile,
} from './load-strategy.js';
export { moveStrategyConsole, withoutStrategyOutput } from './strategy-console.js';
export type { StrategySource } from './strategy-source.js';
