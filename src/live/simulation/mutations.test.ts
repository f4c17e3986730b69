import { expect, test, vi } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { BotEvent, BotMemory, BotState } from '../core/index.js';
import type { LiveOrder } from '../core/order.js';
import type { Program } from '../core/settings.js';
import type { Fault, FaultKind } from './fault-schedule.contract.js';
import type { World } from './world.contract.js';

/**
 * Bugs planted on purpose: the simulation is worth something only if it finds them. Each row replaces exports of one
 * module of the core and names the scenario that must notice.
 */
const HOUR = 3_600_000;
const during = (kind: FaultKind, chance?: number): Fault => ({
  kind,
  from: HOUR,
  to: 4 * HOUR,
  ...(chance !== undefined && { chance }),
});
const at = (kind: FaultKind, hour: number): Fault => ({ kind, from: hour * HOUR, to: hour * HOUR });

/** The market is closed for a while, again and again. */
function closings(): Fault[] {
  return Array.from({ length: 12 }, (_, i) => {
    const from = HOUR * (0.6 + i / 3);
    return { kind: 'market-closed', from, to: from + HOUR / 5 };
  });
}

type Module = Record<string, unknown>;
type Spoil = (original: Module) => Module;
const call = (original: Module, name: string, ...args: unknown[]): unknown =>
  (original[name] as (...values: unknown[]) => unknown)(...args);

/** Orders whose outcome is unknown count as never placed, if their ids look so. */
const notPlaced =
  (ids: RegExp): Spoil =>
  (original) => ({
    onPlaceFailed: (turn: unknown, id: string, failure: object) => {
      const spoiled = ids.test(id) ? { ...failure, outcome: 'not-sent' } : failure;
      return call(original, 'onPlaceFailed', turn, id, spoiled);
    },
  });

const MUTATIONS: readonly (readonly [string, string, Spoil, readonly Fault[]])[] = [
  [
    'an order that is not found at once was never placed',
    '../core/turn.js',
    (original) => ({
      DEFAULT_LIVE_LIMITS: { ...(original.DEFAULT_LIVE_LIMITS as object), absentAfterMs: 0 },
    }),
    [during('unknown-executed', 0.6), during('replica-lag'), during('user-stream-silent')],
  ],
  [
    'an order without an answer was never placed',
    '../core/apply-orders.js',
    notPlaced(/./),
    [during('unknown-executed', 0.6), during('user-stream-silent')],
  ],
  [
    'a fill that comes twice is booked twice',
    '../core/order.js',
    () => ({
      isNewFill: (order: LiveOrder, fill: { clientOrderId?: string }) =>
        fill.clientOrderId === order.request.clientOrderId,
    }),
    [during('reports-doubled'), during('late-reply', 0.7)],
  ],
  [
    'an order that ended needs no fills',
    '../core/order.js',
    () => ({ isSettled: (order: LiveOrder) => order.phase === 'ended' }),
    [during('unknown-executed', 0.6), during('user-stream-silent')],
  ],
  [
    'coins that the exchange kept as commission are still there',
    '../core/position.js',
    () => ({
      heldQuantity: (position: { entered: bigint; exited: bigint }) =>
        position.entered - position.exited,
    }),
    [],
  ],
  [
    'a position is not written to the journal',
    '../core/memory.js',
    (original) => ({
      memoryPatch: (before: BotMemory, after: BotMemory) => {
        const { position, ...rest } = call(original, 'memoryPatch', before, after) as BotMemory;
        return rest;
      },
    }),
    [1, 2, 3, 4].map((hour) => at('crash', hour)),
  ],
  [
    'a start begins with the epoch and the counter of the first',
    '../core/client-order-id.js',
    () => ({
      clientOrderId: (parts: { bot: string; signalTime: number; leg: string }) =>
        `wus-${parts.bot}-${Math.floor(parts.signalTime / 60_000).toString(36)}${parts.leg[0]}-1-1`,
    }),
    [],
  ],
  [
    'limits and bans are not listened to',
    '../core/apply-orders.js',
    () => ({ onFailure: () => undefined }),
    [during('ban')],
  ],
  [
    'old candles are decided on',
    '../core/turn.js',
    (original) => ({
      DEFAULT_LIVE_LIMITS: { ...(original.DEFAULT_LIVE_LIMITS as object), decisionAgeMsMax: 1e12 },
    }),
    Array.from({ length: 60 }, (_, i) => ({
      kind: i % 2 === 0 ? ('market-stream-dead' as const) : ('rest-down' as const),
      from: Math.floor(i / 2) * 600_000,
      to: Math.floor(i / 2) * 600_000 + (i % 2 === 0 ? 340_000 : 400_000),
    })),
  ],
  [
    'nothing watches whether a stop rests',
    '../core/protection.js',
    () => ({ watchProtection: () => undefined, stopRequest: () => undefined }),
    [],
  ],
];

