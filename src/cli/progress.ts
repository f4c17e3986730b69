import type { Terminal } from './terminal.js';

/** Shows how far long work is. */
export interface Progress {
  /** `done` of `total`, in any unit; `details` follow the percentage. */
  update(done: number, total: number, details?: string): void;
  /** Leaves no trace on a terminal. */
  end(): void;
}

const REDRAW_MS = 100;
/** Work that takes less is not worth a line. */
const QUIET_MS = 400;
/** Without a terminal: one line per so many percent. */
const LINE_EVERY_PERCENT = 20;
const BAR_WIDTH = 24;

/**
 * Creates a progress display on standard error: a line that redraws itself on a terminal, otherwise a plain line
 * now and then. Quick work shows nothing.
 *
 * @param terminal - Where it is drawn.
 * @param label - What is being done.
 * @param now - Clock, ms.
 */
export function createProgress(
  terminal: Pick<Terminal, 'note' | 'redraw' | 'showsProgress'>,
  label: string,
  now: () => number = Date.now,
): Progress {
  const started = now();
  let lastDrawn = Number.NEGATIVE_INFINITY;
  let lastPercent = 0;
  let isDrawn = false;
  return {
    update: (done, total, details = '') => {
      const elapsed = now() - started;
      if (total <= 0 || elapsed < QUIET_MS) return;
      const share = Math.min(1, Math.max(0, done / total));
      const percent = Math.floor(100 * share);
      const rest = `${String(percent).padStart(3)} %${remaining(share, elapsed)}${details === '' ? '' : `  ${details}`}`;
      if (terminal.showsProgress) {
        if (now() - lastDrawn < REDRAW_MS) return;
        lastDrawn = now();
        isDrawn = true;
        terminal.redraw(`${label} ${bar(share)} ${rest}`);
      } else if (percent >= lastPercent + LINE_EVERY_PERCENT) {
        lastPercent = percent - (percent % LINE_EVERY_PERCENT);
        terminal.note(`${label} ${rest.trim()}`);
      }
    },
    end: () => {
      if (isDrawn) terminal.redraw('');
      isDrawn = false;
    },
  };
}

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}

function remaining(share: number, elapsedMs: number): string {
  if (share <= 0 || share >= 1) return '';
  const seconds = Math.ceil((elapsedMs * (1 - share)) / share / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `, ${hours} h ${minutes} min left`;
  return minutes > 0 ? `, ${minutes} min left` : `, ${seconds} s left`;
}
