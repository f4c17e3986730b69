import type { OptimizeJob } from './optimize-job.js';

/** Strategy and symbol of an optimization, for people. */
export function nameOf({ config }: OptimizeJob): string {
  return `${config.strategy} ${config.symbol}`;
}

/** The sentence of a failure. */
export function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
