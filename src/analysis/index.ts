export {
  type Band,
  type MonteCarlo,
  type MonteCarloInput,
  type MonteCarloRuns,
  monteCarlo,
} from './monte-carlo.js';
export { monteCarloOfRun, type RunMonteCarlo } from './monte-carlo-of-run.js';
