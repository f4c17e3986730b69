import {
  overfittingProbability,
  type ReturnsMatrix,
  realityCheck,
  stationaryBootstrapIndices,
} from '../../statistics/index.js';
import { seededRandom } from '../../util/index.js';
import {
  failedReply,
  type RangeWork,
  type SelectionJob,
  type SelectionTest,
} from '../pool/protocol.js';

class Stopped extends Error {}

/**
 * Opens tests of a selection in a worker.
 *
 * @param job - Returns, and which tests.
 */
export function openSelection(job: SelectionJob): RangeWork {
  const values = new Float64Array(job.values, 0, job.columns * job.rows);
  const matrix: ReturnsMatrix = { rows: job.rows, columns: job.columns, values };
  const onStep = (): void => {
    if (Atomics.load(job.stop, 0) !== 0) throw new Stopped();
  };
  return ({ first }) => {
    const metrics = new Float64Array(2);
    try {
      metrics.set(runTest(job.tests[first]!, matrix, onStep));
    } catch (error) {
      if (!(error instanceof Stopped)) return failedReply(first, error);
    }
    return { kind: 'done', first, count: 1, metrics, rows: undefined };
  };
}

function runTest(
  test: SelectionTest,
  matrix: ReturnsMatrix,
  onStep: () => void,
): readonly [number, number] {
  if (test.kind === 'overfitting') {
    const { probability, splits } = overfittingProbability(matrix, test.blocks, onStep);
    return [probability, splits];
  }
  const { resamples, meanBlock } = test;
  const random = seededRandom(test.seed);
  const indices = new Int32Array(matrix.rows);
  const draw = (): Int32Array =>
    stationaryBootstrapIndices(matrix.rows, meanBlock, random, indices);
  const { pValue, spaConsistent } = realityCheck(matrix, resamples, draw, { meanBlock, onStep });
  return [pValue, spaConsistent];
}
