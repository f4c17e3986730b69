import { expect, test } from 'vitest';
import type { ForwardTest } from '../forward-test/index.js';
import { forwardTestVerdict } from './forward-test-verdict.js';

const result = (profit: number, sharpeRatio: number, totalTrades = 48) =>
  ({
    metrics: { cumulativeProfit: profit, sharpeRatio, totalTrades, buyAndHoldReturn: 0.5 },
    rules: { initialBalance: 1_000 },
  }) as unknown as ForwardTest['outOfSample'];

const day = 86_400_000;
const evidence: ForwardTest['evidence'] = {
  weeks: 104,
  look: { time: 200 * day, isDeclared: true },
  isLookOver: true,
  firstLookP: 0.04,
  largestEvidence: 3,
  lastEvidence: 2.5,
  p: 0.08,
  pHold: 0.09,
  beta: 0.4,
  settingsTested: 1,
  expectedSharpe: 1,
  band: { low: -0.4, high: 2.4 },
};
const base = {
  outOfSample: result(100, 0.6),
  inSample: result(300, 1.2),
  optimizationPeriod: { start: 0, end: 100 * day },
  forwardPeriod: { start: 100 * day, end: 200 * day },
  seenShare: 0,
  probability: 0.71,
  sharpeKept: 0.5,
  evidence,
  optimized: {},
  judgement: { outcome: 'not-confirmed-yet', doubts: [] },
} as unknown as ForwardTest;

const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-');

test.each([
  [
    { judgement: { outcome: 'confirmed', doubts: [] }, evidence: { ...evidence, p: 0.012 } },
    'Confirmed: on unseen candles it earned 10.00 % after costs over 48 trades, while in-sample it had earned 30.00 % (Sharpe ratio 0.60 per year against 1.20); that comes by luck in 1.2 % of worlds without an edge.',
  ],
  [
    {},
    'Not confirmed yet: on unseen candles it earned 10.00 % after costs over 48 trades, while in-sample it had earned 30.00 % (Sharpe ratio 0.60 per year against 1.20); that comes by luck in 8 % of worlds without an edge, 5 % would confirm it.',
  ],
  [
    {
      inSample: undefined,
      evidence: { ...evidence, p: 0.02, pHold: 0.4 },
      judgement: { outcome: 'not-confirmed-yet', doubts: ['holding'] },
    },
    'Not confirmed yet: on unseen candles it earned 10.00 % after costs over 48 trades; that comes by luck in 2 % of worlds without an edge, but holding the market as much would have done the same (40 %).',
  ],
  [
    { outOfSample: result(-42, -0.5), judgement: { outcome: 'failed', doubts: ['below-band'] } },
    'Failed: on unseen candles it lost 4.20 % after costs over 48 trades, while in-sample it had earned 30.00 % (Sharpe ratio -0.50 per year against 1.20). A loss is below everything that was expected: a Sharpe ratio of -0.4 to 2.4 was expected (90 %, around 1.0).',
  ],
  [
    {
      inSample: undefined,
      outOfSample: result(-42, -0.3),
      evidence: { ...evidence, lastEvidence: 0.08 },
      judgement: { outcome: 'failed', doubts: [] },
    },
    'Failed: on unseen candles it lost 4.20 % after costs over 48 trades. The evidence for an edge has fallen to 0.08 from 1',
  ],
  [
    { judgement: { outcome: 'weakened', doubts: ['below-band'] } },
    'Weakened: on unseen candles it earned 10.00 % after costs over 48 trades',
  ],
  [
    { outOfSample: result(0, 0, 0), judgement: { outcome: 'not-confirmed-yet', doubts: [] } },
    'Not confirmed yet: no trade was made on the candles that the optimizer had not seen.',
  ],
  [
    { seenShare: 0.25, judgement: { outcome: 'not-unseen', doubts: [] } },
    'This is not a forward test: 25.00 % of the period was also used to choose the parameters.',
  ],
] as const)('a verdict says what happened: %#', (change, sentence) => {
  const found = forwardTestVerdict({ ...base, ...change });
  expect(plain(found.sentence)).toContain(sentence);
});

test('cautions name look, evidence and the verdict on the search', () => {
  expect(forwardTestVerdict(base).cautions.map(plain)).toEqual([
    'At the declared look on 1970-07-20 the chance of luck was 4 %; later looks do not change it. Always-valid evidence (an e-value, safe to check at any time): maximum so far 3.0 (40 alone confirms).',
    'The optimization of these parameters was not judged.',
    'Buy and hold earned more in the same period: 50.00 %.',
    'This period can be used only once: choosing parameters by its result makes it in-sample. Only newer candles can test the next choice.',
  ]);
});

test('the verdict on the search is told beside it and is no condition', () => {
  const sentence = 'Not proven: a result like this comes by luck in 8 % of worlds without an edge.';
  const test = {
    ...base,
    optimized: { judgement: { verdict: 'Not proven', sentence } },
    judgement: { outcome: 'confirmed', doubts: [] },
  } as unknown as ForwardTest;
  const { cautions } = forwardTestVerdict(test);
  expect(cautions).toContain(`Verdict of the optimization: ${sentence}`);
});

test('a look that is to come says when', () => {
  const ahead = {
    ...base,
    evidence: { ...evidence, isLookOver: false, firstLookP: 1 },
  } as unknown as ForwardTest;
  expect(forwardTestVerdict(ahead).cautions[0]).toContain(
    'The declared look is on 1970-07-20; until then only the always-valid evidence counts. Always-valid evidence (an e-value, safe to check at any time): maximum so far 3.0 (40 alone confirms).',
  );
});
