import { expect, test } from 'vitest';
import { countText } from './count-text.js';

test.each([
  [0, 'trade', undefined, '0 trades'],
  [1, 'trade', undefined, '1 trade'],
  [1n, 'combination', undefined, '1 combination'],
  [2310, 'trade', undefined, '2,310 trades'],
  [1, 'entry', 'entries', '1 entry'],
  [1584, 'entry', 'entries', '1,584 entries'],
])('%s %s', (count, one, many, text) => {
  expect(countText(count, one, many)).toBe(text);
});
