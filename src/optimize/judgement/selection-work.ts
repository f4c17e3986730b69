import { overfittingProbability, type ReturnsMatrix } from '../../statistics/index.js';
import { failedReply, type RangeWork, type SelectionJob } from '../pool/protocol.js';

class Stopped extends Error {}

/**
 * Opens the cross-validation of a choice in a worker.
 *
 * @param job - Returns.
 */
export function openSelection(job: SelectionJob): RangeWork {
  const values = new Float64Array(job.values, 0, job.columns * job.rows);
  const matrix: ReturnsMatrix = { rows: job.rows, columns: job.columns, values };
  const onStep = (): void => {
    if (Atomics.load(job.stop, 0) !== 0) throw new Stopped();
  };
  return ({ first }) => {
    let metrics = new Float64Array(4);
    try {
      const found = overfittingProbability(matrix, job.blocks, onStep);
      const { probability, splits, lossProbability, outOfSampleSharpe } = found;
      metrics = Float64Array.of(probability, splits, lossProbability, outOfSampleSharpe);
    } catch (error) {
      if (!(error instanceof Stopped)) return failedReply(first, error);
    }
    return { kind: 'done', first, count: 1, metrics, rows: undefined };
  };
}
