/** What every parameter can say of itself. */
interface ParameterText {
  readonly description: string;
  /** Names the parameter that switches this one on: while that one is `null` or `false`, this one has no effect. */
  readonly dependsOn?: string;
}

/** Range and text of a numeric parameter; `min` and `max` are inclusive. */
export interface NumberRange extends ParameterText {
  readonly min?: number;
  readonly max?: number;
  readonly exclusiveMin?: number;
  readonly exclusiveMax?: number;
}

/** A numeric parameter that always has a value. */
export interface NumberSpec extends NumberRange {
  readonly kind: 'integer' | 'number';
  readonly default: number;
  readonly nullable?: false;
}

/** A numeric parameter that `null` switches off. */
export interface OptionalNumberSpec extends NumberRange {
  readonly kind: 'integer' | 'number';
  readonly default: number | null;
  readonly nullable: true;
}

/** One of a few words. */
export interface ChoiceSpec<Choice extends string = string> extends ParameterText {
  readonly kind: 'choice';
  readonly default: Choice;
  readonly choices: readonly Choice[];
}

export interface BooleanSpec extends ParameterText {
  readonly kind: 'boolean';
  readonly default: boolean;
}

/** What a parameter may be, with its default. */
export type ParameterSpec = NumberSpec | OptionalNumberSpec | ChoiceSpec | BooleanSpec;

/** The parameters of a strategy by name, snake_case. */
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** The values that a set of specs allows. */
export type ValuesOf<Specs extends ParameterSpecs> = {
  readonly [Name in keyof Specs]: ValueOf<Specs[Name]>;
};

type ValueOf<Spec extends ParameterSpec> = Spec extends OptionalNumberSpec
  ? number | null
  : Spec extends NumberSpec
    ? number
    : Spec extends ChoiceSpec<infer Choice>
      ? Choice
      : boolean;

type RequiredNumber = NumberRange & { readonly default: number; readonly nullable?: false };
type OptionalNumber = NumberRange &
  (
    | { readonly default: null; readonly nullable?: true }
    | { readonly default: number; readonly nullable: true }
  );

/**
 * Declares a whole-number parameter, for example a period.
 *
 * @param options - Default, range (`min`, `max`, `exclusiveMin`, `exclusiveMax`) and description; `default: null` or `nullable: true` makes
 *   `null` (off) a value.
 */
export function integer(options: RequiredNumber): NumberSpec;
export function integer(options: OptionalNumber): OptionalNumberSpec;
export function integer(options: RequiredNumber | OptionalNumber): NumberSpec | OptionalNumberSpec {
  return numeric('integer', options);
}

/**
 * Declares a numeric parameter, for example a threshold.
 *
 * @param options - As for `integer()`.
 */
export function number(options: RequiredNumber): NumberSpec;
export function number(options: OptionalNumber): OptionalNumberSpec;
export function number(options: RequiredNumber | OptionalNumber): NumberSpec | OptionalNumberSpec {
  return numeric('number', options);
}

/**
 * Declares a parameter that is one of a few words.
 *
 * @param options - `choices`, one of them as `default`, and the description.
 */
export function choice<const Choice extends string>(
  options: ParameterText & {
    readonly choices: readonly Choice[];
    readonly default: NoInfer<Choice>;
  },
): ChoiceSpec<Choice> {
  return { kind: 'choice', ...options };
}

/**
 * Declares a parameter that is true or false.
 *
 * @param options - Default and description.
 */
export function boolean(options: Omit<BooleanSpec, 'kind'>): BooleanSpec {
  return { kind: 'boolean', ...options };
}

function numeric(
  kind: 'integer' | 'number',
  options: RequiredNumber | OptionalNumber,
): NumberSpec | OptionalNumberSpec {
  const { default: preset, nullable, ...range } = options;
  return preset === null || nullable === true
    ? { kind, default: preset, nullable: true, ...range }
    : { kind, default: preset, ...range };
}
