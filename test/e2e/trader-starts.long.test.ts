import { test } from 'vitest';
import { START_MISHAPS, startAfter } from './start-mishaps.js';

test(
  'a start beside an open position manages it, whatever happened before',
  () => startAfter(START_MISHAPS),
  600_000,
);
