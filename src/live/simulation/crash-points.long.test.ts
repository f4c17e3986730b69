import { expect, test } from 'vitest';
import { crashAt, crashPoints } from './crash-points.contract.js';

test.each([undefined, 'lost', 'torn', 'nul-filled'] as const)(
  'the process may be killed at every operation, the power %s',
  async (cut) => {
    const points = await crashPoints();
    const wrong: string[] = [];
    for (let operation = 1; operation <= points; operation++) {
      const found = await crashAt(operation, cut);
      if (found.length > 0) wrong.push(`operation ${operation}: ${found.join('; ')}`);
    }
    console.info(`${points} operations`);
    expect(wrong).toEqual([]);
  },
);
