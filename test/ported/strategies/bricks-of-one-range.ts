import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'BricksOfOneRange',
  warmUp: 10,
  signals({ candles, indicators }) {
    const range = indicators.atr(candles, 5);
    const { close, length } = candles;
    // 1 where a candle adds bricks to a rise after a brick of any kind, -1 where it adds bricks otherwise.
    const wanted = new Int8Array(length);
    let rises = true;
    let bricksBefore = 0;
    let top = Number.NaN;
    for (let i = 0; i < length; i++) {
      if (!(range[i]! > 0)) continue;
      if (Number.isNaN(top)) top = close[i]!;
      const bricks = Math.trunc((close[i]! - top) / range[i]!);
      const turns = rises ? bricks <= -2 : bricks >= 2;
      if (!turns && (rises ? bricks < 1 : bricks > -1)) continue;
      if (turns) rises = !rises;
      top += bricks * range[i]!;
      wanted[i] = rises && bricksBefore > 0 ? 1 : -1;
      bricksBefore++;
    }
    return longOnly(
      (i) => wanted[i] === 1,
      (i) => wanted[i] === -1,
    );
  },
});

export const run: PortedRun = { data: 'BTC 15m', settings: { exit_min_profit_pct: 0.1 } };
