import { expect, test } from 'vitest';
import { fairnessTable, fairnessText, isFair } from './fairness.contract.js';
import { runReference } from './reference-engine.js';

test.each([
  { seed: 101, stopLossSteps: 30, takeProfitSteps: 45, trailingStopSteps: 25 },
  { seed: 102, stopLossSteps: 40, takeProfitSteps: 40, trailingStopSteps: 40 },
  { seed: 103, stopLossSteps: 60, takeProfitSteps: 25, trailingStopSteps: 35 },
])('on 2,000,000 candles every combination of stops earns nothing: %j', (stops) => {
  const game = { ...stops, candles: 2_000_000, stepsPerCandle: 20 };
  const rows = fairnessTable(game, runReference);
  console.log(fairnessText(`seed ${stops.seed}`, rows));
  expect(rows.filter((row) => !isFair(row))).toEqual([]);
});
