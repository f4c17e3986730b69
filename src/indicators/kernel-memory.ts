import { type ColumnKernels, compileColumnKernels } from './column-kernels.js';

/** A part of the memory of the kernels; addresses are byte offsets. */
export interface Region {
  readonly at: number;
  readonly bytes: number;
}

const PAGE_BYTES = 2 ** 16;
/** Memory grows by at least this, bytes: each growth is a new buffer to the garbage collector; pages count only once they are used. */
const GROWTH_BYTES = 2 ** 26;
/** Each region starts at a cache line. */
const ALIGNMENT = 64;

/** The memory in which vector kernels work, cut into regions that are handed out and taken back. */
export class KernelMemory {
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly kernels: ColumnKernels = compileColumnKernels(this.#memory);
  /** First byte that was never handed out. */
  #top = ALIGNMENT;
  readonly #free: Region[] = [];
  #scratch: Region | undefined;

  /** Returns an empty memory, or `undefined` where vector instructions are not to be had. */
  static open(): KernelMemory | undefined {
    return typeof WebAssembly === 'undefined' ? undefined : new KernelMemory();
  }

  /** The bytes themselves; memory that grows, by `allocate()` or `scratch()`, has another buffer. */
  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }

  /**
   * Hands out a region; what is in it is unknown.
   *
   * @param bytes - At least so many.
   * @returns To be released when it is no longer needed.
   */
  allocate(bytes: number): Region {
    let found = -1;
    this.#free.forEach((region, k) => {
      const isSmaller = found < 0 || region.bytes < this.#free[found]!.bytes;
      if (region.bytes >= bytes && isSmaller) found = k;
    });
    if (found >= 0) return this.#free.splice(found, 1)[0]!;
    const region = { at: this.#top, bytes: Math.ceil(bytes / ALIGNMENT) * ALIGNMENT };
    this.#top += region.bytes;
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(Math.max(missing, GROWTH_BYTES) / PAGE_BYTES));
    return region;
  }

  /**
   * Takes a region back.
   *
   * @param region - Not to be used any more.
   */
  release(region: Region): void {
    this.#free.push(region);
  }

  /**
   * Returns a region for what is not needed after the next call.
   *
   * @param bytes - At least so many.
   */
  scratch(bytes: number): Region {
    if (this.#scratch === undefined || this.#scratch.bytes < bytes) {
      if (this.#scratch !== undefined) this.release(this.#scratch);
      this.#scratch = this.allocate(bytes);
    }
    return this.#scratch;
  }
}
