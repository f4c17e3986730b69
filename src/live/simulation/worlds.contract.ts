import { type CandleSeries, candleSeriesFromRows, syntheticCandles } from '../../candles/index.js';
import { parseBacktestRunConfig } from '../../config/index.js';
import { type BotSettings, isAllAtRest, ordersOf } from '../core/index.js';
import { World, type WorldOptions } from './world.contract.js';

const DAY_CANDLES = 288;
/** Events and answers reach the bot within this. */
const NEWS_MS = 1_000;
const HISTORY = 100;
const CANDLE_MS = 300_000;

/** Settings of a bot that trades often. */
export function busySettings(config: Record<string, unknown> = {}): BotSettings {
  return {
    bot: 'b1',
    run: parseBacktestRunConfig({
      strategy: 'MACross',
      params: { fast_period: 2, slow_period: 5 },
      symbol: 'BTCUSDT',
      interval: '5m',
      direction: 'long',
      stop_loss_pct: 0.01,
      ...config,
    }) as BotSettings['run'],
    risk: {},
  };
}

/** A world of five-minute candles. */
export function makeWorld(options: Partial<WorldOptions> & { readonly days?: number } = {}): World {
  const { days = 1, seed = 1, ...rest } = options;
  return new World({
    seed,
    candles: syntheticCandles({
      length: HISTORY + Math.ceil(days * DAY_CANDLES) + DAY_CANDLES,
      seed,
      symbol: 'BTCUSDT',
      timeframe: '5m',
      hasTimeGaps: false,
    }),
    historyCandles: HISTORY,
    settings: busySettings(),
    ...rest,
  });
}

export interface Told {
  readonly open?: number;
  readonly high?: number;
  readonly low?: number;
  readonly close: number;
}

const TOLD_HISTORY = 20;

/** A market that rises, so that the bot enters at the first close, and then does as it is told. */
export function told(candles: readonly Told[]): CandleSeries {
  const rows: number[][] = [];
  let last = 30_000;
  const add = ({ open = last, close, high, low }: Told): void => {
    const openTime = Date.UTC(2022, 0, 3) + rows.length * CANDLE_MS;
    const ends = [open, close];
    const [top, bottom] = [Math.max(...ends, high ?? 0), Math.min(...ends, low ?? open)];
    rows.push([openTime, open, top, bottom, close, 10]);
    last = close;
  };
  for (let i = 0; i < TOLD_HISTORY + 3; i++) add({ close: last + 1 });
  for (const candle of candles) add(candle);
  for (let i = 0; i < 12; i++) add({ close: last - 1 });
  return candleSeriesFromRows({ symbol: 'BTCUSDT', market: 'spot', timeframe: '5m' }, rows);
}

/** Runs such a market to its end. */
export async function runTold(
  candles: CandleSeries,
  options: Partial<WorldOptions> = {},
): Promise<World> {
  const world = new World({
    seed: 1,
    candles,
    historyCandles: TOLD_HISTORY,
    settings: busySettings({ units: 0.0123 }),
    ...options,
  });
  await world.start();
  await world.run(candles.length - TOLD_HISTORY - 2);
  return world;
}

/** Runs a day, ends the faults, lets the bot come to rest and returns what is wrong. */
export async function runDay(world: World, candles = DAY_CANDLES): Promise<string[]> {
  await world.start();
  await world.run(candles);
  world.heal();
  await world.run(6);
  return settleAndCompare(world);
}

/** Waits for a quiet moment, at most a few candles. */
export async function settleAndCompare(world: World): Promise<string[]> {
  for (let i = 0; i < 60; i++) {
    const memory = world.runner?.state.memory;
    const isQuiet =
      memory !== undefined &&
      isAllAtRest(memory) &&
      ordersOf(memory).every(({ cancelSent }) => !cancelSent);
    // What the exchange just did is still on its way to the bot.
    const isDelivered = world.clock.now() - world.newsTime >= NEWS_MS;
    // Funding of the hour is listed a little later.
    const isListed = world.clock.now() % 3_600_000 > 30_000;
    if (isQuiet && isDelivered && isListed) break;
    await world.clock.run(world.clock.now() + 1_000);
  }
  const found = world.differences();
  const { memory, observed } = world.runner?.state ?? {};
  for (const { leg, phase } of memory === undefined ? [] : ordersOf(memory))
    if (phase !== 'open') found.push(`I13 order ${leg} is ${phase}`);
  if (
    observed !== undefined &&
    (observed.marketData !== 'fresh' ||
      observed.accountData !== 'fresh' ||
      observed.disk !== 'working')
  ) {
    found.push(
      `I15 not trading again: ${observed.marketData} ${observed.accountData} ${observed.disk}`,
    );
  }
  return found;
}
