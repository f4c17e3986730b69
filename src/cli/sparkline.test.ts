import { expect, test } from 'vitest';
import { sparkline } from './sparkline.js';

test.each([
  [[], 8, ''],
  [[5], 8, '▁'],
  [[3, 3, 3], 8, '▁▁▁'],
  [[0, 1, 2, 3, 4, 5, 6, 7], 8, '▁▂▃▄▅▆▇█'],
  [[7, 0], 8, '█▁'],
  [[9, 0, 9, 7, 0, 0, 0, 0], 4, '▁█▁▁'],
])('sparkline(%j, %d) is "%s"', (values, width, expected) => {
  expect(sparkline(values, width)).toBe(expected);
});