/** Orders that the bot finds at the exchange and does not know, or has ended. */
const orphans = ({ alerts }: World): string[] =>
  alerts
    .filter(({ code }) => code === 'orphan-order' || code === 'mismatch')
    .map(({ text }) => text);

/** Bugs in what rests at the exchange: found with a stop and a take-profit, on one market or the other. */
const RESTING: readonly (readonly [string, 'spot' | 'usdm', string, Spoil, readonly Fault[]])[] = [
  [
    'a take-profit that rests is forgotten when its stop ends',
    'spot',
    '../core/in-flight.js',
    (original) => ({
      applyOrderEvent: (turn: { memory: BotMemory }, order: LiveOrder, ...rest: unknown[]) => {
        const next = call(original, 'applyOrderEvent', turn, order, ...rest);
        if (next === 'removed' && order.leg === 'stop')
          turn.memory = { ...turn.memory, others: [] };
        return next;
      },
    }),
    [0.5, 1, 1.5, 2, 2.5, 3].map((hour) => at('stop-expired', hour)),
  ],
  [
    'an exit is sold while a stop or take-profit still rests',
    'usdm',
    '../core/in-flight.js',
    (original) => ({
      ordersOf: (memory: BotMemory) =>
        (call(original, 'ordersOf', memory) as readonly LiveOrder[]).filter(
          ({ leg }) => leg !== 'take-profit',
        ),
    }),
    [],
  ],
  [
    'what a take-profit filled is not booked',
    'spot',
    '../core/order.js',
    (original) => ({
      isNewFill: (order: LiveOrder, fill: unknown) =>
        order.leg !== 'take-profit' && call(original, 'isNewFill', order, fill),
    }),
    [],
  ],
  [
    'a take-profit keeps its quantity whatever is left of the position',
    'usdm',
    '../core/move-resting.js',
    (original) => ({
      isInTheWay: (turn: { memory: BotMemory }, order: LiveOrder) =>
        order.leg !== 'take-profit' && call(original, 'isInTheWay', turn, order),
    }),
    [],
  ],
  [
    'a stop stays where it is when its successor rests',
    'usdm',
    '../core/move-resting.js',
    (original) => ({
      isInTheWay: (turn: { memory: BotMemory }, order: LiveOrder) =>
        order === turn.memory.order && call(original, 'isInTheWay', turn, order),
    }),
    [],
  ],
  [
    'a pair whose outcome is unknown was not placed',
    'spot',
    '../core/apply-orders.js',
    notPlaced(/./),
    [during('unknown-executed', 0.6), during('user-stream-silent')],
  ],
  [
    'a stop that may have been replaced is taken to rest as before',
    'spot',
    '../core/apply-orders.js',
    (original) => ({
      onReplaceFailed: (turn: unknown, id: string, replacedId: string, failure: object) =>
        call(original, 'onReplaceFailed', turn, id, replacedId, {
          ...failure,
          reason: 'replace-cancel-failed',
        }),
    }),
    [during('unknown-executed', 0.6), during('user-stream-silent')],
  ],
  [
    'what rests besides the stop is not written to the journal',
    'spot',
    '../core/memory.js',
    (original) => ({
      memoryPatch: (before: BotMemory, after: BotMemory) => {
        const { others, ...rest } = call(original, 'memoryPatch', before, after) as BotMemory;
        return rest;
      },
    }),
    Array.from({ length: 12 }, (_, i) => at('crash', 0.5 + i / 3)),
  ],
];

