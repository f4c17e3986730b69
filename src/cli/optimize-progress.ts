import type { OptimizeProgress, Ranking } from '../optimize/index.js';
import { metricColumn } from '../optimize/index.js';
import { grouped } from './metric-display.js';
import type { Terminal } from './terminal.js';

/** Shows how far an optimization is, how fast it goes and what is best so far. */
export interface OptimizeDisplay {
  /** The run starts: loading before it does not count. */
  begin(): void;
  update(progress: OptimizeProgress): void;
  /** Says what is done after the last combination; only on a terminal. */
  stage(text: string): void;
  /** Leaves no half-drawn line on a terminal. */
  end(): void;
}

const REDRAW_MS = 100;
/** Without a terminal: the first line at once, then at growing distances up to this one. */
const LINE_EVERY_MS = 2_000;
const LINE_EVERY_MS_MAX = 30_000;
const BAR_WIDTH = 24;
/** The rate is that of the last so many ms: workers start slowly, and known combinations take no time. */
const RATE_WINDOW_MS = 10_000;
/**
 * Judging the winner takes about as long as so many combinations: it, its stress, its founder and its neighbours run again. The
 * statistics of each combination are part of its own time.
 */
export const JUDGED_RUNS = 20;
/** Before this the start-up of the workers spoils every rate. */
const RATE_AFTER_MS = 1_500;
/** A time left needs this share of the work and so many combinations, or this time, as evidence. */
const ESTIMATE_SHARE = 0.01;
const ESTIMATE_COUNT = 10;
const ESTIMATE_AFTER_MS = 10_000;

/**
 * Creates a display on standard error: a bar that redraws itself on a terminal, otherwise plain lines now and then.
 *
 * @param terminal - Where it is drawn.
 * @param ranking - What "best" means.
 * @param now - Clock, ms.
 */
export function createOptimizeDisplay(
  terminal: Pick<Terminal, 'note' | 'redraw' | 'showsProgress'>,
  ranking: Ranking,
  now: () => number = Date.now,
): OptimizeDisplay {
  let started = now();
  let lastShown = Number.NEGATIVE_INFINITY;
  let distance = LINE_EVERY_MS;
  let isDrawn = false;
  let computed: { readonly time: number; readonly count: number }[] = [];
  /** Combinations per second of late. */
  const recentRate = ({ done, known }: OptimizeProgress): number => {
    const time = now();
    const count = done - known;
    // One sample before the window stays, so that the window is full.
    const inside = computed.findIndex((sample) => sample.time > time - RATE_WINDOW_MS);
    computed = [...computed.slice(inside === -1 ? -1 : Math.max(0, inside - 1)), { time, count }];
    const first = computed[0]!;
    return (1_000 * (count - first.count)) / Math.max(1, time - first.time);
  };
  return {
    begin: () => {
      started = now();
      computed = [{ time: started, count: 0 }];
    },
    update: (progress) => {
      const isDue = now() - lastShown >= (terminal.showsProgress ? REDRAW_MS : distance);
      if (!isDue && progress.done < progress.total) return;
      if (lastShown > started && !terminal.showsProgress) {
        distance = Math.min(LINE_EVERY_MS_MAX, distance * 1.5);
      }
      lastShown = now();
      const text = progressText(progress, lastShown - started, ranking, recentRate(progress));
      if (terminal.showsProgress) {
        isDrawn = true;
        terminal.redraw(`${bar(progress.done / progress.total)} ${text}`);
      } else {
        terminal.note(text);
      }
    },
    stage: (text) => {
      if (!terminal.showsProgress) return;
      isDrawn = true;
      terminal.redraw(`Judging: ${text}`);
    },
    end: () => {
      if (isDrawn) terminal.redraw('');
      isDrawn = false;
    },
  };
}

/**
 * Returns progress in words.
 *
 * @param progress - Counts and the best so far.
 * @param elapsedMs - Since the start.
 * @param ranking - What "best" means.
 * @param recent - Combinations per second of late.
 */
export function progressText(
  { done, total, known, best }: OptimizeProgress,
  elapsedMs: number,
  ranking: Ranking,
  recent: number,
): string {
  const percent = `${Math.floor((100 * done) / total)} %`;
  const isFinished = done === total;
  const overall = (1_000 * (done - known)) / Math.max(1, elapsedMs);
  const perSecond = isFinished ? overall : recent;
  const hasRate = perSecond > 0 && (isFinished || elapsedMs >= RATE_AFTER_MS);
  const rate = hasRate ? `, ${rateText(perSecond)}` : '';
  const hasEvidence =
    done - known >= Math.max(ESTIMATE_COUNT, ESTIMATE_SHARE * (total - known)) ||
    elapsedMs >= ESTIMATE_AFTER_MS;
  const left =
    hasRate && hasEvidence && !isFinished
      ? `, ${duration((total - done + JUDGED_RUNS) / perSecond)} left`
      : '';
  const value = best?.metrics[metricColumn(ranking.metric)];
  const bestText = value === undefined ? '' : `, best ${ranking.metric} ${grouped(value, 4)}`;
  return `${percent.padStart(5)}  ${grouped(done, 0)} of ${grouped(total, 0)}${rate}${left}${bestText}`;
}

/**
 * Returns a number of combinations per second.
 *
 * @param perSecond - Rate.
 */
export function rateText(perSecond: number): string {
  return `${grouped(perSecond, perSecond < 10 ? 1 : 0)} per second`;
}

/**
 * Returns a time as people say it.
 *
 * @param seconds - Length.
 */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}
