import { describe, expect, test } from 'vitest';
import { type ComparedRuns, findDifference } from './compare-engines.contract.js';

const SEED = Number(process.env.WUS_SEED ?? 20_260_101);

describe('the fast engine equals the reference engine', () => {
  test(`on random candles, signals and rules (seed ${SEED})`, () => {
    const counts: ComparedRuns = { runs: 0, tables: 0, search: 0, 'exact-loop': 0, trades: 0 };
    for (let k = 0; k < 400; k++) expect(findDifference(SEED + k, 6, 300, counts)).toBeUndefined();
    // Every way is taken; a path that nothing tests would prove nothing.
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(100);
  });
});