/** A bug for each invariant that the ones above do not name, and what must be said about it. */
const INVARIANTS: readonly (readonly [string, string, string, Spoil, readonly Fault[]])[] = [
  [
    'I1',
    'an entry goes out beside one that was given up',
    '../core/apply-orders.js',
    notPlaced(/[0-9a-z]e-/),
    [during('unknown-executed', 0.9), during('user-stream-silent')],
  ],
  [
    'I2',
    'an exit goes out beside one that was given up',
    '../core/apply-orders.js',
    notPlaced(/[0-9a-z]x-/),
    [during('unknown-executed', 0.9), during('user-stream-silent')],
  ],
  [
    'I3',
    'a fill is booked without its id',
    '../core/position.js',
    (original) => ({
      bookFill: (position: { tradeIds: readonly string[] }, ...rest: unknown[]) => ({
        ...(call(original, 'bookFill', position, ...rest) as object),
        tradeIds: position.tradeIds,
      }),
    }),
    [],
  ],
  [
    'I4',
    'prices that are minutes old are good enough',
    '../core/entry-blocks.js',
    () => ({ entryBlocks: () => [] }),
    [during('market-stream-silent')],
  ],
  [
    'I4',
    'any candle is a good one',
    '../core/candle-window.js',
    () => ({ candleProblem: () => undefined }),
    [during('candle-bad', 0.4)],
  ],
  [
    'I5',
    'a position is held without its stop and nobody is told',
    '../core/levels.js',
    (original) => ({
      exitLevels: (...args: unknown[]) => ({
        ...(call(original, 'exitLevels', ...args) as object),
        stop: undefined,
      }),
    }),
    [],
  ],
  [
    'I7',
    'dust is booked twice',
    '../core/close-position.js',
    (original) => ({
      closePosition: (turn: { memory: BotMemory }) => {
        const before = turn.memory.dust;
        call(original, 'closePosition', turn);
        const { dust } = turn.memory;
        turn.memory = { ...turn.memory, dust: dust + (dust - before) };
      },
    }),
    [],
  ],
  [
    'I7',
    'quantities are not on the grid',
    '../../exchange/ports/instrument.js',
    () => ({
      floorQuantity: (_: unknown, quantity: bigint) => quantity - (quantity % 7n),
      instrumentViolations: () => [],
    }),
    [],
  ],
  [
    'I8',
    'an order without an answer is asked for again at once',
    '../core/order.js',
    (original) => ({
      polledOrder: (order: LiveOrder, time: number, ...rest: unknown[]) => ({
        ...(call(original, 'polledOrder', order, time, ...rest) as LiveOrder),
        pollTime: time + 100,
      }),
    }),
    [during('unknown-not-executed'), during('user-stream-silent')].map((fault) => ({
      ...fault,
      to: 1.25 * HOUR,
    })),
  ],
  [
    'I11',
    'a halt has no effect',
    '../core/entry-blocks.js',
    (original) => ({
      entryBlocks: (...args: unknown[]) =>
        (call(original, 'entryBlocks', ...args) as string[]).filter(
          (block) => block !== 'halted' && block !== 'reducing',
        ),
    }),
    [],
  ],
  [
    'I13',
    'an order without an answer is asked for a minute later',
    '../core/order.js',
    (original) => ({
      polledOrder: (...args: unknown[]) => ({
        ...(call(original, 'polledOrder', ...args) as LiveOrder),
        pollTime: (args[1] as number) + 60_000,
      }),
    }),
    Array.from({ length: 90 }, (_, i) => ({
      kind: 'unknown-not-executed' as const,
      from: HOUR + i * 300_000,
      to: HOUR + i * 300_000 + 2_000,
    })),
  ],
  [
    'I14',
    'the strategy is read the wrong way round',
    '../core/resolve-program.js',
    (original) => ({
      resolveProgram: (...args: unknown[]) => {
        const program = call(original, 'resolveProgram', ...args) as Program;
        const signals = (...of: Parameters<Program['strategy']['signals']>) =>
          program.strategy.signals(...of).map((signal) => -signal);
        return { ...program, strategy: { ...program.strategy, signals } };
      },
    }),
    [],
  ],
  [
    'I15',
    'a stream that is back is not believed',
    '../core/step.js',
    (original) => ({
      step: (state: unknown, event: BotEvent, context: unknown) => {
        const isBack = event.type === 'market-data' && event.status === 'fresh';
        const isFirst = (state as BotState).observed.time < event.time - HOUR;
        const received = isBack && !isFirst ? { type: 'timer', time: event.time } : event;
        return call(original, 'step', state, received, context);
      },
    }),
    [during('market-stream-dead')],
  ],
];

