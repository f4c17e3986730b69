import { expect, test } from 'vitest';
import { syntheticCandles } from '../candles/index.js';
import type { LoadedStrategy } from '../plugins/index.js';
import { defineStrategy, type Strategy } from '../strategies/index.js';
import { paceNotes } from './strategy-notes.js';

const candles = syntheticCandles({ length: 100 });
const source = { path: '/own.ts' } as LoadedStrategy['source'];
const own = (more: object): Strategy =>
  defineStrategy({ name: 'Own', warmUp: 0, signals: () => () => 1, ...more });

test.each([
  ['signals alone', {}, undefined],
  ['a rank', { signals: () => ({ enter: () => 1, rank: () => 2 }) }, undefined],
  ['an exit', { signals: () => ({ enter: () => 1, exit: () => 'long' }) }, 'exit'],
  [
    'distances and a size',
    {
      signals: () => ({
        enter: () => 1,
        stopDistance: () => 5,
        targetDistance: () => 9,
        size: () => 1,
      }),
    },
    'stopDistance, targetDistance, size',
  ],
  ['manage', { signals: () => ({ enter: () => 1 }), manage: () => undefined }, 'manage'],
])(
  'paceNotes() names what makes each combination step through its candles: %s',
  (_, more, names) => {
    const notes =
      names === undefined
        ? []
        : [
            `Own gives ${names}: each combination steps through its candles, which takes several times as long as the exits that settings and flags have.`,
          ];
    expect(paceNotes({ strategy: own(more), source }, candles, {})).toEqual(notes);
  },
);

test('built-in strategies, and a search without a trial, need no note', () => {
  const strategy = own({ signals: () => ({ enter: () => 1, exit: () => 'long' }) });
  expect(paceNotes({ strategy, source: undefined }, candles, {})).toEqual([]);
  expect(paceNotes({ strategy, source }, candles, undefined)).toEqual([]);
});
