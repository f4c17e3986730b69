import { describe, expect, test } from 'vitest';
import { decimal, trimDecimal } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/index.js';
import { rulesOf } from './leaving-turn.contract.js';
import { firstPart, isTooSmall, splitQuantity } from './split-quantity.js';

const rules = (part: Record<string, string | boolean>): InstrumentRules => ({
  ...rulesOf('spot'),
  notionalMax: 0n,
  ...Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      typeof value === 'string' ? decimal(value) : value,
    ]),
  ),
});
const MARKET = { type: 'market', price: decimal('100') } as const;
const texts = (parts: readonly bigint[] | undefined) => parts?.map(trimDecimal);

describe('splitQuantity()', () => {
  test.each<[string, string, Record<string, string | boolean>, string[] | undefined]>([
    ['that fits is one order', '1', { marketQuantityMax: '1' }, ['1']],
    [
      'without a bound is one order',
      '5000',
      { quantityMax: '0', marketQuantityMax: '0' },
      ['5000'],
    ],
    ['leaves in full parts and a rest', '1', { marketQuantityMax: '0.4' }, ['0.4', '0.4', '0.2']],
    ['leaves in equal parts without a rest', '1', { marketQuantityMax: '0.5' }, ['0.5', '0.5']],
    [
      'takes the smaller of both bounds',
      '1',
      { quantityMax: '0.6', marketQuantityMax: '0.7' },
      ['0.6', '0.4'],
    ],
    [
      'whose rest is worth too little shares it with the part before',
      '1.02',
      { marketQuantityMax: '0.5' },
      ['0.5', '0.26', '0.26'],
    ],
    [
      'is put on the grid of market orders',
      '1',
      { marketQuantityMax: '0.45', marketStepSize: '0.1' },
      ['0.4', '0.4', '0.2'],
    ],
    [
      'keeps below the largest notional',
      '1',
      { notionalMax: '40', notionalMaxAppliesToMarket: true },
      ['0.4', '0.4', '0.2'],
    ],
    [
      'does not care for a notional that is not for it',
      '1',
      { notionalMax: '40', notionalMaxAppliesToMarket: false },
      ['1'],
    ],
    ['that would need too many is not split', '1', { marketQuantityMax: '0.1' }, undefined],
  ])('a quantity %s', (_, quantity, part, expected) => {
    const parts = splitQuantity(rules(part), decimal(quantity), MARKET, 5);
    expect(texts(parts)).toEqual(expected);
  });

  test('parts always add up and are never larger than allowed', () => {
    for (let most = 10; most < 60; most++) {
      for (let quantity = 5; quantity < 400; quantity += 3) {
        const instrument = rules({
          marketQuantityMax: `0.0${String(most).padStart(2, '0')}`,
          notionalMin: '0.5',
        });
        const whole = decimal('0.001') * BigInt(quantity);
        const parts = splitQuantity(instrument, whole, MARKET, 1_000)!;
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(whole);
        const first = firstPart(instrument, whole, MARKET);
        for (const part of [...parts, first]) {
          expect(part <= instrument.marketQuantityMax || parts.length === 1).toBe(true);
          expect(part % instrument.stepSize).toBe(0n);
          expect(isTooSmall(instrument, part, MARKET)).toBe(false);
        }
      }
    }
  });
});
