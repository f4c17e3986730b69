/** The folder of a journal: what of it survives a power cut is decided by `sync` and `syncFolder`. */
export interface JournalFiles {
  list(): Promise<readonly string[]>;
  read(name: string): Promise<Uint8Array>;
  /** Writes at the end of a file, which is made if it is not there. */
  append(name: string, data: Uint8Array): Promise<void>;
  /** Returns when the content of the file is on the disk. */
  sync(name: string): Promise<void>;
  /** Gives a file another name, over an older one of that name. */
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Returns when the names in the folder are on the disk. */
  syncFolder(): Promise<void>;
}
