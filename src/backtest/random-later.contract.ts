import {
  type EngineRules,
  LEAVE_LONG,
  LEAVE_SHORT,
  type Manage,
  type ProfitTarget,
  type ScaleOutPart,
  shortPermitted,
} from '../semantics/index.js';
import { type Random, seededRandom } from '../util/index.js';
import type { EngineInput } from './engine.js';

/** What a strategy may give beside its signal. */
export type RandomColumns = Pick<EngineInput, 'exits' | 'columns' | 'manage'>;

/** Near, equal and far distances; those of equal rules put levels on one price. */
const FRACTIONS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5] as const;
const MULTIPLES = [0.1, 0.5, 1, 1, 2, 5] as const;

/**
 * Adds rules of exits, sizes and pauses (S-70 to S-78, S-84) that fit what is there: each with a chance of its own, so that most
 * runs have some of them and a few have all.
 *
 * @param base - Without them.
 * @param seed - Of what is drawn.
 * @param given - Columns of the strategy.
 */
export function withLaterRules(
  base: EngineRules,
  seed: number,
  given: RandomColumns = {},
): EngineRules {
  const random = seededRandom(seed);
  // Half of the runs have none of the older stops, which would end most trades before a later rule does.
  const { stopLoss: _, takeProfit: __, trailingStop: ___, ...bare } = base;
  const rules: EngineRules = random() < 0.5 ? bare : base;
  const some = pick(random, [0.1, 0.3, 0.7]);
  const maybe = <T>(make: () => T): T | undefined => (random() < some ? make() : undefined);
  const mayShort = shortPermitted(rules);
  const added: Record<string, unknown> = {
    stopLossAtr: maybe(() => pick(random, MULTIPLES)),
    takeProfitAtr: maybe(() => pick(random, MULTIPLES)),
    trailingStopAtr: maybe(() => pick(random, MULTIPLES)),
    exitAtrPeriod: maybe(() => pick(random, [1, 2, 5, 30])),
    breakEven: maybe(() => pick(random, [0.001, 0.005, 0.01, 0.02])),
    profitTargets: maybe(() => randomTargets(random, mayShort)),
    scaleOut: maybe(() => randomParts(random, mayShort)),
    maxCandlesHeld: maybe(() => pick(random, [1, 2, 3, 10, 50])),
    exitMinProfit: maybe(() => pick(random, [-0.05, 0, 0.001, 0.02])),
    cooldownCandles: maybe(() => pick(random, [1, 2, 5])),
  };
  if (added.profitTargets !== undefined) added.takeProfit = undefined;
  if (added.breakEven !== undefined) {
    const breakEven = added.breakEven as number;
    added.breakEvenOffset = maybe(() => breakEven * pick(random, [0, 0.5, -1, -1.9]));
  }
  const trails = rules.trailingStop !== undefined || added.trailingStopAtr !== undefined;
  if (trails) added.trailingActivation = maybe(() => pick(random, FRACTIONS));
  if (given.exits !== undefined) added.exitOnNeutral = false;
  const standing =
    rules.stopLoss !== undefined ||
    added.stopLossAtr !== undefined ||
    given.columns?.stopDistance !== undefined ||
    (trails && added.trailingActivation === undefined);
  if (standing && !rules.allowOverdraft && random() < some) {
    added.size = { riskFraction: pick(random, [0.001, 0.01, 0.2, 0.9]) };
  }
  const complete: Record<string, unknown> = { ...rules, ...added };
  const entries = Object.entries(complete).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as EngineRules;
}

/**
 * Draws columns of a strategy: an exit column, distances and sizes with values that forbid an entry, and a rule for open trades.
 *
 * @param length - Candles.
 * @param price - About which distances are drawn.
 * @param seed - Of what is drawn.
 */
export function randomColumns(length: number, price: number, seed: number): RandomColumns {
  const random = seededRandom(seed);
  const column = (make: () => number): Float64Array => Float64Array.from({ length }, make);
  const distance = (): number =>
    pick(random, [Number.NaN, 0, -1, Number.POSITIVE_INFINITY, ...Array<number>(16).fill(1)]) *
    price *
    pick(random, FRACTIONS);
  const share = (): number => pick(random, [Number.NaN, 0, 1.1, 1, 0.5, 0.1, 1e-3, 1, 1, 1]);
  return {
    ...(random() < 0.5 && { exits: randomExits(random, length) }),
    ...(random() < 0.6 && {
      columns: {
        ...(random() < 0.6 && { stopDistance: column(distance) }),
        ...(random() < 0.6 && { targetDistance: column(distance) }),
        ...(random() < 0.4 && { size: column(share) }),
        ...(random() < 0.2 && { rank: column(random) }),
      },
    }),
    ...(random() < 0.5 && { manage: randomManage(seed) }),
  };
}

/** A pure function of what it sees: every answer follows from the view and the seed. */
function randomManage(seed: number): Manage {
  return ({ i, side, entryPrice, closesHeld, profit, peakProfit, stop, target }) => {
    const random = seededRandom(31 * seed + i);
    const kind = random();
    if (kind < 0.4) return undefined;
    if (kind < 0.45) return { exit: true, stop: entryPrice };
    if (kind < 0.5) return { exit: profit > 0.05 };
    if (kind < 0.7) return { stop: entryPrice * (1 + side * (peakProfit - 0.02)) };
    if (kind < 0.75) return { stop: stop - side * entryPrice };
    if (kind < 0.9) return { target: target - side * 0.001 * entryPrice };
    if (kind < 0.95) return { target: entryPrice * (1 + (side * 0.05) / closesHeld) };
    return { target: random() < 0.5 ? Number.POSITIVE_INFINITY : Number.NaN };
  };
}

function randomExits(random: Random, length: number): Uint8Array {
  const often = pick(random, [0, 0.02, 0.3]);
  const both = LEAVE_LONG | LEAVE_SHORT;
  return Uint8Array.from({ length }, () =>
    random() < often ? pick(random, [LEAVE_LONG, LEAVE_SHORT, both]) : 0,
  );
}

function randomTargets(random: Random, mayShort: boolean): ProfitTarget[] {
  const targets: ProfitTarget[] = [{ fromCandle: 0, fraction: pick(random, FRACTIONS) }];
  while (random() < 0.6) {
    const { fromCandle } = targets.at(-1)!;
    const fraction = pick(random, [0, ...FRACTIONS, ...(mayShort ? [] : [1.5])]);
    targets.push({ fromCandle: fromCandle + 1 + Math.floor(random() * 8), fraction });
  }
  return targets;
}

function randomParts(random: Random, mayShort: boolean): ScaleOutPart[] {
  const count = 1 + Math.floor(random() * 3);
  const first = pick(random, FRACTIONS);
  return Array.from({ length: count }, (_, k) => ({
    fraction: first * (1 + 0.5 * k) * (mayShort ? 0.9 : 1),
    share: pick(random, [0.1, 0.25, 0.3]),
  }));
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}
