import { describe, expect, test } from 'vitest';
import { describeEngineAgreement, describeEngineContract } from '../engine.contract.js';
import { runReference } from '../reference-engine.js';
import { findDifference, findDifferenceTogether, noRuns } from './compare-engines.contract.js';
import { runFastByTables } from './run-by-tables.contract.js';
import { runFast } from './run-fast.js';

const SEED = Number(process.env.WUS_SEED ?? 20_260_101);

describeEngineContract('runFast()', (input) => runFast(input));
describeEngineAgreement('runFast() and runReference()', (input) => runFast(input), runReference, {
  seed: SEED,
  runs: 1000,
});

describeEngineContract('runFast() by tables', (input) => runFastByTables(input));

describe('the fast engine equals the reference engine', () => {
  test(`on random candles, signals and rules (seed ${SEED})`, () => {
    const counts = noRuns();
    for (let k = 0; k < 400; k++) expect(findDifference(SEED + k, 6, 300, counts)).toBeUndefined();
    // Every way is taken; a path that nothing tests would prove nothing.
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(100);
  });

  test(`on random candles with later rules alone (seed ${SEED})`, () => {
    const counts = noRuns();
    const laterShare = 1;
    for (let k = 0; k < 200; k++) {
      const lengthMax = k % 50 === 0 ? 5_000 : 300;
      const difference = findDifference(-SEED - k, 6, lengthMax, counts, { laterShare });
      expect(difference).toBeUndefined();
    }
    expect(counts['later-tables']).toBeGreaterThan(250);
  });

  test(`whatever else a sweep computes at the same time (seed ${SEED})`, () => {
    for (let k = 0; k < 200; k++) expect(findDifferenceTogether(SEED + k)).toBeUndefined();
  });

  test(`and when more is handed in than walks at once (seed ${SEED})`, () => {
    for (let k = 0; k < 6; k++) expect(findDifferenceTogether(SEED + k, 30)).toBeUndefined();
  });
});
