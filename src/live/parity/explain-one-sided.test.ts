import { expect, test } from 'vitest';
import type { Hindrance } from '../core/index.js';
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
  const slow: Hindrance = { reason: 'order-slow', fromTime: entryTime, toTime: late.entryFillTime };
  const why = (hindrances: readonly Hindrance[]) => {
    const session = recordedSession(memory);
    const context = parityContext({
      ...{ memory: { ...memory, hindrances }, trades, candles, session },
    });
    return whyOnlyLive(context, late);
  };
  expect(why([slow])).toEqual([
    'timing',
    expect.stringMatching(/took the same signal at once; order-slow from/),
  ]);
  expect(why([])).toBe('the backtest did not enter');
});
