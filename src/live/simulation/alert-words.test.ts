import { expect, test } from 'vitest';
import type { Fault, FaultKind } from './fault-schedule.contract.js';
import { busySettings, makeWorld, runDay } from './worlds.contract.js';

const HOUR = 3_600_000;
const during = (kind: FaultKind): Fault => ({ kind, from: HOUR, to: 2 * HOUR });

const KINDS: readonly FaultKind[] = [
  ...(['rest-down', 'ban', 'rate-limit', 'key-refused', 'clock-skew', 'disk-full'] as const),
  ...(['market-stream-silent', 'user-stream-silent', 'candle-bad', 'asleep'] as const),
  ...([
    'stop-refused',
    'stop-declined',
    'pair-refused',
    'maintenance',
    'unknown-executed',
  ] as const),
];

test.each(KINDS)('%s: every alert is a sentence for people, without holes', async (kind) => {
  const settings = busySettings({ trailing_stop_loss_pct: 0.006, take_profit_pct: 0.02 });
  const world = makeWorld({ seed: 3, faults: [during(kind)], settings });
  await runDay(world, 40);
  for (const { code, text } of world.alerts) {
    // The nonsense of a candle is shown as it came.
    const own = code === 'bad-candle' ? text.replace(/\(.*\)/, '') : text;
    expect(own, code).not.toMatch(/undefined|NaN|\[object|\bnull\b|Infinity|\{\}|\(\)|: *$/);
    expect(text.trim().split(/\s+/).length, `${code}: ${text}`).toBeGreaterThanOrEqual(3);
  }
});
