import { expect, test } from 'vitest';
import type { ForwardTest } from '../forward-test/index.js';
import { forwardTestVerdict } from './forward-test-verdict.js';

const result = (profit: number, sharpeRatio: number, totalTrades = 48) =>
  ({
    metrics: { cumulativeProfit: profit, sharpeRatio, totalTrades, buyAndHoldReturn: 0.5 },
    rules: { initialBalance: 1_000 },
  }) as unknown as ForwardTest['outOfSample'];

const day = 86_400_000;
const base = {
  outOfSample: result(100, 0.6),
  inSample: result(300, 1.2),
  optimizationPeriod: { start: 0, end: 100 * day },
  forwardPeriod: { start: 100 * day, end: 200 * day },
  seenShare: 0,
  probability: 0.71,
  judgement: { outcome: 'held-up-so-far', efficiency: 0.5, doubts: ['few-trades', 'luck'] },
} as unknown as ForwardTest;

const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-');

test.each([
  [
    {},
    'It held up so far, which is no proof yet: on unseen candles it earned 10.00 % after costs over 48 trades, while in-sample it had earned 30.00 % (Sharpe ratio 0.60 per year against 1.20).',
  ],
  [
    { outOfSample: result(-42, -0.3), judgement: { outcome: 'failed', doubts: [] } },
    'It did not hold up: on unseen candles it lost 4.20 % after costs over 48 trades, while in-sample it had earned 30.00 % (Sharpe ratio -0.30 per year against 1.20).',
  ],
  [
    { judgement: { outcome: 'weakened', efficiency: 0.23, doubts: [] } },
    'It kept only 23 % of its in-sample Sharpe ratio: on unseen candles it earned',
  ],
  [
    { inSample: undefined, judgement: { outcome: 'too-few-trades', doubts: [] } },
    'Too few trades to judge: on unseen candles it earned 10.00 % after costs over 48 trades.',
  ],
  [
    { judgement: { outcome: 'no-trades', doubts: [] } },
    'Nothing to judge: no trade was made on the candles that the optimizer had not seen.',
  ],
  [
    { seenShare: 0.25, judgement: { outcome: 'not-unseen', doubts: [] } },
    'This is no forward test: 25.00 % of the period was also used to choose the parameters.',
  ],
] as const)('a verdict says what happened: %#', (change, sentence) => {
  const found = forwardTestVerdict({ ...base, ...change } as unknown as ForwardTest);
  expect(plain(found.sentence)).toContain(sentence);
});

test('cautions name what is doubtful, in numbers', () => {
  expect(forwardTestVerdict(base).cautions.map(plain)).toEqual([
    'Only 48 trades: fewer than 100 prove little.',
    'Luck is not ruled out: from these 100 d alone, the true Sharpe ratio is above zero with a probability of 71.00 %; 95 % would be convincing.',
    'Buy and hold earned more in the same period: 50.00 %.',
    'This period can be used once: choosing again by its result makes it in-sample. Only newer candles test the next choice.',
  ]);
});

test('a choice that may be luck is doubted with the one sentence of its optimization', () => {
  const verdict = 'Not proven: a result like this comes by luck in 8 % of worlds without an edge.';
  const doubted = {
    ...base,
    optimized: { judgement: { verdict: 'Not proven', sentence: verdict } },
    judgement: { ...base.judgement, doubts: ['selection'] },
  } as unknown as ForwardTest;
  expect(forwardTestVerdict(doubted).cautions[0]).toBe(
    `The choice of these parameters may be luck. ${verdict}`,
  );
});
