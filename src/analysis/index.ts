export {
  type Band,
  type MonteCarlo,
  type MonteCarloInput,
  type MonteCarloRuns,
  monteCarlo,
} from './monte-carlo.js';
