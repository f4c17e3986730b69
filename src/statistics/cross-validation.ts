/** A half-open span `[start, end)` of periods. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One step of a walk-forward: choose on `train`, measure on `test`. */
export interface WalkForwardWindow {
  readonly train: Span;
  readonly test: Span;
}

/** Lengths of a walk-forward, in periods. */
export interface WalkForwardPlan {
  readonly trainLength: number;
  readonly testLength: number;
  /** Distance between consecutive tests. @default testLength */
  readonly step?: number;
  /** Training always starts at the first period. @default false */
  readonly anchored?: boolean;
}

/**
 * Returns the windows of a walk-forward; one that does not fit completely is left out.
 *
 * @param length - Number of periods.
 * @param plan - See `WalkForwardPlan`; all lengths >= 1.
 */
export function walkForwardWindows(length: number, plan: WalkForwardPlan): WalkForwardWindow[] {
  const step = plan.step ?? plan.testLength;
  if (Math.min(step, plan.trainLength, plan.testLength) < 1) {
    throw new RangeError('Cannot walk forward as lengths and step must be at least 1');
  }
  const windows: WalkForwardWindow[] = [];
  for (let at = plan.trainLength; at + plan.testLength <= length; at += step) {
    windows.push({
      train: { start: plan.anchored === true ? 0 : at - plan.trainLength, end: at },
      test: { start: at, end: at + plan.testLength },
    });
  }
  return windows;
}

/**
 * Returns the splits of combinatorial purged cross-validation: every choice of k test groups of N.
 *
 * @param groups - N.
 * @param testGroups - k.
 * @returns Test groups of each split, in lexicographic order.
 * @see López de Prado, "Advances in Financial Machine Learning", 2018, chapter 12.
 */
export function combinatorialSplits(groups: number, testGroups: number): number[][] {
  const splits: number[][] = [];
  const choose = (from: number, chosen: readonly number[]): void => {
    if (chosen.length === testGroups) {
      splits.push([...chosen]);
      return;
    }
    for (let group = from; group < groups; group++) choose(group + 1, [...chosen, group]);
  };
  choose(0, []);
  return splits;
}

/**
 * Returns which backtest path each test group of each split belongs to.
 *
 * @param groups - N.
 * @param testGroups - k.
 * @returns Row = group, column = split, value = path; `undefined` where the group trains.
 */
export function combinatorialPaths(groups: number, testGroups: number): (number | undefined)[][] {
  const splits = combinatorialSplits(groups, testGroups);
  return Array.from({ length: groups }, (_, group) => {
    let path = 0;
    return splits.map((split) => (split.includes(group) ? path++ : undefined));
  });
}

/**
 * Returns the training samples left when those whose labels overlap the test are purged, and the
 * ones right after it are embargoed.
 *
 * @param length - Number of samples.
 * @param test - Test samples.
 * @param labelHorizon - A sample at t is labelled by `[t, t + horizon]`.
 * @param embargo - Samples dropped after the end of a test label.
 * @see López de Prado, "Advances in Financial Machine Learning", 2018, chapter 7.
 */
export function purgedTrainingSamples(
  length: number,
  test: readonly number[],
  labelHorizon: number,
  embargo: number,
): number[] {
  const tested = new Set(test);
  const train: number[] = [];
  for (let t = 0; t < length; t++) {
    if (tested.has(t)) continue;
    const overlaps = test.some((s) => t <= s + labelHorizon && s <= t + labelHorizon);
    const embargoed = test.some((s) => t > s + labelHorizon && t <= s + labelHorizon + embargo);
    if (!overlaps && !embargoed) train.push(t);
  }
  return train;
}
