import type { OptimizeProgress } from '../optimize/index.js';
import type { Terminal } from './terminal.js';

/** Shows how far the optimizations of a batch are: one display for all of them. */
export interface BatchDisplay {
  start(name: string): void;
  update(name: string, progress: Pick<OptimizeProgress, 'done' | 'total'>): void;
  finish(name: string, how: string): void;
  /** Leaves no half-drawn line on a terminal. */
  end(): void;
}

const REDRAW_MS = 100;
/** Without a terminal: long optimizations are heard of this often. */
const LINE_EVERY_MS = 10_000;

/**
 * Creates a display on standard error: what is finished, and how far those under way are, in a line that redraws itself on a
 * terminal and in plain lines otherwise.
 *
 * @param terminal - Where it is drawn.
 * @param total - Optimizations of the batch.
 * @param now - Clock, ms.
 */
export function createBatchDisplay(
  terminal: Pick<Terminal, 'note' | 'redraw' | 'showsProgress'>,
  total: number,
  now: () => number = Date.now,
): BatchDisplay {
  const running = new Map<string, number>();
  const distance = terminal.showsProgress ? REDRAW_MS : LINE_EVERY_MS;
  let finished = 0;
  // Starts are told by themselves; only a terminal is drawn on at once.
  let lastDrawn = terminal.showsProgress ? Number.NEGATIVE_INFINITY : now();
  const draw = (): void => {
    if (now() - lastDrawn < distance) return;
    lastDrawn = now();
    const parts = [...running].map(([name, share]) => `${name} ${Math.floor(100 * share)} %`);
    const text = `${finished} of ${total} done  ${parts.join('  ')}`;
    if (terminal.showsProgress) terminal.redraw(text);
    else terminal.note(text);
  };
  return {
    start: (name) => {
      running.set(name, 0);
      if (!terminal.showsProgress) terminal.note(`${name}: started`);
      draw();
    },
    update: (name, { done, total: combinations }) => {
      running.set(name, done / combinations);
      draw();
    },
    finish: (name, how) => {
      running.delete(name);
      finished++;
      if (terminal.showsProgress) terminal.redraw('');
      terminal.note(`${name}: ${how} (${finished} of ${total})`);
    },
    end: () => {
      if (terminal.showsProgress) terminal.redraw('');
    },
  };
}
