import { describe, expect, test } from 'vitest';
import {
  type FairGame,
  fairCandles,
  fairnessTable,
  fairnessText,
  isFair,
  laterFairnessTable,
  summarize,
} from './fairness.contract.js';
import { type FlatteringRule, flatteredProfits } from './flattering-rules.contract.js';
import { runReference } from './reference-engine.js';

/** Candles much smaller than the stops: stop and take-profit never share one. */
const fine: FairGame = {
  seed: 11,
  candles: 150_000,
  stepsPerCandle: 20,
  stopLossSteps: 20,
  takeProfitSteps: 45,
  trailingStopSteps: 25,
};

/** Stops inside the size of a candle: where intrabar rules cheat, if they do. */
const coarse: FairGame = {
  seed: 12,
  candles: 100_000,
  stepsPerCandle: 30,
  stopLossSteps: 3,
  takeProfitSteps: 6,
  trailingStopSteps: 4,
  coarse: true,
};

describe('without costs, on a driftless walk, nothing earns anything', () => {
  test.each([
    ['candles much smaller than the stops', fine],
    ['candles larger than the stops', coarse],
  ])('%s', (name, game) => {
    const rows = fairnessTable(game, runReference);
    console.log(fairnessText(`${name} (seed ${game.seed})`, rows));
    expect(rows.filter((row) => !isFair(row))).toEqual([]);
    expect(rows).toHaveLength(game.coarse === true ? 10 : 16);
    expect(Math.min(...rows.map((row) => row.trades))).toBeGreaterThan(500);
  });

  test('nor does any later exit', () => {
    const game = { ...fine, seed: 13, candles: 60_000 };
    const rows = laterFairnessTable(game, runReference);
    console.log(fairnessText(`later exits (seed ${game.seed})`, rows));
    expect(rows.filter((row) => !isFair(row))).toEqual([]);
    expect(rows).toHaveLength(32);
    expect(Math.min(...rows.map((row) => row.trades))).toBeGreaterThan(300);
  });

  test.each<[FlatteringRule]>([
    ['stop fills at its level after a gap'],
    ['trailing stop raised by the high of the candle that it exits in'],
    ['take-profit wins inside the candle'],
  ])('the check catches a flattering rule: %s', (rule) => {
    const candles = fairCandles({ ...coarse, candles: 20_000, stepsPerCandle: 300 });
    const row = summarize(rule, flatteredProfits(candles, rule, 10));
    expect(row.mean).toBeGreaterThan(3 * row.standardError + 0.6);
    expect(isFair(row)).toBe(false);
  });
});
