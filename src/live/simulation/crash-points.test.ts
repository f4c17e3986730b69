import { expect, test } from 'vitest';
import { CRASH_SCENARIOS, crashAt, crashPoints } from './crash-points.contract.js';

const CASES = 16;

test.each(CRASH_SCENARIOS)(
  'the process may be killed at any operation (a spread of all): %s',
  async (scenario) => {
    const points = await crashPoints(scenario);
    expect(points).toBeGreaterThan(200);
    const wrong: string[] = [];
    for (let i = 0; i < CASES; i++) {
      const operation = 1 + Math.floor((i * points) / CASES);
      const cut = [undefined, 'lost', 'torn', 'nul-filled'] as const;
      const found = await crashAt(scenario, operation, cut[i % 4]);
      if (found.length > 0) wrong.push(`operation ${operation}: ${found.join('; ')}`);
    }
    expect(wrong).toEqual([]);
  },
);
