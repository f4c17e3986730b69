import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun, typicalBands } from '../parts.js';

export const strategy = defineStrategy({
  name: 'TemaLeavesTheLowerBand',
  warmUp: 60,
  signals({ candles, indicators }) {
    // TA-Lib smooths the Chande momentum oscillator as the RSI: it is the RSI on a scale from -100 to 100.
    const momentum = indicators.rsi(candles.close, 14).map((value) => 2 * value - 100);
    const turn = indicators.cross(
      indicators.tema(candles.close, 18),
      typicalBands(candles, 25, 1.5).lower,
    );
    const weak = indicators.cross(momentum, -58);
    return longOnly(
      (i) => turn[i] === 1 && momentum[i]! > -5,
      (i) => weak[i] === -1,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    profit_targets: '0:0.20934,48:0.06449,387:0.01703,695:0',
    stop_loss_pct: 0.10145,
    trailing_stop_loss_pct: 0.29846,
    trailing_activation_pct: 0.30425,
  },
};
