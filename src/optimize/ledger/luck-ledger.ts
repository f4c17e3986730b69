import { join } from 'node:path';
import { UserError } from '../../domain/index.js';
import { tryLockFile } from '../../files/index.js';
import { noLuck, type RunLuck } from '../judgement/run-luck.js';
import {
  addLuck,
  emptyLuck,
  type LuckAddition,
  type LuckRecord,
  type LuckWinner,
  lockLuck,
  readLuck,
} from './luck-file.js';

/** What luck shows with all trials of a subject, of its instrument, and of a whole folder of ledgers. */
export interface LuckLedger {
  readonly path: string;
  /** Of all strategies and intervals on the instrument; `undefined` where they are not counted together. */
  readonly instrumentPath: string | undefined;
  /** Of all subjects. */
  readonly allPath: string;
  /** What a reader must know, one sentence each. */
  readonly notes: readonly string[];
  /**
   * Adds trials.
   *
   * @param addition - What is new since the last time.
   * @throws {UserError} If it cannot be written.
   */
  add(addition: LuckAddition): Promise<void>;
  /** As `add`, unless another process is writing; returns whether it was written. */
  tryAdd(addition: LuckAddition): boolean;
  /** What is in now. Earlier winners, the earliest first. */
  read(): {
    readonly subject: LuckRecord;
    readonly instrument: LuckRecord;
    readonly all: LuckRecord;
  };
  /** Remembers the winner of a run, and what luck shows with it where that is not in yet. */
  addWinner(winner: LuckWinner, luck?: RunLuck): Promise<void>;
}

/** Record of a whole folder. */
const ALL = '_all.luck';

/**
 * Opens what luck shows with all trials of a subject.
 *
 * @param folder - For example `results/ledger`.
 * @param name - Of the subject: the name of its ledger without an ending.
 * @param instrument - Whose trials by any strategy and on any interval count together; default none.
 * @throws {UserError} If a record is of another version or cannot be read.
 */
export function openLuckLedger(
  folder: string,
  name: string,
  instrument?: { readonly symbol: string; readonly market: string },
): LuckLedger {
  const path = join(folder, `${name}.luck`);
  const instrumentPath =
    instrument && join(folder, `_${instrument.symbol}_${instrument.market}.luck`);
  const allPath = join(folder, ALL);
  const wider = [...(instrumentPath === undefined ? [] : [instrumentPath]), allPath];
  const notes: string[] = [];
  for (const file of [path, ...wider]) readLuck(file);

  const addTo = (file: string, addition: LuckAddition, flush: boolean): void => {
    const { setAside } = addLuck(file, addition, { flush });
    if (setAside === undefined) return;
    notes.push(
      `${file} was not readable and was moved to ${setAside}: its trials now count by their number only.`,
    );
  };
  const locked = async (file: string, addition: LuckAddition): Promise<void> => {
    const lock = await lockLuck(file);
    try {
      addTo(file, addition, true);
    } finally {
      lock.release();
    }
  };
  /** Trials of one subject are no lower bound of those of several. */
  const forWider = ({ trials: _, winner: _w, ...addition }: LuckAddition): LuckAddition => addition;

  return {
    path,
    instrumentPath,
    allPath,
    notes,
    add: async (addition) => {
      await locked(path, addition);
      for (const file of wider) await locked(file, forWider(addition));
    },
    tryAdd: (addition) => {
      const locks = [path, ...wider].map((file) => tryLockFile(`${file}.lock`));
      try {
        if (locks.includes(undefined)) return false;
        addTo(path, addition, false);
        for (const file of wider) addTo(file, forWider(addition), false);
        return true;
      } catch (error) {
        // A full disk is told at the end: the run itself need not end for it.
        if (error instanceof UserError) return false;
        throw error;
      } finally {
        for (const lock of locks) lock?.release();
      }
    },
    read: () => ({
      subject: readLuck(path) ?? emptyLuck(),
      instrument: (instrumentPath && readLuck(instrumentPath)) || emptyLuck(),
      all: readLuck(allPath) ?? emptyLuck(),
    }),
    addWinner: (winner, luck = noLuck()) => locked(path, { luck, winner }),
  };
}
