import { type Random, seededRandom } from '../util/index.js';
import { CandleCopy } from './candle-copy.js';
import { historyOf } from './check-history.js';
import { chooseCheckPoints } from './check-points.js';
import { type Decided, type Difference, decidedOn, firstDifference, marksOf } from './decided.js';
import { withDisturbedSources } from './disturbed-sources.js';
import type { OtherFuture } from './scramble-future.js';
import { describeCandle } from './signal-column.js';
import type { Parameters, Strategy } from './strategy.js';
import type { StrategyCandles } from './strategy-candles.js';
import { StrategyError } from './strategy-error.js';

/** Candles that the runs over stretches may evaluate: 20 times those of the data, within limits. */
const STRETCH_SHARE = 20;
const STRETCH_CANDLES_MIN = 300_000;
const STRETCH_CANDLES_MAX = 4_000_000;
/** The same for the runs over the whole history; at least `WHOLE_CUTS_MIN` are made. */
const WHOLE_CANDLES_MAX = 5_000_000;
const WHOLE_CUTS_MIN = 4;
const WHOLE_CUTS_MAX = 40;
/** So many points are made at least, up to five times the candles above (a warm-up of thousands of candles). */
const POINTS_MIN = 120;
const POINTS_MAX = 600;
const STRETCH_CANDLES_LIMIT = 5 * STRETCH_CANDLES_MAX;
/** And so many whatever they cost: with 7 cuts each, about 200 in all. */
const POINTS_LEAST = 28;
/** Histories that a cold instance sees before the whole. */
const COLD_RUNS_MAX = 16;
/** Repetitions before a difference is put down to the future or to state. */
const REPEATS_MIN = 6;
const REPEATS_MAX = 24;
const REPEATED_CANDLES_MAX = 2_000_000;
/** Candles of a stretch before (beside the warm-up) and after the point that it is about. */
const LEAD = 150;
const TAIL = 60;
const FUTURES: readonly OtherFuture[] = ['removed', 'higher', 'lower', 'noise'];

export interface StrategyCheckOptions {
  /** Of the random choices. Default 1. */
  readonly seed?: number;
  /**
   * The strategy from modules that were never run: sees short histories before the whole, so that what it keeps between calls
   * shows, wherever it keeps it. Default: not checked.
   */
  readonly cold?: Strategy | undefined;
}

/** What a passed check did. */
export interface StrategyCheckReport {
  /** Times that the future after some candle was taken away or replaced. */
  readonly cuts: number;
  /** Distinct candles after which that was done. */
  readonly cutCandles: number;
  /** Runs of the strategy. */
  readonly runs: number;
  /** Candles of all runs together. */
  readonly candles: number;
}

/**
 * Checks that a strategy may be believed: the same candles give the same signals, it leaves the candles as they are, it is flat in
 * its warm-up, and its signals do not change when later candles are removed or replaced (S-01).
 *
 * The whole history is run twice (the second time with other clocks and random numbers), and cut at 4 to 40 places, most of them late.
 * Then stretches of a few warm-ups around up to 600 candles (signal changes, unusual candles, both ends, any) are cut at
 * several candles each, 200 in all at the least. Every cut compares all signals up to it with those of the uncut run from the same start.
 * The cost is that of about 20 runs of the strategy on 525,600 candles. A cold instance first runs on histories that end early.
 *
 * @param strategy - Built in or a user's.
 * @param parameters - Complete.
 * @param candles - What it is going to run on; not written to.
 * @param options - Seed of the random choices.
 * @returns What was done.
 * @throws {StrategyError} At the first fault; `fault` names its kind.
 */
export function checkStrategy(
  strategy: Strategy,
  parameters: Parameters,
  candles: StrategyCandles,
  options: StrategyCheckOptions = {},
): StrategyCheckReport {
  const check = new StrategyCheck(strategy, parameters, candles, seededRandom(options.seed ?? 1));
  return check.run(options.cold);
}

/** A run of the strategy from `from` on, and what it gave. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly decided: Decided;
}

/** Runs the strategy on a copy of the candles in which futures are scrambled, and counts. */
class StrategyCheck {
  private readonly copy: CandleCopy;
  private readonly warmUp: number;
  private readonly cutCandles = new Set<number>();
  private cuts = 0;
  private runs = 0;
  private evaluated = 0;

  /** Changes wherever the whole run decided something. */
  private marks: Int8Array = new Int8Array(0);
  private readonly strategy: Strategy;
  private readonly parameters: Parameters;
  private readonly candles: StrategyCandles;
  private readonly random: Random;

  constructor(
    strategy: Strategy,
    parameters: Parameters,
    candles: StrategyCandles,
    random: Random,
  ) {
    this.strategy = strategy;
    this.parameters = parameters;
    this.candles = candles;
    this.random = random;
    this.copy = new CandleCopy(candles);
    this.warmUp = strategy.warmUp(parameters);
  }

