import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HandExchange } from '../core/hand-exchange.contract.js';
import {
  type BotMemory,
  fromJournalText,
  fromStored,
  startState,
  step,
  toJournalText,
  toStored,
} from '../core/index.js';
import { SimulatedDisk } from '../simulation/simulated-disk.contract.js';
import { Journal } from './journal.js';
import { encodeRecord } from './record.js';

/** As it was written before the program had names of its own: USD-M, a long with its stop and its take-profit. */
const FILE = readFileSync(new URL('./state-layout-4.json', import.meta.url), 'utf8');
const TEXT = JSON.stringify(JSON.parse(FILE));
const stored = fromJournalText(TEXT) as Record<string, unknown>;

function holding(): HandExchange {
  const config = { take_profit_pct: 0.05, stop_loss_pct: 0.02 };
  const hand = new HandExchange({ market: 'usdm', config });
  hand.boot();
  hand.signal = 1;
  hand.close();
  return hand;
}

async function folderWith(text: string): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  await disk.append('state-000000000000007.json', encodeRecord({ sequence: 7, text }));
  await disk.sync('state-000000000000007.json');
  return disk;
}

/** Names at all places of a value. */
function namesOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((part) => namesOf(part, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, part]) => namesOf(part, `${at}.${key}`));
}

test('a state folder of before is loaded, and its orders and times have the names of the program', async () => {
  const disk = await folderWith(TEXT);
  const { memory } = await Journal.open(disk, holding().memory.settings);
  expect(memory.order).toMatchObject({ phase: 'open', pollTime: 1_767_571_530_000, polls: 0 });
  expect(memory.others).toHaveLength(1);
  expect(memory.others[0]).toMatchObject({ polls: 0 });
  expect(memory.degradations).toEqual(stored.hindrances);
  expect(JSON.stringify(Object.keys(memory))).not.toContain('hindrances');
});

test('a bot goes on with it', async () => {
  const { memory } = await Journal.open(await folderWith(TEXT), holding().memory.settings);
  const { context, time } = holding();
  const { state, effects } = step(startState(memory, 10), { type: 'boot', time }, context);
  const asked = effects.flatMap((effect) =>
    effect.type === 'query' ? [effect.clientOrderId] : [],
  );
  expect(asked).toEqual([
    memory.order?.request.clientOrderId,
    memory.others[0]?.request.clientOrderId,
  ]);
  expect(state.memory.position).toEqual(memory.position);
});

test('what is written has the names of before, so that an older version reads it', () => {
  const { memory } = holding();
  expect(namesOf(toStored(memory))).toEqual(namesOf(stored));
});

test('names on the disk and names of the program are each other’s', () => {
  const text = toJournalText(stored);
  expect(toJournalText(toStored(fromStored(stored)))).toBe(text);
  const patch: Partial<BotMemory> = { order: null, others: [], degradations: [] };
  expect(toStored(patch)).toEqual({ order: null, others: [], hindrances: [] });
  expect(fromStored(toStored(patch))).toEqual(patch);
});