/** A bug for each invariant about protection and exits, with the fault that shows it. */
const PROTECTION: readonly (readonly [string, string, string, Spoil, readonly Fault[]])[] = [
  [
    'P1',
    'a stop goes although nothing may take its place',
    '../core/move-resting.js',
    (original) => ({
      moveResting: (turn: unknown, order: LiveOrder) =>
        call(original, 'cancelResting', turn, order),
    }),
    closings(),
  ],
  [
    'P1',
    'a stop goes although the exit may not leave',
    '../core/next-exit.js',
    () => ({ isExitBlocked: () => false }),
    closings(),
  ],
  [
    'P4',
    'an order that the exchange forgot is believed for ever',
    '../core/forgotten-orders.js',
    () => ({ noteUnknown: () => undefined }),
    [1, 2, 3, 4.9].map((hour) => at('orders-forgotten', hour)),
  ],
  [
    'P5',
    'orders that the journal does not know are cancelled on sight',
    '../core/apply-account.js',
    (original) => ({
      applyAccount: (
        turn: { memory: BotMemory },
        account: { openOrders: { clientOrderId: string }[] },
      ) => {
        const { endedOrders } = turn.memory;
        const ids = account.openOrders.map(({ clientOrderId }) => clientOrderId);
        turn.memory = { ...turn.memory, endedOrders: ids };
        call(original, 'applyAccount', turn, account);
        turn.memory = { ...turn.memory, endedOrders };
      },
    }),
    [at('other-state', 2)],
  ],
  [
    'P6',
    'an exit is never split',
    '../core/split-quantity.js',
    () => ({ firstPart: (_: unknown, quantity: bigint) => quantity }),
    [during('lot-max-down')],
  ],
  [
    'P7',
    'what may not be sold for a moment is written off',
    '../core/next-exit.js',
    (original) => ({
      isExitBlocked: () => false,
      isOver: (
        turn: { observed: { rules: unknown } },
        position: { exit: unknown },
        rules: unknown,
      ) =>
        call(original, 'isOver', turn, position, rules) === true ||
        (position.exit !== null &&
          'refusal' in (call(original, 'nextExit', turn, position, rules) as object)),
    }),
    [during('notional-up')],
  ],
];

async function findings(
  module: string,
  spoil: Spoil,
  faults: readonly Fault[],
  { haltsAfter, ...config }: Record<string, unknown> & { readonly haltsAfter?: number } = {},
): Promise<string[]> {
  vi.resetModules();
  vi.doMock(module, async (importOriginal) => {
    const original = await importOriginal<Module>();
    return { ...original, ...spoil(original) };
  });
  const { busySettings, makeWorld, runDay } = await import('./worlds.contract.js');
  const found: string[] = [];
  for (const seed of [3, 7, 8]) {
    const world = makeWorld({
      seed,
      faults,
      levelQuantity: decimal('0.05'),
      settings: busySettings({ trailing_stop_loss_pct: 0.006, ...config }),
    });
    if (haltsAfter !== undefined) world.clock.after(haltsAfter, () => world.halt());
    try {
      found.push(...(await runDay(world, 60)), ...orphans(world));
    } catch (error) {
      found.push(String(error));
    }
    if (found.length > 0) break;
  }
  vi.doUnmock(module);
  return found;
}

