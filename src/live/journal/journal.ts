import { UserError } from '../../domain/index.js';
import {
  type BotMemory,
  type BotSettings,
  fromJournalText,
  fromStored,
  initialMemory,
  MEMORY_VERSION,
  memoryPatch,
  toJournalText,
  toStored,
  upgradedMemory,
} from '../core/index.js';
import type { JournalFiles } from './journal-files.js';
import { decodeRecords, encodeRecord } from './record.js';

/** Snapshots kept: damage to one must not be the end. */
const SNAPSHOTS_MAX = 3;
/** Records between two snapshots; default. */
const RECORDS_PER_SNAPSHOT = 2_000;
const SNAPSHOT = /^state-(\d{15})\.json$/;
const SEGMENT = /^journal-(\d{15})\.log$/;
const TEMPORARY = 'state.tmp';

export interface JournalOptions {
  /** Records between two snapshots; default 2000. */
  readonly recordsPerSnapshot?: number;
  /** Tells a new state, or one of before there were such names, from all others; default none. */
  readonly instance?: string;
}

/**
 * Keeps the memory of one bot: a snapshot, and after it one record per change with the parts that changed. A change
 * is safe once `sync` returned. Files are never changed, only appended to, replaced whole, and removed when three newer
 * snapshots exist.
 */
export class Journal {
  readonly #files: JournalFiles;
  readonly #recordsPerSnapshot: number;
  #memory: BotMemory;
  #sequence: number;
  #segment = '';
  #snapshotSequence = 0;
  #isBroken = false;

  private constructor(files: JournalFiles, loaded: Loaded, options: JournalOptions) {
    this.#files = files;
    this.#memory = loaded.memory;
    this.#sequence = loaded.sequence;
    this.#recordsPerSnapshot = options.recordsPerSnapshot ?? RECORDS_PER_SNAPSHOT;
  }

  /**
   * Opens the journal in a folder: loads the newest whole snapshot and replays what follows it.
   *
   * @param files - The folder.
   * @param settings - For a bot that has no journal yet.
   * @throws {UserError} If there is a journal that cannot be trusted: it is never silently begun anew.
   */
  static async open(
    files: JournalFiles,
    settings: BotSettings,
    options: JournalOptions = {},
  ): Promise<Journal> {
    const { instance } = options;
    const loaded = (await load(files, instance)) ?? {
      memory: initialMemory(settings, instance),
      sequence: 0,
    };
    const journal = new Journal(files, loaded, options);
    if (loaded.older !== undefined) await journal.#changeLayout(loaded.older);
    await journal.#writeSnapshot();
    return journal;
  }

  /**
   * Reads the memory without opening the journal: nothing is written, and the bot may run meanwhile.
   *
   * @param files - The folder; what is appended while it is read may be missing.
   * @returns `undefined` where there never was a bot.
   * @throws {UserError} If the journal cannot be trusted.
   */
  static async read(files: Pick<JournalFiles, 'list' | 'read'>): Promise<BotMemory | undefined> {
    return (await load(files))?.memory;
  }

  /** The memory as last appended. */
  get memory(): BotMemory {
    return this.#memory;
  }

  /** Number of the newest record. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Appends a change; it is safe after `sync`. After a failure the next call writes everything anew.
   *
   * @param memory - After the change.
   * @param cause - Word for what caused it.
   * @param time - ms UTC.
   */
  async append(memory: BotMemory, cause: string, time: number): Promise<void> {
    const patch = memoryPatch(this.#memory, memory);
    this.#memory = memory;
    this.#sequence++;
    if (this.#isBroken) {
      await this.#writeSnapshot();
      return;
    }
    const text = toJournalText({ time, cause, patch: toStored(patch) });
    await this.#guard(() =>
      this.#files.append(this.#segment, encodeRecord({ sequence: this.#sequence, text })),
    );
    const isDue = this.#sequence - this.#snapshotSequence >= this.#recordsPerSnapshot;
    if (isDue) await this.#writeSnapshot();
  }

