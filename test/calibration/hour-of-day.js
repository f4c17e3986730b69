import { defineStrategy, integer } from 'mista-wus-algo-trader';

const HOUR_MS = 3_600_000;

/** Holds a side for some hours from the same hour of every day on; needs 1h candles and --exit-on-neutral. */
export const strategy = defineStrategy({
  name: 'HourOfDay',
  parameters: {
    start_hour: integer({ default: 13, min: 0, max: 23, description: 'UTC hour of the entry' }),
    hours: integer({ default: 4, min: 1, max: 23, description: 'How long it is held' }),
    side: integer({ default: 1, min: -1, max: 1, description: '1 long, -1 short' }),
  },
  warmUp: () => 0,
  signals({ candles: { openTime }, parameters: { start_hour, hours, side } }) {
    return (i) => {
      const next = Math.floor(openTime[i] / HOUR_MS + 1) % 24;
      return (next - start_hour + 24) % 24 < hours ? side : 0;
    };
  },
});
