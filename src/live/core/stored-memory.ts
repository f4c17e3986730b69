import type { BotMemory } from './memory.js';

/**
 * Names on the disk of what has another name in the program: state folders are read by versions before and after this one,
 * so the names there stay.
 */
const MEMORY_NAMES = { degradations: 'hindrances' } as const;
const ORDER_NAMES = { pollTime: 'askTime', polls: 'asks' } as const;

type Names = Readonly<Record<string, string>>;
const fromDisk = (names: Names): Names =>
  Object.fromEntries(Object.entries(names).map(([name, onDisk]) => [onDisk, name]));
const MEMORY_NAMES_READ = fromDisk(MEMORY_NAMES);
const ORDER_NAMES_READ = fromDisk(ORDER_NAMES);

/** Returns a memory, or the parts of it that changed, with the names that they have on the disk. */
export function toStored(memory: Partial<BotMemory>): object {
  return renamed(memory, MEMORY_NAMES, ORDER_NAMES);
}

/** Returns what was read from the disk with the names of the program. */
export function fromStored(stored: object): Partial<BotMemory> {
  return renamed(stored, MEMORY_NAMES_READ, ORDER_NAMES_READ);
}

function renamed(memory: object, memoryNames: Names, orderNames: Names): object {
  return withNames(memory, memoryNames, (key, value) => {
    if (key === 'order' && isObject(value)) return withNames(value, orderNames);
    if (key !== 'others' || !Array.isArray(value)) return value;
    return value.map((order: unknown) => (isObject(order) ? withNames(order, orderNames) : order));
  });
}

/** A copy with other names for some keys, in the same order. */
function withNames(
  value: object,
  names: Names,
  part: (key: string, value: unknown) => unknown = (_, same) => same,
): object {
  const copy: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) copy[names[key] ?? key] = part(key, one);
  return copy;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
