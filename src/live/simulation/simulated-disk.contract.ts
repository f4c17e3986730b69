import type { Random } from '../../util/index.js';
import type { JournalFiles } from '../journal/index.js';

/** A file, in the pieces in which it was written. */
interface Node {
  pieces: Uint8Array[];
  size: number;
  /** Bytes that survive a power cut. */
  synced: number;
}

/** What a power cut does to bytes that were not flushed. */
export type PowerCut = 'lost' | 'torn' | 'nul-filled';

/** A folder in memory that forgets, as disks do, what was not flushed. */
export class SimulatedDisk implements JournalFiles {
  #names = new Map<string, Node>();
  #durable = new Map<string, Node>();
  /** Asked before every operation; may throw. */
  onOperation: (name: string) => void = () => undefined;

  /** Bytes of all files. */
  get size(): number {
    return [...this.#names.values()].reduce((sum, { size }) => sum + size, 0);
  }

  list(): Promise<readonly string[]> {
    return this.#do('list', () => [...this.#names.keys()]);
  }

  read(name: string): Promise<Uint8Array> {
    return this.#do('read', () => Buffer.concat(this.#names.get(name)?.pieces ?? []));
  }

  append(name: string, data: Uint8Array): Promise<void> {
    return this.#do('append', () => {
      const node = this.#names.get(name) ?? { pieces: [], size: 0, synced: 0 };
      node.pieces.push(data);
      node.size += data.length;
      this.#names.set(name, node);
    });
  }

  sync(name: string): Promise<void> {
    return this.#do('sync', () => {
      const node = this.#names.get(name);
      if (node !== undefined) node.synced = node.size;
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#do('rename', () => {
      const node = this.#names.get(from);
      if (node === undefined) throw new Error(`ENOENT ${from}`);
      this.#names.delete(from);
      this.#names.set(to, node);
    });
  }

  remove(name: string): Promise<void> {
    return this.#do('remove', () => {
      this.#names.delete(name);
    });
  }

  syncFolder(): Promise<void> {
    return this.#do('sync-folder', () => {
      this.#durable = new Map(this.#names);
    });
  }

  /** Power goes and comes back. */
  cutPower(kind: PowerCut, random: Random): void {
    if (random() < 0.5) this.#names = new Map(this.#durable);
    for (const node of this.#names.values()) {
      const data = Buffer.concat(node.pieces);
      const rest = node.size - node.synced;
      const kept = kind === 'torn' ? Math.floor(random() * (rest + 1)) : 0;
      const tail =
        kind === 'nul-filled' ? Buffer.alloc(rest) : data.subarray(node.synced, node.synced + kept);
      node.pieces = [data.subarray(0, node.synced), tail];
      node.size = node.synced + tail.length;
      node.synced = node.size;
    }
    this.#durable = new Map(this.#names);
  }

  async #do<T>(name: string, action: () => T): Promise<T> {
    this.onOperation(name);
    await Promise.resolve();
    return action();
  }
}
