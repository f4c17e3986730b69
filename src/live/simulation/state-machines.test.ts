// The two state machines of the trader, as they are drawn, against what bots do on days of faults.
import { expect, test } from 'vitest';
import type { Market } from '../../domain/index.js';
import { type BotState, ordersOf, type PositionStage, positionStage } from '../core/index.js';
import { nextState, ORDER_LIFECYCLE, type OrderEvent } from '../core/order-lifecycle.js';
import { STAGES_AFTER } from '../core/position-stage.js';
import { randomDay, runRandomDay } from './random-days.contract.js';

/** `WUS_STAGE_SEEDS=1-200` chooses more days than the default. */
const [first, last] = (process.env.WUS_STAGE_SEEDS ?? '1-3').split('-').map(Number) as [
  number,
  number,
];

/** What changed from step to step, as `from → to`, with how often. */
class Changes {
  readonly stages = new Map<string, number>();
  readonly orders = new Map<string, number>();

  see(before: BotState, after: BotState): void {
    count(this.stages, positionStage(before), positionStage(after));
    for (const order of ordersOf(after.memory)) {
      const { clientOrderId } = order.request;
      const known = ordersOf(before.memory).find(
        (one) => one.request.clientOrderId === clientOrderId,
      );
      count(this.orders, known?.phase ?? 'new', order.phase);
    }
  }
}

function count(changes: Map<string, number>, from: string, to: string): void {
  if (from === to) return;
  const change = `${from} → ${to}`;
  changes.set(change, (changes.get(change) ?? 0) + 1);
}

const DRAWN_STAGES = Object.entries(STAGES_AFTER).flatMap(([from, after]) =>
  after.map((to) => `${from} → ${to}`),
);
const EVENTS = Object.keys(ORDER_LIFECYCLE) as OrderEvent[];
/** Of several events in one step the last one shows. */
const DRAWN_ORDERS = (['sending', 'unknown', 'open', 'ended'] as const).flatMap((from) => [
  `new → ${from}`,
  ...EVENTS.map((event) => `${from} → ${nextState(from, event)}`),
]);

test('what bots do on days of faults is drawn', async () => {
  const changes = new Changes();
  const stages = new Set<PositionStage>();
  for (const market of ['spot', 'usdm'] satisfies Market[]) {
    for (let seed = first; seed <= last; seed++) {
      const onStep = (before: BotState, after: BotState): void => {
        changes.see(before, after);
        stages.add(positionStage(after));
      };
      const world = randomDay(seed, market, [], { onStep });
      await runRandomDay(world);
      expect(world.alerts.filter(({ code }) => code === 'order-defect')).toEqual([]);
    }
  }
  expect([...changes.stages.keys()].filter((one) => !DRAWN_STAGES.includes(one))).toEqual([]);
  expect([...changes.orders.keys()].filter((one) => !DRAWN_ORDERS.includes(one))).toEqual([]);
  expect([...stages].sort()).toEqual(['doubtful', 'entering', 'flat', 'leaving', 'open']);
});
