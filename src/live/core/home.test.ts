import { describe, expect, test } from 'vitest';
import { applyAccount } from './apply-account.js';
import { foreignHome, settledHome } from './home.js';
import { leaving, rulesOf } from './leaving-turn.contract.js';

const none = { world: null, account: null };

describe('foreignHome()', () => {
  test.each([
    ['nothing known, nothing seen', none, none, undefined],
    ['nothing known', none, { world: 'local', account: '1' }, undefined],
    ['the same', { world: 'real', account: '1' }, { world: 'real', account: '1' }, undefined],
    [
      'an account that was not told',
      { world: 'real', account: '1' },
      { world: 'real', account: null },
      undefined,
    ],
    [
      'another account',
      { world: 'real', account: '1' },
      { world: 'real', account: '2' },
      /to account 1, but the key belongs to account 2/,
    ],
    [
      'another world',
      { world: 'practice', account: null },
      { world: 'real', account: '1' },
      /testnet, but this is a real exchange/,
    ],
    [
      'money instead of simulated fills',
      { world: 'paper', account: null },
      { world: 'local', account: '1' },
      /to simulated fills, but this is a local exchange/,
    ],
  ])('%s', (_, home, seen, expected) => {
    const text = foreignHome(home, seen);
    if (expected === undefined) expect(text).toBeUndefined();
    else expect(text).toMatch(expected);
  });
});

test('what was seen once stays', () => {
  const home = { world: 'local', account: null };
  expect(settledHome(home, none)).toBe(home);
  const settled = settledHome(home, { world: 'real', account: '7' });
  expect(settled).toEqual({ world: 'local', account: '7' });
  expect(settledHome(settled, { world: null, account: '8' })).toBe(settled);
});

describe('a look at the account', () => {
  const look = (uid: string | undefined, home = none) => {
    const turn = leaving('usdm', 'long', 0n);
    turn.memory = { ...turn.memory, home };
    const before = turn.memory;
    applyAccount(turn, {
      type: 'account',
      time: 20_000,
      askedTime: 20_000,
      ...(uid !== undefined && { uid }),
      balances: [],
      openOrders: [],
      positions: [],
      rules: rulesOf('usdm'),
    });
    return { turn, before };
  };

  test('writes whose it is', () => {
    expect(look('7').turn.memory.home).toEqual({ world: null, account: '7' });
    expect(look(undefined).turn.memory.home).toEqual(none);
  });

  test('of another account says nothing of the position, and stops entries', () => {
    const { turn, before } = look('8', { world: 'local', account: '7' } as never);
    expect(turn.memory.position).toBe(before.position);
    expect(turn.memory.mismatch).toMatch(/account 7.*account 8/);
    expect(turn.observed.accountTime).toBe(10_000);
    expect(turn.effects).toMatchObject([{ type: 'alert', level: 'alarm', code: 'mismatch' }]);
  });
});
