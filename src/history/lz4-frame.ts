const MAGIC = 0x18_4d_22_04;
const HAS_DICTIONARY = 0x01;
const HAS_CONTENT_SIZE = 0x08;
const HAS_BLOCK_CHECKSUMS = 0x10;
const IS_STORED = 2 ** 31;

/**
 * Unpacks an LZ4 frame, the usual compression inside Arrow files.
 *
 * @param input - One frame.
 * @throws {RangeError} If it is no such frame, or cut off.
 * @see lz4_Frame_format.md and lz4_Block_format.md of the LZ4 project.
 */
export function unpackLz4Frame(input: Uint8Array): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.length < 11 || view.getUint32(0, true) !== MAGIC)
    throw new RangeError('not an LZ4 frame');
  const flags = input[4]!;
  if ((flags & HAS_DICTIONARY) !== 0) throw new RangeError('an LZ4 frame with a dictionary');
  const blockBytesMax = 1 << (8 + 2 * ((input[5]! >> 4) & 7));
  const blocks = blocksOf(input, view, flags);
  const output = new Uint8Array(blocks.length * blockBytesMax);
  let to = 0;
  for (const { bytes, isStored } of blocks) {
    if (isStored) {
      output.set(bytes, to);
      to += bytes.length;
    } else to = unpackBlock(bytes, output, to);
  }
  return output.subarray(0, to);
}

interface Block {
  readonly bytes: Uint8Array;
  readonly isStored: boolean;
}

function blocksOf(input: Uint8Array, view: DataView, flags: number): Block[] {
  const blocks: Block[] = [];
  let at = 7 + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8);
  const checksum = (flags & HAS_BLOCK_CHECKSUMS) === 0 ? 0 : 4;
  for (;;) {
    const size = at + 4 <= input.length ? view.getUint32(at, true) : Number.NaN;
    if (size === 0) return blocks;
    at += 4;
    const bytes = input.subarray(at, at + (size % IS_STORED));
    if (!(bytes.length === size % IS_STORED)) throw new RangeError('a truncated LZ4 frame');
    blocks.push({ bytes, isStored: size >= IS_STORED });
    at += bytes.length + checksum;
  }
}

/** Blocks of a frame may copy from the blocks before them, so all share one output. */
function unpackBlock(block: Uint8Array, output: Uint8Array, start: number): number {
  let at = 0;
  let to = start;
  const extended = (nibble: number): number => {
    let count = nibble;
    if (nibble !== 15) return count;
    for (let more = 255; more === 255; ) {
      more = block[at++] ?? 0;
      count += more;
    }
    return count;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = extended(token >> 4);
    if (at + literals > block.length || to + literals > output.length) {
      throw new RangeError('an LZ4 block with invalid lengths');
    }
    output.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= block.length) break; // the last sequence has only literals
    const distance = block[at]! | (block[at + 1]! << 8);
    at += 2;
    const count = 4 + extended(token & 15);
    if (distance === 0 || distance > to || to + count > output.length) {
      throw new RangeError('an LZ4 block with invalid lengths');
    }
    // Byte by byte, because a copy may overlap what it writes.
    for (const end = to + count; to < end; to++) output[to] = output[to - distance]!;
  }
  return to;
}
