import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { Fill } from '../../exchange/index.js';
import { PAID_IN_QUOTE } from './fees.js';
import { bookFill, closedTrade, entryPriceOf, openPosition } from './position.js';

function fill(side: 'buy' | 'sell', price: string, quantity: string): Fill {
  return {
    ...{ symbol: 'SHIBEUR', tradeId: `${side} ${price} ${quantity}`, orderId: '1', side },
    ...{ price: decimal(price), quantity: decimal(quantity), commission: 0n },
    ...{ commissionAsset: 'EUR', isMaker: false, time: 1_767_596_220_000 },
  };
}

function positionOf(fills: readonly Fill[]) {
  return fills.reduce(
    (position, one) => bookFill(position, one, PAID_IN_QUOTE),
    openPosition(0, fills[0]!),
  );
}

describe('the average price of fills', () => {
  test.each([
    // One price, however small and however much of it, is that price.
    [[['0.00000737', '135536107']], 0.00000737],
    [[['0.00000001', '1']], 0.00000001],
    [[['61073.37', '0.01636']], 61_073.37],
    [[['0.1', '0.3']], 0.1],
    // Two ticks apart: the digits after the eighth decimal are half a thousandth of this price.
    [
      [
        ['0.00000736', '100000000'],
        ['0.00000737', '100000000'],
      ],
      0.000_007_365,
    ],
    [
      [
        ['61597.5', '0.017'],
        ['61641.9', '0.034'],
      ],
      61_627.1,
    ],
    [
      [
        ['0.00000001', '1'],
        ['0.00000002', '2'],
      ],
      5 / 3 / 1e8,
    ],
  ] as const)('of %j is %d', (parts, price) => {
    const fills = parts.map(([at, quantity]) => fill('buy', at, quantity));
    expect(entryPriceOf(positionOf(fills))).toBe(price);
  });

  test('a closed trade tells both with all digits, and a return that fits its profit', () => {
    const position = positionOf([
      fill('buy', '0.00000736', '100000000'),
      fill('buy', '0.00000737', '100000000'),
      fill('sell', '0.00000734', '50000000'),
      fill('sell', '0.00000735', '150000000'),
    ]);
    const trade = closedTrade(position, { reason: 'stop-loss', timeframe: '1m', balance: 0n });
    expect(trade.entryPrice).toBe(0.000_007_365);
    expect(trade.exitPrice).toBe(0.000_007_347_5);
    expect(trade.netPnl).toBe(-3.5);
    expect(trade.returnPct).toBeCloseTo((-3.5 / 1_473) * 100, 10);
  });
});
