import { describe, expect, test } from 'vitest';
import type { BotPlan } from '../trader/index.js';
import type { Terminal } from './terminal.js';
import { confirmUnproven } from './trader-request.js';

const terminal = { isInteractive: false } as Terminal;
const plan = (symbol: string, verdict?: BotPlan['verdict']): BotPlan =>
  ({ settings: { run: { symbol } }, verdict }) as unknown as BotPlan;
const lucky = { isProven: false, sentence: 'Not proven: luck.' };

describe('confirmUnproven()', () => {
  test.each([
    [
      'parameters that are proven',
      false,
      [plan('BTCUSDT', { isProven: true, sentence: 'Promising' })],
    ],
    ['parameters given by hand', false, [plan('BTCUSDT')]],
    ['what somebody accepts', true, [plan('BTCUSDT', lucky)]],
  ])('asks nothing for %s', async (_, isAccepted, plans) => {
    await expect(confirmUnproven(isAccepted, plans, terminal)).resolves.toBeUndefined();
  });

  test('refuses where nobody sits, names the bots that are not proven, and the flag', async () => {
    const plans = [plan('BTCUSDT', lucky), plan('ETHUSDT')];
    await expect(confirmUnproven(false, plans, terminal)).rejects.toThrow(
      'The optimized parameters are not proven:\nBTCUSDT: Not proven: luck.\nAdd --accept-unproven to trade them with real money anyway',
    );
  });
});
