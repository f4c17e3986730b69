import { defineStrategy, integer, number } from 'mista-wus-algo-trader';

// The stop hangs below the highest high of the last candles, as far as the market moves now: no setting of a run says that.
export const strategy = defineStrategy({
  name: 'ChandelierBreakout',
  parameters: {
    channel: integer({ default: 40, min: 2, description: 'Candles whose high is broken' }),
    hang: number({ default: 3, exclusiveMin: 0, description: 'Distance below the high in ATR' }),
  },
  warmUp: ({ channel }) => channel + 22,
  signals({ candles, parameters: { channel, hang }, indicators }) {
    const top = indicators.highest(candles.high, channel);
    const high = indicators.highest(candles.high, 22);
    const range = indicators.atr(candles, 22);
    return {
      enter: (i) => (candles.close[i]! > top[i - 1]! ? 1 : 0),
      stopDistance: (i) => hang * range[i]!,
      columns: { chandelier: (i) => high[i]! - hang * range[i]! },
    };
  },
  manage: ({ i, closesHeld, profit }, { chandelier }) => {
    if (closesHeld >= 100 && profit < 0) return { exit: true };
    return { stop: chandelier[i]! };
  },
});
