import { test } from 'vitest';
import { BEARABLE, startWithStates, UNBEARABLE } from './state-troubles.js';

test(
  'a state that is not whole, with which the trader goes on',
  () => startWithStates(BEARABLE, { goesOn: true }),
  300_000,
);

test(
  'a state that is not whole, with which the start is refused',
  () => startWithStates(UNBEARABLE, { goesOn: false }),
  300_000,
);
