import { NullMaxima } from '../../statistics/index.js';
import type { PeriodWeeks } from './period-weeks.js';
import { luckWords } from './run-luck.js';
import { allocateWeekTrial, sumTrialWeeks } from './week-trial.js';

/** Takes the returns of trials one by one and keeps what luck shows with them. */
export class LuckTally {
  readonly #weeks: PeriodWeeks;
  readonly #trial;
  #cash: NullMaxima;
  #hold: NullMaxima;

  /** @param weeks - Of the period. */
  constructor(weeks: PeriodWeeks) {
    this.#weeks = weeks;
    this.#trial = allocateWeekTrial(weeks);
    this.#cash = new NullMaxima(weeks.blocks);
    this.#hold = new NullMaxima(weeks.blocks);
  }

  /** Takes a trial. */
  add(returns: ArrayLike<number>): void {
    sumTrialWeeks(this.#weeks, returns, this.#trial);
    this.#cash.add(this.#trial.sums);
    this.#hold.add(this.#trial.holdSums);
  }

  /** Returns what was found since the last time, and starts anew. */
  take(): Float64Array {
    const words = luckWords({ cash: this.#cash, hold: this.#hold });
    this.#cash = new NullMaxima(this.#weeks.blocks);
    this.#hold = new NullMaxima(this.#weeks.blocks);
    return words;
  }
}
