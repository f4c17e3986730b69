import { expect, test } from 'vitest';
import { STRATEGIES } from '../strategies/index.js';
import { paceNotes } from './strategy-notes.js';

test('paceNotes() names what makes each combination step through its candles', () => {
  const [strategy] = STRATEGIES;
  expect(paceNotes({ strategy: strategy! })).toEqual([]);
  expect(paceNotes({ strategy: { ...strategy!, manages: true } })).toEqual([
    `${strategy!.name} has manage(): each combination steps through its candles, which takes several times as long as the exits that settings and flags have.`,
  ]);
});
