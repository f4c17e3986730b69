export type {
  ParameterSpec,
  Parameters,
  ParameterValue,
  Strategy,
  StrategyPlot,
} from './strategy.js';