  run(cold: Strategy | undefined): StrategyCheckReport {
    // First, while nothing that the strategy may keep knows the later candles.
    const early = cold === undefined ? [] : this.earlyRuns(cold);
    const view = this.copy.view(0, this.candles.length);
    const whole = { from: 0, to: this.candles.length, decided: this.decidedOf(view, 0) };
    this.marks = marksOf(whole.decided, this.candles);
    this.requireUntouched();
    this.requireUntouchedSeries(view);
    if (cold !== undefined) this.requireSameWhenCold(cold, early, whole);
    // On the candles themselves: what knows the copy from them, however it does, gives other signals here.
    const again = withDisturbedSources(() => this.decidedOf(this.candles, 0));
    this.requireSame(whole, again, this.candles.length - 1, 'not-deterministic');
    this.requireUntouched();
    const first = Math.max(1, this.warmUp);
    this.cutWhole(whole, first);
    this.cutStretches(first);
    this.requireUntouched();
    return {
      cuts: this.cuts,
      cutCandles: this.cutCandles.size,
      runs: this.runs,
      candles: this.evaluated,
    };
  }

  /** Runs a cold instance on histories that end early, the shortest first. */
  private earlyRuns(cold: Strategy): Stretch[] {
    const { length } = this.candles;
    const shortest = Math.min(length - 1, this.warmUp + LEAD);
    if (shortest < 1) return [];
    const affordable = Math.floor((2 * WHOLE_CANDLES_MAX) / length);
    const count = Math.max(WHOLE_CUTS_MIN, Math.min(COLD_RUNS_MAX, affordable));
    const ends = Array.from({ length: count }, (_, k) =>
      Math.round(shortest + ((length - 1 - shortest) * k) / (count - 1)),
    );
    return [...new Set(ends)].map((to) => ({
      from: 0,
      to,
      decided: this.decidedOf(this.copy.view(0, to), 0, cold),
    }));
  }

  /** What a cold instance said of a history that ended is what it says once later candles are there. */
  private requireSameWhenCold(cold: Strategy, early: readonly Stretch[], whole: Stretch): void {
    const view = this.copy.view(0, this.candles.length);
    const late = { ...whole, decided: this.decidedOf(view, 0, cold) };
    for (const { to, decided } of early) {
      for (const stretch of [late, whole]) {
        this.requireSame(stretch, decided, to - 1, 'looks-ahead', 'removed');
      }
    }
    this.requireSame(whole, late.decided, this.candles.length - 1, 'keeps-state');
  }

  private cutWhole(whole: Stretch, first: number): void {
    const last = this.candles.length - 2;
    if (last < first) return;
    for (const future of FUTURES) this.cut(whole, last, future);
    const affordable = Math.floor(WHOLE_CANDLES_MAX / this.candles.length);
    const count = Math.max(WHOLE_CUTS_MIN, Math.min(WHOLE_CUTS_MAX, affordable));
    for (let k = 0; k < count; k++) {
      // Every second one in the last tenth: a leak may need a long history.
      const from = k % 2 === 0 ? Math.max(first, Math.floor(0.9 * last)) : first;
      const anywhere = from + Math.floor(this.random() * (last - from + 1));
      const at = k % 4 < 2 ? anywhere : nextChange(this.marks, anywhere, last);
      this.cut(whole, at, FUTURES[k % FUTURES.length]!);
    }
  }

  private cutStretches(first: number): void {
    const length = Math.min(this.candles.length, this.lead() + LEAD + TAIL);
    const runsPerPoint = 8;
    const budget = Math.max(STRETCH_CANDLES_MIN, STRETCH_SHARE * this.candles.length);
    const affordable = Math.floor(Math.min(STRETCH_CANDLES_MAX, budget) / (runsPerPoint * length));
    const limit = Math.max(
      POINTS_LEAST,
      Math.floor(STRETCH_CANDLES_LIMIT / (runsPerPoint * length)),
    );
    const wanted = Math.max(POINTS_MIN, Math.min(POINTS_MAX, affordable));
    const count = Math.min(limit, wanted);
    const points = chooseCheckPoints(this.candles, this.marks, first, count, this.random);
    let earliest: Stretch | undefined;
    for (const [k, point] of points.entries()) {
      const latest = this.candles.length - length;
      const from = Math.max(0, Math.min(latest, point + TAIL - length));
      const stretch = this.stretch(from, from + length);
      earliest ??= stretch;
      this.cutAround(stretch, point, k);
    }
    if (earliest !== undefined) this.requireNoState(earliest);
  }

  /** Candles of a stretch in which a strategy gets going: series of higher timeframes need more than its warm-up. */
  private lead(): number {
    const { strategy, parameters, warmUp } = this;
    const least = 2 * warmUp;
    return strategy.series === undefined ? least : Math.max(least, historyOf(strategy, parameters));
  }

  /** At the point itself all futures, at the candle before two, and another candle of the stretch. */
  private cutAround(stretch: Stretch, point: number, turn: number): void {
    const lowest = stretch.from + this.warmUp;
    const highest = stretch.to - 2;
    const cutInside = (at: number, future: OtherFuture): void => {
      if (at >= lowest && at <= highest) this.cut(stretch, at, future);
    };
    for (const future of FUTURES) cutInside(point, future);
    cutInside(point - 1, 'higher');
    cutInside(point - 1, 'lower');
    const other = lowest + Math.floor(this.random() * (highest - lowest + 1));
    cutInside(other, FUTURES[turn % FUTURES.length]!);
  }

