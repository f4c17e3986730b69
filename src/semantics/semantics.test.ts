import { describe, expect, test } from 'vitest';
import {
  balanceAfterExit,
  commissionOf,
  excursionPercent,
  isAcrossGap,
  isAffordable,
  isAmbiguous,
  isLossLimitReached,
  isRuined,
  marketFillPrice,
  netProfit,
  noStop,
  noTakeProfit,
  opensBeyondStop,
  opensBeyondTakeProfit,
  profitBetween,
  quantityOfBalance,
  raisePeak,
  returnPercent,
  ruinLevel,
  shortPermitted,
  stillBlocked,
  stopLossLevel,
  stopReason,
  takeProfitLevel,
  tighterStop,
  touchesStop,
  touchesTakeProfit,
  trailingStopLevel,
} from './index.js';

describe('fills and money', () => {
  test.each([
    ['a buy pays more', 1, 101],
    ['a sale gets less', -1, 99],
  ])('S-21 %s', (_name, order, price) => {
    expect(marketFillPrice(100, order, 0.01)).toBe(price);
  });

  test('S-22 commission is charged on the notional of the fill', () => {
    expect(commissionOf(200, 3, 0.001)).toBe(0.6);
  });

  test('S-28 a share of the balance leaves room for the commission', () => {
    const quantity = quantityOfBalance(1000, 1, 1, 100, 0.001);
    expect(quantity).toBe(9.990009990009991);
    expect(quantity * 100 * 1.001).toBeCloseTo(1000, 9);
    expect(quantityOfBalance(1000, 0.5, 4, 100, 0)).toBe(20);
  });

  test.each([
    [1, 1],
    [1, 4],
    [0.5, 4],
    [1, 20],
    [0.1, 125],
  ])(
    'S-28 margin and commission together are %d of the balance at leverage %d',
    (fraction, leverage) => {
      const quantity = quantityOfBalance(1000, fraction, leverage, 100, 0.01);
      const margin = (quantity * 100) / leverage;
      const commission = commissionOf(100, quantity, 0.01);
      expect(margin + commission).toBeCloseTo(1000 * fraction, 9);
      expect(isAffordable(100, quantity, commission, 1000 * fraction, leverage)).toBe(true);
    },
  );

  test.each([
    ['exactly the balance', 10, 0, 1000, 1, true],
    ['a rounding above it', 10, 1e-7, 1000, 1, true],
    ['a commission above it', 10, 1, 1000, 1, false],
    ['twice the balance with leverage 2', 20, 0, 1000, 2, true],
    ['more than leverage carries', 20.1, 0, 1000, 2, false],
    ['margin and commission that are the balance', 38, 50, 1000, 4, true],
    ['a commission that the margin leaves no room for', 38, 51, 1000, 4, false],
    ['a commission in full, whatever the leverage', 100, 100, 1000, 10, false],
  ])('S-29 %s', (_name, quantity, commission, balance, leverage, affordable) => {
    expect(isAffordable(100, quantity, commission, balance, leverage)).toBe(affordable);
  });

  test('profit, net profit, balance and return of a long and a short', () => {
    expect([profitBetween(1, 100, 110, 2), profitBetween(-1, 100, 110, 2)]).toEqual([20, -20]);
    expect(netProfit(20, 0.5, 0.25)).toBe(19.25);
    expect(balanceAfterExit(999.5, 20, 0.25)).toBe(1019.25);
    expect(returnPercent(19.25, 100, 2)).toBe(9.625);
    expect([excursionPercent(1, 200, 190), excursionPercent(-1, 200, 190)]).toEqual([-5, 5]);
  });
});

