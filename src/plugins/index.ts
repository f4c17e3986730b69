export {
  folderOf,
  type LoadedSeries,
  type LoadSeriesOptions,
  loadSeries,
} from './load-series.js';
export {
  isStrategyPath,
  type LoadedStrategy,
  loadStrategy,
  loadStrategyFromFile,
  strategyFiles,
} from './load-strategy.js';
export {
  forgetStrategyOutput,
  moveStrategyConsole,
  withoutStrategyOutput,
} from './strategy-console.js';
export { PACKAGE_NAME } from './strategy-imports.js';
export type { StrategySource } from './strategy-source.js';
