import { DAY_MS, decimal, type Market } from '../../domain/index.js';
import { type Random, seededRandom } from '../../util/index.js';
import {
  EVENT_FAULTS,
  type Fault,
  type FaultKind,
  NETWORK_FAULTS,
  STATE_FAULTS,
} from './fault-schedule.contract.js';
import type { World, WorldOptions } from './world.contract.js';
import { busySettings, makeWorld, runDay } from './worlds.contract.js';

export const CRASHES: readonly FaultKind[] = EVENT_FAULTS.filter(
  (kind) => kind === 'crash' || kind.startsWith('power'),
);

/** The same on USD-M: both sides, some leverage, reversals and funding. */
export function randomUsdmDay(seed: number): World {
  return randomDay(seed, 'usdm');
}

/** A day of faults; everything comes from the seed, but faults that are added. */
export function randomDay(
  seed: number,
  market: Market = 'spot',
  added: readonly Fault[] = [],
  options: Pick<WorldOptions, 'onStep'> = {},
): World {
  const random = randomOf(seed);
  return dayOf(seed, random, market, [...drawFaults(random, market), ...added], options);
}

/** A day on which the disk is full for a while three times, and the process dies meanwhile: what it did then is in no journal. */
export function fullDiskDay(seed: number, market: Market = 'spot'): World {
  const random = randomOf(seed);
  return dayOf(seed, random, market, [...drawFaults(random, market), ...drawFullDisks(random)]);
}

function dayOf(
  seed: number,
  random: Random,
  market: Market,
  faults: readonly Fault[],
  options: Pick<WorldOptions, 'onStep'> = {},
): World {
  const stops = pick(random, [
    { stop_loss_pct: 0.004 },
    { stop_loss_pct: 0.01, take_profit_pct: 0.01 },
    { trailing_stop_loss_pct: 0.006 },
    { take_profit_pct: 0.005 },
    {
      stop_loss_pct: 0.006,
      take_profit_pct: 0.006,
      trailing_stop_loss_pct: 0.004,
      re_entry: 'new_signal',
    },
  ]);
  const strategy = pick(random, [
    { strategy: 'MACross', params: { fast_period: 2, slow_period: 5 } },
    {
      strategy: 'RSIReversion',
      params: { rsi_period: 4, oversold_threshold: 40, overbought_threshold: 60 },
    },
    { strategy: 'BBReversion', params: { bb_period: 6, bb_std_dev: 1 } },
  ]);
  const thin = random() < 0.3;
  const isSmall = random() < 0.5;
  return makeWorld({
    ...options,
    seed,
    faults,
    settings: busySettings({
      ...stops,
      ...strategy,
      ...(isSmall && { units: 0.0123 }),
      ...(market === 'usdm' && { market, direction: 'both', leverage: 1 + (seed % 5) }),
    }),
    ...(market === 'usdm' && { tellsAccountFirst: seed % 2 === 0 }),
    // An order takes many levels, and many fills.
    ...(thin && { levelQuantity: decimal(isSmall ? '0.004' : '0.04') }),
  });
}

/** Runs a random day: after it the bot trades again without a person. */
export async function runRandomDay(world: World): Promise<string[]> {
  const found = await runDay(world);
  const memory = world.runner?.state.memory;
  if (memory?.mismatch != null) found.push(`I15 mismatch: ${memory.mismatch}`);
  if (memory?.trading !== 'active') found.push(`I15 ${memory?.trading}`);
  return found;
}

/** What goes wrong on a random day. */
export function faultsOfDay(seed: number, market: Market): readonly Fault[] {
  return drawFaults(randomOf(seed), market);
}

function randomOf(seed: number): Random {
  return seededRandom(seed ^ 0x5eed);
}

/** What a random day draws from, crashes apart. */
export function drawableFaults(market: Market): readonly FaultKind[] {
  // What ends the trading of the day, or needs a person, has tests of its own.
  const special: readonly FaultKind[] = [
    'hand-sale',
    'hand-buy',
    'bnb-runs-out',
    'stop-declined',
    'order-denied',
    'fills-late',
    'other-state',
    // A remainder off the grid cannot be closed there: a person must.
    ...(market === 'usdm' ? (['step-size-up'] as const) : []),
  ];
  const events = EVENT_FAULTS.filter((kind) => !CRASHES.includes(kind) && !special.includes(kind));
  const states = STATE_FAULTS.filter((kind) => !special.includes(kind));
  return [...NETWORK_FAULTS, ...NETWORK_FAULTS, ...states, ...events];
}

/** Draws three to eight faults, in a fifth of the days a darkness beside them, and in a quarter a crash. */
function drawFaults(random: Random, market: Market): Fault[] {
  const faults: Fault[] = [];
  const count = 3 + Math.floor(random() * 6);
  const kinds = drawableFaults(market);
  for (let i = 0; i < count; i++) {
    const from = Math.floor(random() * DAY_MS * 0.8);
    const kind = pick(random, kinds);
    const isLong = random() < 0.2;
    const to = from + Math.floor(random() * (isLong ? 4 * 3_600_000 : 1_800_000));
    const isNetwork = NETWORK_FAULTS.some((name) => name === kind);
    faults.push({
      kind,
      from,
      to: kind === 'blocked' ? from + 1_000 + Math.floor(random() * 30_000) : to,
      ...(isNetwork && { chance: 0.1 + 0.8 * random() }),
    });
  }
  if (random() < 0.2) {
    // Orders without news: executed without an answer, not found yet, and no word on the account stream.
    const from = Math.floor(random() * DAY_MS * 0.7);
    const to = from + 2 * 3_600_000;
    const dark = ['replica-lag', 'user-stream-silent'] as const;
    for (const kind of dark) faults.push({ kind, from, to });
    faults.push({ kind: 'unknown-executed', from, to, chance: 0.5 });
  }
  if (random() < 0.25) {
    const at = Math.floor(random() * DAY_MS * 0.8);
    faults.push({ kind: pick(random, CRASHES), from: at, to: at });
  }
  return faults;
}

function drawFullDisks(random: Random): Fault[] {
  return [0.1, 0.35, 0.6].flatMap((part): Fault[] => {
    const from = Math.floor((part + 0.2 * random()) * DAY_MS);
    const to = from + 600_000 + Math.floor(random() * 3_000_000);
    const at = from + Math.floor(random() * (to - from));
    return [
      { kind: 'disk-full', from, to },
      { kind: pick(random, CRASHES), from: at, to: at },
    ];
  });
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}
