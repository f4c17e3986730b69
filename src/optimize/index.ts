export { type GridBlocks, type GridRun, type GridSummary, readGrid } from './grid.js';
export { openPlan, type Trial, type TrialPlan } from './plan.js';