  /** Takes the future after candle `at` away and expects the same past. */
  private cut(stretch: Stretch, at: number, future: OtherFuture): void {
    this.cuts++;
    this.cutCandles.add(at);
    const { from, to } = stretch;
    if (future === 'removed') {
      const decided = this.decided(from, at + 1);
      this.requireSame(stretch, decided, at, 'looks-ahead', future);
      return;
    }
    const decided = this.copy.withOtherFuture({ from: at + 1, to, future }, this.random, () =>
      this.decided(from, to),
    );
    this.requireSame(stretch, decided, at, 'looks-ahead', future);
  }

  private stretch(from: number, to: number): Stretch {
    return { from, to, decided: this.decided(from, to) };
  }

  private decided(from: number, to: number): Decided {
    return this.decidedOf(this.copy.view(from, to), from);
  }

  private decidedOf(
    candles: StrategyCandles,
    from: number,
    strategy: Strategy = this.strategy,
  ): Decided {
    this.runs++;
    this.evaluated += candles.length;
    const decided = decidedOn(strategy, candles, this.parameters);
    const { signals } = decided;
    const trading = signals.subarray(0, this.warmUp).findIndex((signal) => signal !== 0);
    if (trading >= 0) {
      throw this.fault(
        'trades-in-warm-up',
        `signals ${signals[trading]} at ${describeCandle(candles, trading)} of a history, within its warm-up of ${this.warmUp} candles (warmUp)`,
        from + trading,
      );
    }
    return decided;
  }

  private requireUntouched(): void {
    const change = this.copy.findChange();
    if (change === undefined) return;
    const { column, index } = change;
    throw this.fault(
      'changes-candles',
      `modifies its input candles (${column} of ${describeCandle(this.candles, index)}); copy a column before you write to it`,
      index,
    );
  }

  private requireUntouchedSeries(view: StrategyCandles): void {
    const name = this.strategy.findSeriesChange?.(view);
    if (name === undefined) return;
    throw this.fault(
      'changes-candles',
      `modifies its input series (${name}); copy a column before you write to it`,
      0,
    );
  }

  private requireNoState(stretch: Stretch): void {
    const again = this.decided(stretch.from, stretch.to);
    this.requireSame(stretch, again, stretch.to - 1, 'keeps-state');
  }

  /** Chance that some runs agree by chance is small only over many: one after the other on the very same candles. */
  private requireRepeatable({ from, to }: Stretch): void {
    // Once for itself: what ran before may have left something behind.
    this.decided(from, to);
    const first = this.stretch(from, to);
    const affordable = Math.floor(REPEATED_CANDLES_MAX / Math.max(1, to - from));
    const count = Math.max(REPEATS_MIN, Math.min(REPEATS_MAX, affordable));
    for (let k = 0; k < count; k++) {
      this.requireSame(first, this.decided(from, to), to - 1, 'not-deterministic');
    }
  }

  private requireSame(
    stretch: Stretch,
    decided: Decided,
    last: number,
    fault: 'not-deterministic' | 'keeps-state' | 'looks-ahead',
    future?: OtherFuture,
  ): void {
    const found = firstDifference(stretch.decided, decided, last - stretch.from + 1);
    if (found === undefined) return;
    // What differs for the very same candles has another reason than their future.
    if (fault !== 'not-deterministic') this.requireRepeatable(stretch);
    if (fault === 'looks-ahead') this.requireNoState(stretch);
    const index = stretch.from + found.index;
    throw this.fault(fault, explain(fault, this.candles, { ...found, index }, future), index);
  }

  private fault(fault: StrategyError['fault'], text: string, index: number): StrategyError {
    return new StrategyError(fault, `Strategy "${this.strategy.name}" ${text}`, index);
  }
}

function explain(
  fault: 'not-deterministic' | 'keeps-state' | 'looks-ahead',
  candles: StrategyCandles,
  { name, index, was, is }: Difference,
  future: OtherFuture | undefined,
): string {
  const candle = describeCandle(candles, index);
  switch (fault) {
    case 'looks-ahead': {
      const change = future === 'removed' ? 'are removed' : 'are replaced';
      return `looks ahead: its ${name} at ${candle} is ${was}, but ${is} when later candles ${change}; a ${name === 'signal' ? name : 'decision'} may use only candles up to its own (S-01)`;
    }
    case 'not-deterministic':
      return `is not deterministic: its ${name} at ${candle} is ${was} in one run and ${is} in the next on the same candles; it must not use random numbers, the clock, state kept between calls, or anything but the candle columns`;
    case 'keeps-state':
      return `keeps state between calls: its ${name} at ${candle} is ${was}, but ${is} after it ran on other candles; declare variables inside signals()`;
  }
}

function nextChange(signals: Int8Array, from: number, last: number): number {
  for (let i = from + 1; i <= last; i++) if (signals[i] !== signals[i - 1]) return i;
  return from;
}
