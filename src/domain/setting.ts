import type { Timeframe } from './timeframe.js';

/** A value of a setting as files hold it; `null` is "not set". */
export type SettingValue = number | string | boolean | null;

/** Values by key. */
export type SettingValues = Readonly<Record<string, SettingValue>>;

/** What a setting accepts, and the words that ask for it: `expected` follows "must be". */
export type SettingCheck =
  | {
      readonly kind: 'number';
      readonly expected: string;
      readonly accepts: (value: number) => boolean;
      /** More help for a refused value, for example a likely typing error. */
      readonly hint?: (value: number) => string;
    }
  | {
      readonly kind: 'text';
      readonly expected: string;
      readonly accepts?: (text: string) => boolean;
      readonly mayBeEmpty?: boolean;
      /** Throws a `UsageError` that names the key, where a look at the text alone shows what is wrong. */
      readonly verify?: (text: string) => void;
      /** Says what is wrong with a text that has a form of its own; reads on from the key. */
      readonly problem?: (text: string, timeframe?: Timeframe) => string | undefined;
      /** The one way to write an allowed text, so that equal values are equal texts. */
      readonly canonical?: (text: string, timeframe?: Timeframe) => string;
    }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'switch' };

/** Where a setting stands in help, reference and result files. */
export type SettingSection = 'market' | 'money' | 'exits' | 'filters' | 'risk';

/** Commands that have a setting: all that trade, on past or live candles, or only one of both kinds. */
export type SettingScope = 'everywhere' | 'research' | 'trading';

/**
 * How the value of a setting tells one result from another:
 * - `axis`: it may be searched by a grid, and is a column of the details;
 * - `trial`: another value is another trial, in the identity of details as in the ledger of trials;
 * - `run`: only in the identity of details: money and costs make no other trial;
 * - `candles`: symbol, interval and period, which the candles of a run tell better;
 * - `none`: it changes no result.
 */
export type SettingIdentity = 'axis' | 'trial' | 'run' | 'candles' | 'none';

/** All that is known of one key of a run. Schema, flags, help, axes, identities, sections of files and reference are derived from it. */
export interface Setting<Key extends string = string, Value extends SettingValue = SettingValue>
  extends SettingOutline<Key, Value> {
  readonly section: SettingSection;
  readonly scope: SettingScope;
  readonly identity: SettingIdentity;
}

/** A setting as its rule declares it; the kind of rule adds section, scope and identity. */
export interface SettingOutline<
  Key extends string = string,
  Value extends SettingValue = SettingValue,
> {
  /** snake_case, as in files and result columns. */
  readonly key: Key;
  /** For example `--stop-loss`. */
  readonly flag: string;
  /** What the value counts or is, as the help names it: `fraction`, `bps`, `candles`. A switch has none. */
  readonly unit?: string;
  readonly check: SettingCheck;
  /** Value where nobody sets one; a function where it follows from settings before it in the list. */
  readonly default: Value | ((given: SettingValues) => Value);
  /** What the help says of a default that is a function. Default: the description says it. */
  readonly shownDefault?: number | string;
  /** Key without which this one has no effect; of several, any one is enough (`ownersOf()`). */
  readonly dependsOn?: string | readonly [string, ...string[]];
  /** Line of the help. */
  readonly description: string;
  /** Its name in a sentence, for example `stop-loss`. Default: the key. */
  readonly label?: string;
  /** A stop or target: above 0.5 it is more likely a percentage, and needs `allow_wide_stops`. */
  readonly isDistance?: boolean;
  /** Where shorts are permitted the value must lie below this. */
  readonly belowForShorts?: number;
  readonly scope?: SettingScope;
  readonly identity?: SettingIdentity;
}

/** Values of settings by key, with their types. */
export type ValuesOf<One> = {
  readonly [Each in One as Each extends { readonly key: infer Key extends string }
    ? Key
    : never]: Each extends SettingOutline<string, infer Value> ? Value : never;
};

/** What is declared of every kind of setting alike. */
type Words = Omit<SettingOutline, 'key' | 'check' | 'default'>;

/**
 * Declares a setting that is a number.
 *
 * @param outline - Its key, default, bounds and words.
 */
