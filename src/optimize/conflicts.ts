import { UserError } from '../domain/index.js';
import type { Parameters, Strategy } from '../strategies/index.js';
import {
  assignBlocks,
  type Block,
  blockNames,
  blocksCount,
  type MutableSettings,
  rankBits,
} from './blocks.js';

/** Most combinations of parameters that exclude each other; a bit is kept for each. */
const LINKED_MAX = 10_000_000;

/** The blocks of a strategy without the combinations that it refuses. */
export interface ConflictFreeBlocks {
  readonly blocks: readonly Block[];
  /** What the strategy says about the first refused combination. */
  readonly example: string | undefined;
}

/**
 * Takes the combinations that a strategy refuses (for example fast >= slow) out of its blocks.
 *
 * Only the blocks whose parameters `findConflict` really reads are enumerated: it is a pure function, so what it
 * never reads, over all combinations of what it does read, cannot matter. The others stay independent.
 *
 * @param strategy - Whose `findConflict` decides.
 * @param blocks - Independent blocks that together hold every parameter of the strategy.
 * @param at - Where the grid has the values of a parameter, for messages.
 * @throws {UserError} If the parameters that exclude each other have more than 10,000,000 combinations.
 */
export function withoutConflicts(
  strategy: Pick<Strategy, 'findConflict'>,
  blocks: readonly Block[],
  at: (name: string) => string,
): ConflictFreeBlocks {
  const linked = new Set<Block>();
  for (;;) {
    const inner = blocks.filter((block) => linked.has(block));
    const search = refusals(strategy, blocks, inner, at);
    const grown = blocks.filter((block) => blockNames(block).some((name) => search.read.has(name)));
    if (grown.every((block) => linked.has(block))) {
      return { blocks: regroup(blocks, inner, search.valid), example: search.example };
    }
    for (const block of grown) linked.add(block);
  }
}

interface Refusals {
  readonly read: ReadonlySet<string>;
  readonly valid: ReturnType<typeof rankBits>;
  readonly example: string | undefined;
}

function refusals(
  strategy: Pick<Strategy, 'findConflict'>,
  blocks: readonly Block[],
  inner: readonly Block[],
  at: (name: string) => string,
): Refusals {
  const size = blocksCount(inner);
  if (size > LINKED_MAX) {
    const names = inner.flatMap(blockNames);
    throw new UserError(
      `${at(names[0] ?? '')}: ${names.join(', ')} constrain each other and have ${size.toLocaleString('en-US')} combinations ` +
        `(at most ${LINKED_MAX.toLocaleString('en-US')}); give them fewer values`,
    );
  }
  const settings: MutableSettings = {};
  assignBlocks(blocks, 0, settings);
  const read = new Set<string>();
  const watched = watchReads(settings, read);
  let example: string | undefined;
  const valid = rankBits(size, (index) => {
    assignBlocks(inner, index, settings);
    const conflict = strategy.findConflict(watched);
    example ??= conflict;
    return conflict === undefined;
  });
  return { read, valid, example };
}

/** The same settings, noting which names are looked at. */
function watchReads(settings: MutableSettings, read: Set<string>): Parameters {
  const note = (key: string | symbol): void => {
    if (typeof key === 'string') read.add(key);
  };
  return new Proxy(settings, {
    get: (target, key: string) => {
      note(key);
      return target[key];
    },
    has: (target, key) => {
      note(key);
      return key in target;
    },
    getOwnPropertyDescriptor: (target, key) => {
      note(key);
      return Object.getOwnPropertyDescriptor(target, key);
    },
  });
}

/** The linked blocks stand where the first of them stood. */
function regroup(
  blocks: readonly Block[],
  inner: readonly Block[],
  valid: ReturnType<typeof rankBits>,
): Block[] {
  const first = inner[0];
  if (first === undefined && valid.count === 0) return [{ kind: 'linked', blocks: [], valid }];
  return blocks.flatMap((block): Block[] => {
    if (block === first) return [{ kind: 'linked', blocks: inner, valid }];
    return inner.includes(block) ? [] : [block];
  });
}
