import { parentPort, workerData } from 'node:worker_threads';
import {
  overfittingProbability,
  type ReturnsMatrix,
  realityCheck,
  stationaryBootstrapIndices,
} from '../../statistics/index.js';
import { seededRandom } from '../../util/index.js';

/** A test of the selection, as a message. */
export type SelectionTask = {
  readonly rows: number;
  readonly columns: number;
  /** Shape `[columns × rows]`, column after column. */
  readonly values: SharedArrayBuffer;
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

parentPort!.postMessage(answer(workerData as SelectionTask));
// What V8 compiles in the background ends before the thread does: see QUIET_MS of the worker pool.
setTimeout(() => {}, 100);

function answer(task: SelectionTask): SelectionAnswer {
  const values = new Float64Array(task.values, 0, task.columns * task.rows);
  const matrix: ReturnsMatrix = { rows: task.rows, columns: task.columns, values };
  if (task.kind === 'overfitting') {
    const { probability, splits } = overfittingProbability(matrix, task.blocks);
    return { kind: 'overfitting', probability, splits };
  }
  const random = seededRandom(task.seed);
  const indices = new Int32Array(task.rows);
  const draw = (): Int32Array =>
    stationaryBootstrapIndices(task.rows, task.meanBlock, random, indices);
  const { meanBlock } = task;
  const { pValue, spaConsistent } = realityCheck(matrix, task.resamples, draw, { meanBlock });
  return { kind: 'reality-check', pValue, spa: spaConsistent };
}
