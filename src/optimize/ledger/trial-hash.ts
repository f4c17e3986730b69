import { createHash } from 'node:crypto';
import type { BacktestRunConfig } from '../../config/index.js';
import type { Market, SettingValues } from '../../domain/index.js';
import { FILTER_RULES, withoutLaterDefaults } from '../../settings/index.js';
import type { Parameters, ParameterValue, Strategy } from '../../strategies/index.js';
import type { Trial, TrialPlan } from '../plan.js';
import { trialDecisions } from '../trial-decisions.js';
import { effectiveParameters } from '../trial-text.js';

/** What makes two equal parameter sets different trials. */
export interface TrialScope {
  /** SHA-256 of the code of a user's strategy: an edited strategy is another one. */
  readonly strategyHash: string | undefined;
  readonly config: Pick<BacktestRunConfig, 'direction' | 'exit_on_neutral' | 're_entry'>;
  readonly market: Market;
  readonly symbol: string;
}

/** Writes the 64-bit hash of a trial as two words. */
export type TrialHasher = (trial: Trial, into: Uint32Array) => void;

/**
 * Prepares the hashes of a plan's trials. Equal combinations have equal hashes whatever grid, period or data they come
 * from, and whatever the balance, size and costs are; what has no effect does not count.
 *
 * Each of the three parts of a trial is hashed by SHA-256 once and remembered; a trial then costs a few multiplications.
 *
 * @param strategy - Declares what has an effect.
 * @param plan - Whose trials.
 * @param scope - What else makes a trial another one.
 */
export function openTrialHasher(
  strategy: Strategy,
  plan: Pick<TrialPlan, 'signalSettings' | 'filterSettings' | 'stopSettings'>,
  scope: TrialScope,
): TrialHasher {
  const { exit_on_neutral, re_entry, direction: _, ...later } = trialDecisions(scope.config);
  const signalWith = (reEntry: string): ((index: number) => Uint32Array) => {
    const prefix = JSON.stringify([
      scope.strategyHash ?? strategy.name,
      effectiveDirection(scope),
      exit_on_neutral,
      reEntry,
      ...(Object.keys(later).length === 0 ? [] : [later]),
    ]);
    return remembered((index) =>
      digest(prefix + canonical(effectiveParameters(strategy, plan.signalSettings(index)))),
    );
  };
  const signal = signalWith(re_entry);
  // Nothing is re-entered where no stop takes a position out (S-26).
  const signalWithoutStops = re_entry === 'immediate' ? signal : signalWith('immediate');
  const filter = remembered((index) =>
    digest(canonical(effectiveFilters(plan.filterSettings(index), scope.symbol))),
  );
  const stopsOf = (index: number): Parameters => withoutLaterDefaults(plan.stopSettings(index));
  const stop = remembered((index) => digest(canonical(stopsOf(index))));
  const hasStops = remembered((index) =>
    Object.values(stopsOf(index)).some((value) => value !== null),
  );
  return (trial, into) => {
    const parts = [
      (hasStops(trial.stop) ? signal : signalWithoutStops)(trial.signal),
      filter(trial.filter),
      stop(trial.stop),
    ];
    let low = SEED_LOW;
    let high = SEED_HIGH;
    for (let k = 0; k < 3; k++) {
      const part = parts[k]!;
      low = scramble(low, part[0]!);
      high = scramble(high, part[1]!);
      // Each half depends on both, so that 64 bits are 64 bits.
      low = scramble(low, high);
    }
    into[0] = finish(low);
    into[1] = finish(high);
  };
}

const SEED_LOW = 0x243f6a88;
const SEED_HIGH = 0x85a308d3;
/** Parts remembered of each kind; trials come in grid order, so old ones can be forgotten. */
const REMEMBERED_MAX = 65_536;

/** On spot there are no shorts (S-25). */
function effectiveDirection({ config, market }: TrialScope): string {
  return market === 'spot' && config.direction === 'long' ? 'both' : config.direction;
}

/** A filter that lets everything through on the symbol is off. */
function effectiveFilters(settings: Parameters, symbol: string): Parameters {
  const effective: Record<string, ParameterValue> = { ...settings };
  for (const filter of FILTER_RULES) {
    if (settings[filter.apply.key] !== true) continue;
    const values = filter.effective(settings as SettingValues, symbol);
    if (values === undefined) effective[filter.apply.key] = false;
    for (const { key } of filter.settings) effective[key] = values?.[key] ?? null;
  }
  return effective;
}

const SWITCHES: ReadonlySet<string> = new Set(FILTER_RULES.map(({ apply }) => apply.key));

/** Off is off: `null`, `false` for a filter and an absent name are the same. */
function canonical(settings: Parameters): string {
  const entries = Object.entries(settings)
    .filter(([name, value]) => value !== null && !(value === false && SWITCHES.has(name)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries);
}

function digest(text: string): Uint32Array {
  const bytes = createHash('sha256').update(text).digest();
  return Uint32Array.of(bytes.readUInt32LE(0), bytes.readUInt32LE(4));
}

function remembered<Value>(compute: (index: number) => Value): (index: number) => Value {
  const known = new Map<number, Value>();
  let last: { readonly index: number; readonly value: Value } | undefined;
  return (index) => {
    if (last?.index === index) return last.value;
    let value = known.get(index);
    if (value === undefined) {
      value = compute(index);
      if (known.size >= REMEMBERED_MAX) known.clear();
      known.set(index, value);
    }
    last = { index, value };
    return value;
  };
}

/** One step of MurmurHash3 (A. Appleby, public domain). */
function scramble(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