describe('levels', () => {
  test.each([
    ['long', 1, 95, 110, 92, 80],
    ['short', -1, 105, 90, 108, 120],
  ])('§4 S-31 of a %s at 100', (_name, side, stop, target, trailing, ruin) => {
    expect(stopLossLevel(100, side, 0.05)).toBe(stop);
    expect(takeProfitLevel(100, side, 0.1)).toBeCloseTo(target, 12);
    expect(trailingStopLevel(100, side, 0.08)).toBe(trailing);
    expect(ruinLevel(100, side, 200, 10)).toBe(ruin);
  });

  test('S-40 the peak follows highs of a long and lows of a short, never back', () => {
    expect([raisePeak(100, 1, 105, 90), raisePeak(110, 1, 105, 90)]).toEqual([105, 110]);
    expect([raisePeak(100, -1, 105, 90), raisePeak(80, -1, 105, 90)]).toEqual([90, 80]);
  });

  test('the tighter stop of a long is the higher one, of a short the lower one', () => {
    expect([tighterStop(1, 95, 96), tighterStop(-1, 105, 104)]).toEqual([96, 104]);
    expect(tighterStop(1, noStop(1), 1)).toBe(1);
    expect(tighterStop(-1, noStop(-1), 1)).toBe(1);
  });

  test.each([
    ['trailing strictly tightest', 95, 96, 90, 'trailing-stop'],
    ['stop-loss tightest', 96, 95, 90, 'stop-loss'],
    ['stop-loss ties with trailing', 95, 95, 90, 'stop-loss'],
    ['stop-loss ties with ruin', 95, 94, 95, 'stop-loss'],
    ['trailing ties with ruin', 90, 95, 95, 'liquidation'],
    ['ruin tightest', 90, 91, 95, 'liquidation'],
    ['all three tie', 95, 95, 95, 'stop-loss'],
    ['ruin alone', Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 5, 'liquidation'],
  ])('S-44 %s', (_name, stopLoss, trailing, ruin, reason) => {
    expect(stopReason(1, stopLoss, trailing, ruin)).toBe(reason);
    expect(stopReason(-1, 200 - stopLoss, 200 - trailing, 200 - ruin)).toBe(reason);
  });
});

describe('checks of a candle', () => {
  test.each([
    ['above the stop', 95.01, false],
    ['at the stop', 95, true],
    ['below the stop', 94, true],
  ])('S-41 S-42 a long %s', (_name, price, fills) => {
    expect(opensBeyondStop(1, price, 95)).toBe(fills);
    expect(touchesStop(1, 100, price, 95)).toBe(fills);
    expect(opensBeyondStop(-1, 200 - price, 105)).toBe(fills);
    expect(touchesStop(-1, 200 - price, 100, 105)).toBe(fills);
  });

  test.each([
    ['below the take-profit', 109.99, false],
    ['at the take-profit', 110, true],
    ['above the take-profit', 111, true],
  ])('S-41 S-43 a long %s', (_name, price, fills) => {
    expect(opensBeyondTakeProfit(1, price, 110)).toBe(fills);
    expect(touchesTakeProfit(1, price, 100, 110)).toBe(fills);
    expect(opensBeyondTakeProfit(-1, 200 - price, 90)).toBe(fills);
    expect(touchesTakeProfit(-1, 100, 200 - price, 90)).toBe(fills);
  });

  test('levels that are not set are never reached', () => {
    for (const side of [1, -1]) {
      expect(touchesStop(side, 1e300, -1e300, noStop(side))).toBe(false);
      expect(touchesTakeProfit(side, 1e300, -1e300, noTakeProfit(side))).toBe(false);
    }
  });

  test.each([
    ['both inside', 106, 94, true],
    ['both touched', 105, 95, true],
    ['only the stop', 104, 94, false],
    ['only the take-profit', 106, 96, false],
  ])('S-46 %s', (_name, high, low, ambiguous) => {
    expect(isAmbiguous(high, low, 95, 105)).toBe(ambiguous);
  });
});

describe('entries', () => {
  test('S-20 only a candle that opens later than the one before ends is across a gap', () => {
    expect([isAcrossGap(0, 60, 60), isAcrossGap(0, 61, 60)]).toEqual([false, true]);
  });

  test('S-25 shorts need a market and a direction', () => {
    expect(shortPermitted({ market: 'usdm', direction: 'both' })).toBe(true);
    expect(shortPermitted({ market: 'usdm', direction: 'long' })).toBe(false);
    expect(shortPermitted({ market: 'spot', direction: 'both' })).toBe(false);
  });

  test('S-26 a direction is free again after any other signal', () => {
    expect([stillBlocked(1, 1), stillBlocked(1, 0), stillBlocked(1, -1)]).toEqual([1, 0, 0]);
  });

  test('S-30 the loss limit trips when it is reached', () => {
    expect([isLossLimitReached(-5.99, 6), isLossLimitReached(-6, 6)]).toEqual([false, true]);
    expect(isLossLimitReached(-1e300, Number.POSITIVE_INFINITY)).toBe(false);
  });

  test('S-31 a balance of zero is gone, unless overdraft is allowed', () => {
    expect([isRuined(0, false), isRuined(1e-9, false), isRuined(-1, true)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
