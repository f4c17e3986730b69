import { expect, test } from 'vitest';
import { METRIC_UNITS, METRICS } from './index.js';

test('every metric of a JSON object has its unit beside it, because units differ', () => {
  expect(METRIC_UNITS).toEqual(Object.fromEntries(METRICS.map(({ name, unit }) => [name, unit])));
  expect(METRIC_UNITS).toMatchObject({ win_rate: 'percent', max_drawdown: 'fraction' });
});
