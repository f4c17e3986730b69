import { expect, test } from 'vitest';
import { textTable } from './text-table.js';

test('textTable() lines up columns and fills short rows', () => {
  expect(
    textTable(
      [
        ['Trades', '1,200', ''],
        ['Win rate', '45.50', '%'],
        ['Sharpe', '1.00'],
      ],
      'lrl',
    ),
  ).toEqual(['Trades    1,200', 'Win rate  45.50  %', 'Sharpe     1.00']);
});

test('textTable() of nothing is nothing', () => {
  expect(textTable([], 'l')).toEqual([]);
});