test.each(MUTATIONS)('the simulation notices when %s', async (_, module, spoil, faults) => {
  expect(await findings(module, spoil, faults)).not.toEqual([]);
});

test.each(INVARIANTS)(
  '%s: the simulation notices when %s',
  async (invariant, _, module, spoil, faults) => {
    const options = invariant === 'I11' ? { haltsAfter: HOUR } : {};
    const found = await findings(module, spoil, faults, options);
    expect(found.filter((text) => text.startsWith(`${invariant} `))).not.toEqual([]);
  },
);

test.each(PROTECTION)(
  '%s: the simulation notices when %s',
  async (invariant, _, module, spoil, faults) => {
    const found = await findings(module, spoil, faults);
    expect(found.filter((text) => text.startsWith(`${invariant} `))).not.toEqual([]);
  },
);

test('I12: the simulation notices when finished trades are kept for ever', async () => {
  vi.resetModules();
  vi.doMock('../core/unlogged-trades.js', async (importOriginal) => ({
    ...(await importOriginal<Module>()),
    keepUnlogged: (turn: { memory: BotMemory }, trade: never) => {
      const entry = { trade, market: 'spot', interval: '5m', strategy: 'MACross' } as const;
      turn.memory = { ...turn.memory, unlogged: [...turn.memory.unlogged, entry] };
    },
  }));
  const { makeWorld } = await import('./worlds.contract.js');
  const { growth } = await import('./soak.contract.js');
  const found = await growth(makeWorld({ seed: 5, days: 6 }), { fromDay: 2, toDay: 6 });
  vi.doUnmock('../core/unlogged-trades.js');
  expect(found.filter((text) => text.startsWith('I12 memory'))).not.toEqual([]);
});

const PAIR = { take_profit_pct: 0.003 };
const USDM = { ...PAIR, market: 'usdm', direction: 'both', leverage: 3 };

test.each(RESTING)(
  'the simulation notices when %s (%s)',
  async (name, market, module, spoil, faults) => {
    const isAlone = name.includes('replaced');
    const config = isAlone ? {} : market === 'usdm' ? USDM : PAIR;
    expect(await findings(module, spoil, faults, config)).not.toEqual([]);
  },
);

test('the same scenarios find nothing without a bug', async () => {
  vi.resetModules();
  const { busySettings, makeWorld, runDay } = await import('./worlds.contract.js');
  interface Scenario {
    readonly faults: readonly Fault[];
    readonly config: Record<string, unknown>;
    readonly isHalted: boolean;
  }
  const scenarios: Scenario[] = [
    ...MUTATIONS.map(([, , , faults]) => ({ faults, config: {}, isHalted: false })),
    ...INVARIANTS.map(([, , , , faults]) => ({ faults, config: {}, isHalted: true })),
    ...PROTECTION.map(([, , , , faults]) => ({ faults, config: {}, isHalted: false })),
    ...RESTING.map(([, market, , , faults]) => ({
      faults,
      config: market === 'usdm' ? USDM : PAIR,
      isHalted: false,
    })),
  ];
  // Many bugs share a scenario: the same day twice has the same findings.
  const different = new Map(scenarios.map((scenario) => [JSON.stringify(scenario), scenario]));
  for (const { faults, config, isHalted } of different.values()) {
    const settings = busySettings({ trailing_stop_loss_pct: 0.006, ...config });
    const world = makeWorld({ seed: 3, faults, levelQuantity: decimal('0.05'), settings });
    if (isHalted) world.clock.after(2 * HOUR, () => world.halt());
    expect(await runDay(world, 60)).toEqual([]);
    if ('take_profit_pct' in config) expect(orphans(world)).toEqual([]);
  }
});
