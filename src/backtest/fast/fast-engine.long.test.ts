import { expect, test } from 'vitest';
import { findDifference, noRuns } from './compare-engines.contract.js';

const SEED = Number(process.env.WUS_SEED ?? 1);
const RUNS = Number(process.env.WUS_RUNS ?? 1_000_000);
const RULES_PER_CASE = 8;

test.each([
  ['some with later rules', {}],
  ['all with later rules', { laterShare: 1 }],
])(
  `the fast engine equals the reference engine in ${RUNS} random runs from seed ${SEED}, %s`,
  (_, options) => {
    const counts = noRuns();
    const differences: string[] = [];
    const cases = Math.ceil(RUNS / RULES_PER_CASE);
    for (let k = 0; k < cases && differences.length < 10; k++) {
      // Most cases are small, so that many are compared; some are long, so that peaks, days and stacks have a history.
      const lengthMax = k % 200 === 0 ? 12_000 : k % 10 === 0 ? 1_500 : 150;
      const difference = findDifference(SEED + k, RULES_PER_CASE, lengthMax, counts, options);
      if (difference !== undefined) differences.push(difference);
    }
    console.info(`compared ${cases * RULES_PER_CASE} runs`, counts);
    expect(differences).toEqual([]);
  },
);
