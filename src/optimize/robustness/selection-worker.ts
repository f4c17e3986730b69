import { parentPort, workerData } from 'node:worker_threads';
import {
  overfittingProbability,
  type ReturnsMatrix,
  realityCheck,
  stationaryBootstrapIndices,
} from '../../statistics/index.js';
import { seededRandom } from '../../util/index.js';
import { endQuietly } from '../pool/end-quietly.js';

/** A test of the selection, as a message. */
export type SelectionTask = {
  readonly rows: number;
  readonly columns: number;
  /** Shape `[columns × rows]`, column after column. */
  readonly values: SharedArrayBuffer;
  /** One number; other than 0 it ends the test without an answer. */
  readonly stop: Int32Array;
} & (
  | { readonly kind: 'overfitting'; readonly blocks: number }
  | {
      readonly kind: 'reality-check';
      readonly resamples: number;
      readonly meanBlock: number;
      readonly seed: number;
    }
);

/** Its answer. */
export type SelectionAnswer =
  | { readonly kind: 'overfitting'; readonly probability: number; readonly splits: number }
  | { readonly kind: 'reality-check'; readonly pValue: number; readonly spa: number };

class Stopped extends Error {}

try {
  parentPort!.postMessage(answer(workerData as SelectionTask));
} catch (error) {
  if (!(error instanceof Stopped)) throw error;
} finally {
  endQuietly();
}

function answer(task: SelectionTask): SelectionAnswer {
  const values = new Float64Array(task.values, 0, task.columns * task.rows);
  const matrix: ReturnsMatrix = { rows: task.rows, columns: task.columns, values };
  const onStep = (): void => {
    if (Atomics.load(task.stop, 0) !== 0) throw new Stopped();
  };
  if (task.kind === 'overfitting') {
    const { probability, splits } = overfittingProbability(matrix, task.blocks, onStep);
    return { kind: 'overfitting', probability, splits };
  }
  const random = seededRandom(task.seed);
  const indices = new Int32Array(task.rows);
  const draw = (): Int32Array =>
    stationaryBootstrapIndices(task.rows, task.meanBlock, random, indices);
  const { meanBlock } = task;
  const { pValue, spaConsistent } = realityCheck(matrix, task.resamples, draw, {
    meanBlock,
    onStep,
  });
  return { kind: 'reality-check', pValue, spa: spaConsistent };
}
