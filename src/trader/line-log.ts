import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { printable } from '../domain/index.js';
import { systemErrorCode } from '../files/index.js';

/** Bytes of one file, and how many older ones are kept. */
const FILE_BYTES_MAX = 5_000_000;
const FILES_KEPT = 3;
/** Lines that wait for the disk; more are dropped and counted. */
const WAITING_MAX = 1_000;

export interface LineLogOptions {
  /** Default 5,000,000. */
  readonly fileBytesMax?: number;
}

/**
 * A log that cannot fill the disk: `file`, then `file.1` to `file.3`. Writing never fails for the caller: a log must
 * not stop a trader.
 */
export class LineLog {
  readonly #file: string;
  readonly #fileBytesMax: number;
  #waiting: string[] = [];
  #dropped = 0;
  #writing: Promise<void> | undefined;

  /**
   * @param file - Path; its folder is made.
   * @param options - Size.
   */
  constructor(file: string, options: LineLogOptions = {}) {
    this.#file = file;
    this.#fileBytesMax = options.fileBytesMax ?? FILE_BYTES_MAX;
  }

  /** Takes a line, or several, without the last end. */
  write(line: string): void {
    if (this.#waiting.length >= WAITING_MAX) this.#dropped++;
    else this.#waiting.push(printable(line, 'lines'));
    this.#writing ??= this.#flush().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Returns when everything taken so far is written or given up. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting.splice(0);
      if (this.#dropped > 0) lines.push(`${this.#dropped} lines were not written`);
      this.#dropped = 0;
      try {
        await this.#append(`${lines.join('\n')}\n`);
      } catch {
        // A log must not stop a trader.
      }
    }
  }

  async #append(text: string): Promise<void> {
    const bytes = Buffer.byteLength(text);
    // Looked at anew each time: another process may write to the same log, and begin a new file.
    const size = await this.#sizeOnDisk();
    if (size > 0 && size + bytes > this.#fileBytesMax) await this.#rotate();
    await appendFile(this.#file, text, { mode: 0o600 });
  }

  async #rotate(): Promise<void> {
    await rm(`${this.#file}.${FILES_KEPT}`, { force: true });
    for (let i = FILES_KEPT - 1; i >= 0; i--) {
      const from = i === 0 ? this.#file : `${this.#file}.${i}`;
      await rename(from, `${this.#file}.${i + 1}`).catch((error: unknown) => {
        if (systemErrorCode(error) !== 'ENOENT') throw error;
      });
    }
  }

  async #sizeOnDisk(): Promise<number> {
    await mkdir(path.dirname(this.#file), { recursive: true });
    try {
      return (await stat(this.#file)).size;
    } catch {
      return 0;
    }
  }
}