export function numberSetting<const Key extends string>(
  outline: Words & NumberBounds & { readonly key: Key; readonly default: Default<number> },
): SettingOutline<Key, number>;
export function numberSetting<const Key extends string>(
  outline: Words & NumberBounds & { readonly key: Key; readonly default: Default<number | null> },
): SettingOutline<Key, number | null>;
export function numberSetting(
  outline: Words &
    NumberBounds & { readonly key: string; readonly default: Default<number | null> },
): SettingOutline<string, number | null> {
  const { expected, accepts, hint, ...rest } = outline;
  return {
    ...rest,
    check: { kind: 'number', expected, accepts, ...(hint === undefined ? {} : { hint }) },
  };
}

type Default<Value extends SettingValue> = SettingOutline<string, Value>['default'];
type NumberBounds = Omit<Extract<SettingCheck, { readonly kind: 'number' }>, 'kind'>;
type TextBounds = Omit<Extract<SettingCheck, { readonly kind: 'text' }>, 'kind'>;

/**
 * Declares a setting that counts something.
 *
 * @param outline - Its key, default, least count and words.
 */
export function countSetting<const Key extends string>({
  smallest,
  ...outline
}: Words & {
  readonly key: Key;
  readonly default: number;
  readonly smallest: number;
}): SettingOutline<Key, number> {
  return numberSetting({
    ...outline,
    expected: `an integer >= ${smallest}`,
    accepts: (value) => Number.isSafeInteger(value) && value >= smallest,
  });
}

/**
 * Declares a setting that is a text.
 *
 * @param outline - Its key, default, check and words.
 */
export function textSetting<const Key extends string>(
  outline: Words & TextBounds & { readonly key: Key; readonly default: string },
): SettingOutline<Key, string>;
export function textSetting<const Key extends string>(
  outline: Words & TextBounds & { readonly key: Key; readonly default: null },
): SettingOutline<Key, string | null>;
export function textSetting(
  outline: Words & TextBounds & { readonly key: string; readonly default: string | null },
): SettingOutline<string, string | null> {
  const { expected, accepts, mayBeEmpty, verify, problem, canonical, ...rest } = outline;
  return {
    ...rest,
    check: {
      kind: 'text',
      expected,
      ...(accepts === undefined ? {} : { accepts }),
      ...(mayBeEmpty === undefined ? {} : { mayBeEmpty }),
      ...(verify === undefined ? {} : { verify }),
      ...(problem === undefined ? {} : { problem }),
      ...(canonical === undefined ? {} : { canonical }),
    },
  };
}

/**
 * Declares a setting that is one of a few words.
 *
 * @param outline - Its key, words and default.
 */
export function wordSetting<const Key extends string, const Word extends string>(
  outline: Words & {
    readonly key: Key;
    readonly words: readonly Word[];
    readonly default: NoInfer<Word>;
  },
): SettingOutline<Key, Word>;
export function wordSetting<const Key extends string, const Word extends string>(
  outline: Words & {
    readonly key: Key;
    readonly words: readonly Word[];
    readonly default: null;
  },
): SettingOutline<Key, Word | null>;
export function wordSetting({
  words,
  ...rest
}: Words & {
  readonly key: string;
  readonly words: readonly string[];
  readonly default: string | null;
}): SettingOutline<string, string | null> {
  return { ...rest, check: { kind: 'word', words } };
}

/**
 * Declares a setting that is on or off; off where nobody sets it.
 *
 * @param outline - Its key and words.
 */
export function switchSetting<const Key extends string>(
  outline: Words & { readonly key: Key },
): SettingOutline<Key, boolean> {
  return { ...outline, default: false, check: { kind: 'switch' } };
}

/**
 * Says whether a value switches on what depends on it.
 *
 * @param value - Of any setting.
 */
export function isSwitchedOn(value: unknown): boolean {
  return value !== null && value !== undefined && value !== false;
}

/**
 * Returns the keys of which one must be switched on for a setting to have an effect.
 *
 * @param setting - Any.
 * @returns Empty where it always has one.
 */
export function ownersOf({ dependsOn }: Pick<SettingOutline, 'dependsOn'>): readonly string[] {
  if (dependsOn === undefined) return [];
  return typeof dependsOn === 'string' ? [dependsOn] : dependsOn;
}
