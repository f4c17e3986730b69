import { oddPayloadTests } from './odd-payload-cases.contract.js';

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

// 72: an unknown kind of report without a trade id; found by the long run.
oddPayloadTests([...range(1, 60), 72], [1, 2]);