  /**
   * A change of layout is a record of its own, before the first snapshot in it: should that be damaged, this version goes on
   * from the last one of the older version, which itself refuses what follows instead of reading it wrongly.
   */
  async #changeLayout(older: BotMemory): Promise<void> {
    this.#segment = `journal-${padded(this.#sequence + 1)}.log`;
    this.#sequence++;
    const patch = toStored(memoryPatch(older, this.#memory));
    const text = toJournalText({ time: this.#memory.aliveTime, cause: 'layout', patch });
    await this.#guard(async () => {
      // A file of this name holds no whole record: the state would be further on.
      await this.#files.remove(this.#segment);
      await this.#files.append(this.#segment, encodeRecord({ sequence: this.#sequence, text }));
      await this.#files.sync(this.#segment);
      await this.#files.syncFolder();
    });
  }

  /** Returns when everything appended is on the disk. */
  async sync(): Promise<void> {
    if (this.#isBroken) await this.#writeSnapshot();
    else await this.#guard(() => this.#files.sync(this.#segment));
  }

  /** A write that failed may have left half a record: what follows it goes to a new file. */
  async #guard(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  async #writeSnapshot(): Promise<void> {
    await this.#guard(async () => {
      // Beyond every record that may half exist, so that a replay never joins the two files.
      if (this.#isBroken) this.#sequence++;
      const sequence = this.#sequence;
      const name = `state-${padded(sequence)}.json`;
      await this.#files.remove(TEMPORARY);
      const text = toJournalText(toStored(this.#memory));
      await this.#files.append(TEMPORARY, encodeRecord({ sequence, text }));
      await this.#files.sync(TEMPORARY);
      await this.#files.rename(TEMPORARY, name);
      const segment = `journal-${padded(sequence + 1)}.log`;
      await this.#files.remove(segment);
      await this.#files.append(segment, new Uint8Array());
      await this.#files.sync(segment);
      await this.#files.syncFolder();
      this.#segment = segment;
      this.#snapshotSequence = sequence;
      await this.#removeOld();
    });
    this.#isBroken = false;
  }

  async #removeOld(): Promise<void> {
    const names = await this.#files.list();
    const snapshots = numbered(names, SNAPSHOT);
    const kept = snapshots.slice(-SNAPSHOTS_MAX);
    const oldest = kept[0]?.sequence ?? 0;
    const segments = numbered(names, SEGMENT);
    const done = segments.filter((_, i) => (segments[i + 1]?.sequence ?? Infinity) <= oldest + 1);
    for (const { name } of [...snapshots.slice(0, -SNAPSHOTS_MAX), ...done]) {
      await this.#files.remove(name);
    }
  }
}

interface Loaded {
  readonly memory: BotMemory;
  /** As it was saved, if that was in an older layout. */
  readonly older?: BotMemory;
  readonly sequence: number;
}

/** Loads the newest state that can be trusted; `undefined` where there never was one. */
async function load(
  files: Pick<JournalFiles, 'list' | 'read'>,
  instance?: string,
): Promise<Loaded | undefined> {
  const names = await files.list();
  const snapshots = numbered(names, SNAPSHOT);
  const segments = numbered(names, SEGMENT);
  if (snapshots.length === 0 && segments.length === 0) return undefined;
  for (const snapshot of [...snapshots].reverse()) {
    const [record] = decodeRecords(await files.read(snapshot.name));
    if (record === undefined || record.sequence !== snapshot.sequence) continue;
    const memory = fromStored(fromJournalText(record.text) as object) as BotMemory;
    const last = await replay(files, { memory, sequence: record.sequence }, segments);
    const upgraded = upgradedMemory(last.memory, instance);
    requireLayout(upgraded);
    const isOlder = last.memory.version !== MEMORY_VERSION;
    return { ...last, memory: upgraded, ...(isOlder && { older: last.memory }) };
  }
  throw damaged('no complete snapshot is left');
}

/** Applies the records after a snapshot. Only the very end may be torn: no order was sent before its record was safe. */
async function replay(
  files: Pick<JournalFiles, 'list' | 'read'>,
  start: Loaded,
  segments: readonly Numbered[],
): Promise<Loaded> {
  let { memory, sequence } = start;
  for (const segment of segments) {
    if (segment.sequence <= start.sequence && isReplaced(segment, segments, start.sequence))
      continue;
    // A torn end was cut off at the next start, which went on with its number.
    let isTorn = false;
    for (const record of decodeRecords(await files.read(segment.name))) {
      if (record === undefined) {
        isTorn = true;
        continue;
      }
      if (record.sequence <= sequence) continue;
      if (isTorn || record.sequence !== sequence + 1) {
        throw damaged(`record ${sequence + 1} is missing, but later ones exist`);
      }
      const { patch } = fromJournalText(record.text) as { patch: object };
      memory = { ...memory, ...fromStored(patch) };
      sequence = record.sequence;
    }
  }
  return { memory, sequence };
}

/** Whether all records of a segment are older than the snapshot. */
function isReplaced(segment: Numbered, segments: readonly Numbered[], sequence: number): boolean {
  const next = segments.find((other) => other.sequence > segment.sequence);
  return next !== undefined && next.sequence <= sequence + 1;
}

function requireLayout(memory: BotMemory): void {
  if (memory.version === MEMORY_VERSION) return;
  throw new UserError(
    `The saved state has layout ${String(memory.version)}, this version reads layout ${MEMORY_VERSION}: use the version that wrote it, or another state folder`,
  );
}

function damaged(detail: string): UserError {
  return new UserError(
    `The saved state is damaged (${detail}). Positions and orders at the exchange are not affected. Move the folder away and restart: the bot makes no entries while a position is open, and wus trader adopt rebuilds the state from the fills`,
  );
}

interface Numbered {
  readonly name: string;
  readonly sequence: number;
}

/** Files of one kind, oldest first. */
function numbered(names: readonly string[], pattern: RegExp): Numbered[] {
  return names
    .flatMap((name) => {
      const match = pattern.exec(name);
      return match === null ? [] : [{ name, sequence: Number(match[1]) }];
    })
    .sort((a, b) => a.sequence - b.sequence);
}

function padded(sequence: number): string {
  return String(sequence).padStart(15, '0');
}
