import { describe, expect, test } from 'vitest';
import { undefinedAtNewest } from './undefined-at-newest.js';

const plot = (label: string, ...values: number[]) => ({
  label,
  pane: 'price',
  values: Float64Array.from(values),
});
const N = Number.NaN;

describe('undefinedAtNewest() names', () => {
  test.each<[string, Parameters<typeof undefinedAtNewest>, string[]]>([
    ['nothing where all is defined', [3, 0, [0, 1, 0], []], []],
    ['the signal of a column that ends', [3, 0, [0, 1, N], []], ['signal']],
    ['the signal of a function that ends', [3, 0, (i) => (i < 2 ? 1 : N), []], ['signal']],
    ['nothing before the warm-up is over', [3, 3, [N, N, N], [plot('a', N, N, N)]], []],
    [
      'a column that ends',
      [6, 0, [0, 0, 0, 0, 0, 0], [plot('score', 1, 2, 3, N, N, N)]],
      ['score'],
    ],
    ['a column that never begins', [4, 1, [0, 0, 0, 0], [plot('score', N, N, N, N)]], ['score']],
    ['no column that has just a gap', [4, 0, [0, 0, 0, 0], [plot('a', 1, 2, N, N)]], []],
    [
      'no column that has such gaps',
      [8, 0, new Int8Array(8), [plot('a', 1, N, N, N, 1, N, N, N)]],
      [],
    ],
  ])('%s', (_, facts, names) => {
    expect(undefinedAtNewest(...facts)).toEqual(names);
  });

  test('a function of the index is called in order, for every candle after the warm-up', () => {
    const asked: number[] = [];
    undefinedAtNewest(5, 2, (i) => asked.push(i) * 0, []);
    expect(asked).toEqual([2, 3, 4]);
  });
});
