import type { EngineRules, ProfitTarget, ScaleOutPart } from '../../src/semantics/index.js';
import { type Random, seededRandom } from '../../src/util/index.js';

const FRACTIONS = [0.005, 0.01, 0.02];
const MULTIPLES = [4, 8, 12];
const PERIODS = [14, 50];
const TARGETS: readonly (readonly ProfitTarget[])[] = [
  steps([0, 0.02], [60, 0.01], [240, 0.002]),
  steps([0, 0.01], [120, 0.005]),
  steps([0, 0.03], [240, 0.01], [720, 0]),
  steps([0, 0.008], [30, 0.004], [90, 0.002], [300, 0]),
];
const PARTS: readonly (readonly ScaleOutPart[])[] = [
  [{ fraction: 0.005, share: 0.5 }],
  [
    { fraction: 0.004, share: 0.3 },
    { fraction: 0.008, share: 0.3 },
  ],
];

/**
 * Draws sets of exits, sizes and pauses as people combine them: every set has at least one of the later rules (S-70 to S-78, S-84).
 *
 * @param base - Everything else.
 * @param count - Sets.
 * @param seed - Of what is drawn.
 */
export function exitSets(base: EngineRules, count: number, seed: number): EngineRules[] {
  const random = seededRandom(seed);
  const sets: EngineRules[] = [];
  while (sets.length < count) {
    const set = exitSet(base, random);
    if (isLater(set)) sets.push(set);
  }
  return sets;
}

function exitSet(base: EngineRules, random: Random): EngineRules {
  const stop = random();
  const target = random();
  const trailing = random();
  const trails = trailing >= 0.45;
  const isActivated = trails && random() < 0.6;
  const isEven = random() < 0.25;
  const hasStop = stop >= 0.2 || (trails && !isActivated);
  return {
    ...base,
    exitAtrPeriod: pick(random, PERIODS),
    ...(stop >= 0.2 && stop < 0.5 && { stopLoss: pick(random, FRACTIONS) }),
    ...(stop >= 0.5 && { stopLossAtr: pick(random, MULTIPLES) }),
    ...(target >= 0.2 && target < 0.4 && { takeProfit: pick(random, FRACTIONS) }),
    ...(target >= 0.4 && target < 0.6 && { takeProfitAtr: pick(random, MULTIPLES) }),
    ...(target >= 0.6 && { profitTargets: pick(random, TARGETS) }),
    ...(trailing >= 0.45 && trailing < 0.75 && { trailingStop: pick(random, FRACTIONS) }),
    ...(trailing >= 0.75 && { trailingStopAtr: pick(random, MULTIPLES) }),
    ...(isActivated && { trailingActivation: pick(random, [0.004, 0.01]) }),
    ...(isEven && { breakEven: pick(random, [0.004, 0.01]) }),
    ...(isEven && random() < 0.5 && { breakEvenOffset: 0.001 }),
    ...(random() < 0.4 && { maxCandlesHeld: pick(random, [60, 240, 720]) }),
    ...(random() < 0.25 && { cooldownCandles: pick(random, [1, 5, 30]) }),
    ...(random() < 0.1 && { exitMinProfit: pick(random, [0, 0.002]) }),
    ...(random() < 0.15 && { scaleOut: pick(random, PARTS) }),
    ...(hasStop && random() < 0.25 && { size: { riskFraction: 0.01 } }),
  };
}

function isLater(rules: EngineRules): boolean {
  return (
    rules.stopLossAtr !== undefined ||
    rules.takeProfitAtr !== undefined ||
    rules.trailingStopAtr !== undefined ||
    rules.trailingActivation !== undefined ||
    rules.breakEven !== undefined ||
    rules.profitTargets !== undefined ||
    rules.maxCandlesHeld !== undefined ||
    rules.cooldownCandles !== undefined ||
    rules.exitMinProfit !== undefined ||
    rules.scaleOut !== undefined ||
    'riskFraction' in rules.size
  );
}

function steps(...pairs: readonly (readonly [number, number])[]): ProfitTarget[] {
  return pairs.map(([fromCandle, fraction]) => ({ fromCandle, fraction }));
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}
