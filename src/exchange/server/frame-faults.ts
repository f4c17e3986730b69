import { DAY_MS } from '../../domain/index.js';
import type { FaultBox, FaultName } from './faults.js';

/** What is sent in place of a market frame. */
export interface SpoiledFrame {
  /** Frames, oldest first; more or less than one where frames are held back. */
  readonly frames: readonly unknown[];
  /** What follows the last frame, made from its text. */
  readonly after: readonly ((text: string) => string | Buffer)[];
}

const HUGE_MESSAGE_BYTES = 10 * 1024 * 1024;
const ODD_NUMBERS = ['NaN', '1e-7', '-1.00000000', '', '0.00000000'];
/** Frames that are followed by something that is none. */
const FOLLOWERS: readonly (readonly [FaultName, (text: string) => string | Buffer])[] = [
  ['bad-message', (text) => text.slice(0, text.length / 2)],
  ['bad-utf8', () => Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ['huge-message', (text) => text + ' '.repeat(HUGE_MESSAGE_BYTES)],
];

/** The faults of market frames. */
export class FrameFaults {
  readonly #faults: FaultBox;
  /** Frames held back, by stream. */
  readonly #held = new Map<string, unknown>();

  constructor(faults: FaultBox) {
    this.#faults = faults;
  }

  /**
   * Returns what the faults make of a frame.
   *
   * @param stream - Name of its stream.
   * @param data - The frame.
   * @param time - Exchange time, ms UTC.
   */
  spoil(stream: string, data: unknown, time: number): SpoiledFrame {
    const strikes = (name: FaultName): boolean =>
      this.#faults.strike(name, stream, time) !== undefined;
    let shown = data;
    if (strikes('odd-numbers')) shown = withOddNumbers(shown);
    if (strikes('member-missing')) shown = withoutNumbers(shown);
    if (strikes('future-frame')) shown = aDayAhead(shown);
    const after = FOLLOWERS.filter(([name]) => strikes(name)).map(([, make]) => make);
    if (this.#held.has(stream)) {
      const held = this.#held.get(stream);
      this.#held.delete(stream);
      return { frames: [shown, held], after };
    }
    if (!strikes('late-frame')) return { frames: [shown], after };
    this.#held.set(stream, shown);
    return { frames: [], after: [] };
  }
}

function withOddNumbers(data: unknown): unknown {
  let i = 0;
  return changed(data, (name, value) =>
    isNumberText(name, value) ? ODD_NUMBERS[i++ % ODD_NUMBERS.length] : value,
  );
}

function withoutNumbers(data: unknown): unknown {
  return changed(data, (name, value) => (isNumberText(name, value) ? undefined : value));
}

function aDayAhead(data: unknown): unknown {
  const isTime = (value: unknown): value is number => typeof value === 'number' && value > 1e12;
  return changed(data, (_, value) => (isTime(value) ? value + DAY_MS : value));
}

/** `i` is the interval of a candle: `1m` is no number, `1` of another stream may be. */
function isNumberText(name: string, value: unknown): boolean {
  return typeof value === 'string' && /^[0-9.]+$/.test(value) && name !== 'i';
}

function changed(data: unknown, change: (name: string, value: unknown) => unknown): unknown {
  return JSON.parse(JSON.stringify(data, change));
}
