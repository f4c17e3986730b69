import type { Clock } from '../../exchange/index.js';

/** Time that passes only when `run` lets it; timers fire in order of their time, then of their making. */
export class VirtualClock implements Clock {
  #now: number;
  #counter = 0;
  readonly #heap: { time: number; order: number; action: (() => void) | undefined }[] = [];

  constructor(startTime: number) {
    this.#now = startTime;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = {
      time: this.#now + Math.max(0, delayMs),
      order: this.#counter++,
      action: action as (() => void) | undefined,
    };
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
    return () => {
      timer.action = undefined;
    };
  }

  /** A computation takes this long: timers fire late. */
  skip(ms: number): void {
    this.#now += ms;
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#heap.filter(({ action }) => action !== undefined).length;
  }

  /** Lets time pass; promises settle between two timers. */
  async run(untilTime: number): Promise<void> {
    // The process that runs the tests must get to run now and then as well.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.time > untilTime) break;
      this.#pop();
      if (first.action === undefined) continue;
      this.#now = Math.max(this.#now, first.time);
      first.action();
      await new Promise((resolve) => process.nextTick(resolve));
    }
    this.#now = Math.max(this.#now, untilTime);
  }

  #less(a: number, b: number): boolean {
    const x = this.#heap[a]!;
    const y = this.#heap[b]!;
    return x.time < y.time || (x.time === y.time && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }

  #up(index: number): void {
    for (let i = index; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#less(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #pop(): void {
    this.#swap(0, this.#heap.length - 1);
    this.#heap.pop();
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.#heap.length && this.#less(child, least)) least = child;
      }
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }
}
