import { decimalToNumber } from '../../domain/index.js';
import { ordersOf, tradeOrderIds } from '../core/index.js';
import type { PowerCut } from './simulated-disk.contract.js';
import type { World, WorldOptions } from './world.contract.js';
import { busySettings, makeWorld, settleAndCompare } from './worlds.contract.js';

const CANDLES = 30;

/** A few trades with every kind of step: entry, stop, moved stop, exit by signal, by stop and by take-profit. */
const SCENARIOS = {
  'a pair on spot': { trailing_stop_loss_pct: 0.004, take_profit_pct: 0.003 },
  'a stop on spot': { trailing_stop_loss_pct: 0.004 },
  'both on USD-M': {
    market: 'usdm',
    direction: 'both',
    leverage: 3,
    trailing_stop_loss_pct: 0.004,
    take_profit_pct: 0.003,
  },
} as const;
export type CrashScenario = keyof typeof SCENARIOS;
export const CRASH_SCENARIOS = Object.keys(SCENARIOS) as CrashScenario[];

function shortWorld(scenario: CrashScenario, options: Partial<WorldOptions> = {}) {
  return makeWorld({
    seed: 3,
    settings: busySettings(SCENARIOS[scenario]),
    ticksPerCandle: 8,
    ...options,
  });
}

/** Number of disk and network operations of the scenario: the places where a process can die. */
export async function crashPoints(scenario: CrashScenario): Promise<number> {
  const world = shortWorld(scenario);
  await world.start();
  await world.run(CANDLES);
  if (world.trades.length < 2)
    throw new Error(`only ${world.trades.length} trades: not a full cycle`);
  return world.operations;
}

/**
 * Says what the bot has open at the operations of the scenario.
 *
 * @returns Orders with their phases and whether a position is held, with the first operation at which the disk knows it.
 */
export async function crashStages(scenario: CrashScenario): Promise<ReadonlyMap<string, number>> {
  const world = shortWorld(scenario);
  const stages = new Map<string, number>();
  await world.start();
  const { onOperation } = world.disk;
  world.disk.onOperation = (name) => {
    onOperation(name);
    const memory = world.runner?.state.memory;
    if (name !== 'sync' || memory === undefined) return;
    const orders = ordersOf(memory).map(({ leg, phase, cancelSent }) =>
      [leg, phase, ...(cancelSent ? ['cancelled'] : [])].join(' '),
    );
    const stage = [...orders, memory.position === null ? 'flat' : 'held'].join(', ');
    if (!stages.has(stage)) stages.set(stage, world.operations + 1);
  };
  await world.run(CANDLES);
  return stages;
}

/** Kills the process at one operation, starts it again and returns what is wrong afterwards. */
export async function crashAt(
  scenario: CrashScenario,
  operation: number,
  cut: PowerCut | undefined,
  options: Partial<WorldOptions> = {},
): Promise<string[]> {
  const world = shortWorld(scenario, options);
  world.crashAtOperation = operation;
  world.crashCut = cut;
  await world.start();
  await world.run(CANDLES);
  world.heal();
  await world.run(2);
  const found = await settleAndCompare(world);
  if (world.crashes !== 1) found.push(`${world.crashes} crashes`);
  found.push(...lostTrades(world));
  return found;
}

/** Every closed trade was reported, or is remembered as not yet logged: together they make up the profit. */
function lostTrades({ runner, trades }: World): string[] {
  if (runner === undefined) return [];
  const { unlogged, netPnl } = runner.state.memory;
  const all = [...trades, ...unlogged.map(({ trade }) => trade)];
  const byOrders = new Map(all.map((trade) => [tradeOrderIds(trade), trade]));
  const logged = [...byOrders.values()].reduce((sum, trade) => sum + trade.netPnl, 0);
  const profit = decimalToNumber(netPnl);
  return Math.abs(logged - profit) < 1e-6
    ? []
    : [`the trades made ${logged}, the bot ${profit}: a trade was lost`];
}
