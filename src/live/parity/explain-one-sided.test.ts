import { expect, test } from 'vitest';
import type { Degradation } from '../core/index.js';
import { whyOnlyLive } from './explain-one-sided.js';
import { recordedSession } from './index.js';
import { parityContext } from './parity-context.js';
import { recorded } from './session.contract.js';

test('a signal that the bot took late, because its order was slow, is the one of the backtest', async () => {
  const { memory, trades, candles } = await recorded();
  const trade = trades.find(({ entryTime, exitTime }) => exitTime - entryTime > 900_000)!;
  const lateMs = 400_000;
  const { entryTime, entryFillTime } = trade;
  const late = { ...trade, entryTime: entryTime + lateMs, entryFillTime: entryFillTime + lateMs };
  const slow: Degradation = {
    reason: 'order-slow',
    fromTime: entryTime,
    toTime: late.entryFillTime,
  };
  const why = (degradations: readonly Degradation[]) => {
    const session = recordedSession(memory);
    const context = parityContext({
      ...{ memory: { ...memory, degradations }, trades, candles, session },
    });
    return whyOnlyLive(context, late);
  };
  expect(why([slow])).toEqual([
    'timing',
    expect.stringMatching(/took the same signal at once; order-slow from/),
  ]);
  expect(why([])).toBe('the backtest did not enter');
});
