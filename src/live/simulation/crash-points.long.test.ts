import { expect, test } from 'vitest';
import { CRASH_SCENARIOS, crashAt, crashPoints } from './crash-points.contract.js';

const CUTS = [undefined, 'lost', 'torn', 'nul-filled'] as const;

test.each(CRASH_SCENARIOS.flatMap((scenario) => CUTS.map((cut) => [scenario, cut] as const)))(
  'the process may be killed at every operation: %s, the power %s',
  async (scenario, cut) => {
    const points = await crashPoints(scenario);
    const wrong: string[] = [];
    for (let operation = 1; operation <= points; operation++) {
      const found = await crashAt(scenario, operation, cut);
      if (found.length > 0) wrong.push(`operation ${operation}: ${found.join('; ')}`);
    }
    console.info(`${scenario}: ${points} operations`);
    expect(wrong).toEqual([]);
  },
);
