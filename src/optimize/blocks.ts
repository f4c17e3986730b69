import type { ParameterValue } from '../strategies/index.js';

/** Settings by snake_case name while they are put together. */
export type MutableSettings = Record<string, ParameterValue>;

/** One parameter with its values; the parameters below it count only while its value is neither `null` nor `false`. */
export interface AxisTree {
  readonly kind: 'tree';
  readonly name: string;
  readonly values: readonly ParameterValue[];
  /** Value while the parameter has no effect. */
  readonly idle: ParameterValue;
  readonly children: readonly AxisTree[];
  /** Settings of the whole tree, and of the children alone. */
  readonly count: number;
  readonly countBelow: number;
  /** Position among the values of the one that switches the children off, or -1. */
  readonly offAt: number;
}

/** Parameters that vary together: one row of values per combination. */
export interface RowsBlock {
  readonly kind: 'rows';
  readonly names: readonly string[];
  readonly rows: readonly (readonly ParameterValue[])[];
}

/** Blocks whose combinations exclude each other in part; only the valid ones count. */
export interface LinkedBlock {
  readonly kind: 'linked';
  readonly blocks: readonly Block[];
  readonly valid: RankedBits;
}

/** A set of settings in a fixed order, addressed by number and never held in memory. Plain data: workers get it by message. */
export type Block = AxisTree | RowsBlock | LinkedBlock;

/** A set of numbers that finds its k-th member quickly. */
export interface RankedBits {
  readonly count: number;
  /** Bit `i` of the set, 32 to a word; shared, so that threads do not copy it. */
  readonly words: Uint32Array;
  /** Members before each word. */
  readonly ranks: Uint32Array;
}

/**
 * Builds a tree from a parameter and what depends on it.
 *
 * @param name - snake_case.
 * @param values - Distinct; at most one of them is `null` or `false`.
 * @param idle - Value while the parameter has no effect.
 * @param children - Trees of the parameters that depend on this one.
 */
export function axisTree(
  name: string,
  values: readonly ParameterValue[],
  idle: ParameterValue,
  children: readonly AxisTree[] = [],
): AxisTree {
  const countBelow = blocksCount(children);
  const offAt = values.findIndex((value) => !switchesOn(value));
  const count = offAt === -1 ? values.length * countBelow : (values.length - 1) * countBelow + 1;
  return { kind: 'tree', name, values, idle, children, count, countBelow, offAt };
}

/**
 * Says whether a value switches its dependents on.
 *
 * @param value - Value of the parameter that others depend on.
 */
export function switchesOn(value: ParameterValue): boolean {
  return value !== null && value !== false;
}

/**
 * Returns how many settings a block has.
 *
 * @param block - Any block.
 */
export function blockCount(block: Block): number {
  if (block.kind === 'rows') return block.rows.length;
  if (block.kind === 'linked') return block.valid.count;
  return block.count;
}

/**
 * Returns the product of the sizes of blocks.
 *
 * @param blocks - Independent blocks; none gives 1.
 */
export function blocksCount(blocks: readonly Block[]): number {
  return blocks.reduce((product, block) => product * blockCount(block), 1);
}

/**
 * Writes one combination of independent blocks; the last block varies fastest.
 *
 * @param blocks - Independent blocks.
 * @param index - Which combination, `0 <= index < blocksCount(blocks)`.
 * @param into - Receives a value for every parameter of the blocks.
 */
export function assignBlocks(blocks: readonly Block[], index: number, into: MutableSettings): void {
  let rest = index;
  for (let k = blocks.length - 1; k >= 0; k--) {
    const block = blocks[k]!;
    const count = blockCount(block);
    assignBlock(block, rest % count, into);
    rest = Math.floor(rest / count);
  }
}

/**
 * Returns the names of all parameters of a block.
 *
 * @param block - Any block.
 */
export function blockNames(block: Block): string[] {
  if (block.kind === 'rows') return [...block.names];
  if (block.kind === 'linked') return block.blocks.flatMap(blockNames);
  return [block.name, ...block.children.flatMap(blockNames)];
}

/**
 * Collects a set of numbers.
 *
 * @param size - Numbers lie in `0 .. size - 1`.
 * @param has - Whether a number belongs to the set.
 */
export function rankBits(size: number, has: (index: number) => boolean): RankedBits {
  const length = Math.ceil(size / 32) || 1;
  const words = new Uint32Array(new SharedArrayBuffer(length * 4));
  const ranks = new Uint32Array(new SharedArrayBuffer(length * 4));
  let count = 0;
  for (let word = 0; word < length; word++) {
    ranks[word] = count;
    let bits = 0;
    for (let bit = 0; bit < 32 && word * 32 + bit < size; bit++) {
      if (!has(word * 32 + bit)) continue;
      bits |= 1 << bit;
      count++;
    }
    words[word] = bits;
  }
  return { count, words, ranks };
}

function assignBlock(block: Block, index: number, into: MutableSettings): void {
  if (block.kind === 'rows') {
    block.names.forEach((name, k) => {
      into[name] = block.rows[index]![k]!;
    });
  } else if (block.kind === 'linked') {
    assignBlocks(block.blocks, member(block.valid, index), into);
  } else {
    assignTree(block, index, into);
  }
}

function assignTree(tree: AxisTree, index: number, into: MutableSettings): void {
  const { values, countBelow, children, offAt } = tree;
  const offIndex = offAt * countBelow;
  if (offAt >= 0 && index === offIndex) {
    into[tree.name] = values[offAt]!;
    for (const child of children) assignIdle(child, into);
    return;
  }
  const position = Math.floor((offAt >= 0 && index > offIndex ? index - 1 : index) / countBelow);
  const shift = offAt >= 0 && index > offIndex ? 1 : 0;
  const active = (index - shift) % countBelow;
  into[tree.name] = values[position + shift]!;
  assignBlocks(children, active, into);
}

function assignIdle(tree: AxisTree, into: MutableSettings): void {
  into[tree.name] = tree.idle;
  for (const child of tree.children) assignIdle(child, into);
}

/** The k-th member: the last word that starts at or before it, then its bits one by one. */
function member(set: RankedBits, k: number): number {
  let low = 0;
  let high = set.ranks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (set.ranks[middle]! <= k) low = middle;
    else high = middle - 1;
  }
  let left = k - set.ranks[low]!;
  let bits = set.words[low]!;
  for (; left > 0; left--) bits &= bits - 1;
  return low * 32 + (31 - Math.clz32(bits & -bits));
}
