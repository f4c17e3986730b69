import { oddPayloadTests } from './odd-payload-cases.contract.js';

/** `WUS_SEEDS=1-300`: of the days; each payload gets ten times as many variants. */
const [FIRST = 1, LAST = 200] = (process.env.WUS_SEEDS ?? '')
  .split('-')
  .filter((part) => part !== '')
  .map(Number);
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

oddPayloadTests(range(FIRST * 10, LAST * 10), range(FIRST, LAST));
