import { oddPayloadTests } from './odd-payload-cases.contract.js';

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

oddPayloadTests(range(1, 60), [1, 2]);
