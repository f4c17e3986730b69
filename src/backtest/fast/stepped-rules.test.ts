import { describe, expect, test } from 'vitest';
import type { EngineRules } from '../../semantics/index.js';
import { PLAIN_RULES } from '../../semantics/plain-rules.contract.js';
import {
  laterRules,
  type RunWay,
  runWay,
  type StrategyColumns,
  steppedRules,
} from './stepped-rules.js';

const PLAIN: EngineRules = { ...PLAIN_RULES, stopLoss: 0.01, takeProfit: 0.02, trailingStop: 0.01 };
const WAITS = { reEntry: 'new-signal' } as const;
const COLUMN = new Float64Array(0);

const held: [what: string, rules: Partial<EngineRules>][] = [
  ['a stop at a multiple of the ATR', { stopLossAtr: 2 }],
  ['a target at a multiple of the ATR', { takeProfitAtr: 2 }],
  ['a trailing stop at a multiple of the ATR', { trailingStopAtr: 2 }],
  ['an activation', { trailingActivation: 0.01 }],
  ['a break-even', { breakEven: 0.01, breakEvenOffset: 0.001 }],
  ['targets that change', { profitTargets: [{ fromCandle: 0, fraction: 0.01 }] }],
  ['a time exit', { maxCandlesHeld: 3 }],
  ['a least profit', { exitMinProfit: 0.01 }],
  ['a scale-out', { scaleOut: [{ fraction: 0.01, share: 0.5 }] }],
  ['a risk', { size: { riskFraction: 0.01 } }],
  ['a cooldown', { cooldownCandles: 5 }],
  ['a cooldown of one candle that waits for a new signal', { cooldownCandles: 1, ...WAITS }],
];
const stepped: [
  what: string,
  rules: Partial<EngineRules>,
  given: StrategyColumns,
  names: string[],
][] = [
  ['a longer cooldown', { cooldownCandles: 2, ...WAITS }, {}, ['cooldownCandles']],
  ['a gain of nothing', { trailingActivation: 1e-17 }, {}, ['trailingActivation']],
  ['a break-even at nothing', { breakEven: 1e-17 }, {}, ['breakEven']],
  ['an exit column', {}, { exits: new Uint8Array(0) }, ['exits']],
  ['a managed trade', { stopLossAtr: 1 }, { manage: () => undefined }, ['manage']],
  [
    'distances and sizes',
    {},
    { columns: { stopDistance: COLUMN, targetDistance: COLUMN, size: COLUMN } },
    ['stopDistance', 'targetDistance', 'size'],
  ],
];

describe('runWay()', () => {
  const way = (rules: Partial<EngineRules>, given: StrategyColumns, tables: boolean): RunWay =>
    runWay({ ...PLAIN, ...rules }, given, () => tables);

  test('follows plain rules as before, with tables or without', () => {
    for (const rules of [{}, WAITS, { cooldownCandles: 0 }, { exitAtrPeriod: 5 }]) {
      expect(way(rules, {}, true)).toBe('plain');
      expect(way(rules, {}, false)).toBe('plain');
    }
    expect(way({}, { columns: { rank: COLUMN } }, true)).toBe('plain');
    expect(laterRules(PLAIN, {})).toEqual([]);
  });

  test.each(held)('follows tables with %s, and steps without them', (_, rules) => {
    expect(way(rules, {}, true)).toBe('later-tables');
    expect(way(rules, {}, false)).toBe('candle-loop');
    expect(laterRules({ ...PLAIN, ...rules }, {})).toHaveLength(1);
    expect(steppedRules({ ...PLAIN, ...rules }, {})).toEqual([]);
  });

  test('follows tables with all of them at once', () => {
    const all = Object.assign({}, ...held.map(([, rules]) => rules)) as EngineRules;
    expect(way({ ...all, takeProfit: 0 }, {}, true)).toBe('later-tables');
  });

  test.each(stepped)('steps with %s, and names it', (_, rules, given, names) => {
    expect(way(rules, given, true)).toBe('candle-loop');
    expect(steppedRules({ ...PLAIN, ...rules }, given)).toEqual(names);
  });

  test('steps with all rules of a run when tables do not hold one', () => {
    expect(way({ stopLossAtr: 1, cooldownCandles: 2, ...WAITS }, {}, true)).toBe('candle-loop');
  });
});
