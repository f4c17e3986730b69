export type { Metrics } from './metrics.js';
