import { UsageError } from '../domain/index.js';
import { didYouMean } from '../util/index.js';
import { parameterProblem } from './parameter-problem.js';
import type { ParameterSpec } from './parameter-specs.js';
import type { Parameters, ParameterValue, Strategy } from './strategy.js';

/**
 * Returns a strategy's complete parameters: the given ones, checked, and the defaults of the rest.
 *
 * `x: [low, high]` is accepted for a pair `x_low`, `x_high` (so `volume_z_threshold: [-2, 2]`), and the text `None` for `null`.
 *
 * @param strategy - Whose parameters.
 * @param given - Typed values by name, for example from a config file. For texts see `parseParameters()`.
 * @returns Every parameter of the strategy in its own order; frozen.
 * @throws {UsageError} If a name is unknown, a value of the wrong type or out of range, or values contradict each other.
 */
export function resolveParameters(
  strategy: Strategy,
  given: Readonly<Record<string, unknown>> = {},
): Parameters {
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(given)) {
    for (const [single, part] of splitPair(strategy, name, value)) {
      if (!Object.hasOwn(strategy.parameters, single)) throw unknownParameter(strategy, single);
      if (values.has(single)) throw new UsageError(`${strategy.name}: ${single} is given twice`);
      values.set(single, part);
    }
  }
  const resolved: Record<string, ParameterValue> = {};
  for (const [name, spec] of Object.entries(strategy.parameters)) {
    const value = values.has(name) ? canonical(spec, values.get(name)) : spec.default;
    const problem = parameterProblem(spec, value);
    if (problem !== undefined) throw new UsageError(`${strategy.name}: ${name} ${problem}`);
    resolved[name] = value as ParameterValue;
  }
  const parameters = Object.freeze(resolved);
  const conflict = strategy.findConflict(parameters);
  if (conflict !== undefined) throw new UsageError(`${strategy.name}: ${conflict}`);
  return parameters;
}

/**
 * Turns parameter texts into typed values by the strategy's specs; ranges are left to `resolveParameters()`.
 *
 * @param strategy - Whose parameters.
 * @param texts - For example `{ fast_period: '9', ma_type: 'SMA', volume_z_threshold: '[-2, 2]' }`. `null` and `None` mean null.
 * @returns Values by name.
 * @throws {UsageError} If a name is unknown or a text is not of its parameter's kind.
 */
export function parseParameters(
  strategy: Strategy,
  texts: Readonly<Record<string, string>>,
): Parameters {
  const values: Record<string, ParameterValue> = {};
  for (const [name, text] of Object.entries(texts)) {
    if (isPair(strategy, name)) {
      values[name] = parsePair(strategy, name, text);
      continue;
    }
    if (!Object.hasOwn(strategy.parameters, name)) throw unknownParameter(strategy, name);
    values[name] = parseValue(strategy, name, strategy.parameters[name]!, text.trim());
  }
  return values;
}

/**
 * Splits and parses `name=value` texts.
 *
 * @param strategy - Whose parameters.
 * @param assignments - For example `['fast_period=9', 'ma_type=SMA']`.
 * @returns Values by name.
 * @throws {UsageError} If a text has no `=`, a name comes twice, or as `parseParameters()`.
 */
export function parseParameterAssignments(
  strategy: Strategy,
  assignments: readonly string[],
): Parameters {
  const texts: Record<string, string> = {};
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    if (at < 1) {
      throw new UsageError(
        `Parameter "${assignment}": write name=value, for example fast_period=9`,
      );
    }
    const name = assignment.slice(0, at).trim();
    if (Object.hasOwn(texts, name))
      throw new UsageError(`${strategy.name}: ${name} is given twice`);
    texts[name] = assignment.slice(at + 1);
  }
  return parseParameters(strategy, texts);
}

function splitPair(strategy: Strategy, name: string, value: unknown): [string, unknown][] {
  if (!isPair(strategy, name)) return [[name, value]];
  if (!Array.isArray(value) || value.length !== 2) {
    throw new UsageError(
      `${strategy.name}: ${name} must be a pair [low, high]: current value is ${JSON.stringify(value) ?? 'undefined'}`,
    );
  }
  return [
    [`${name}_low`, value[0]],
    [`${name}_high`, value[1]],
  ];
}

function isPair(strategy: Strategy, name: string): boolean {
  return (
    !Object.hasOwn(strategy.parameters, name) &&
    Object.hasOwn(strategy.parameters, `${name}_low`) &&
    Object.hasOwn(strategy.parameters, `${name}_high`)
  );
}

/** Config files come from people who also write Python: `None`, and choices in any case. */
function canonical(spec: ParameterSpec, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (spec.kind === 'choice') {
    return spec.choices.find((word) => word.toLowerCase() === value.toLowerCase()) ?? value;
  }
  return isNullText(value) ? null : value;
}

function parseValue(
  strategy: Strategy,
  name: string,
  spec: ParameterSpec,
  text: string,
): ParameterValue {
  if (spec.kind === 'choice') return text;
  if (isNullText(text)) return null;
  if (spec.kind === 'boolean') {
    const word = text.toLowerCase();
    if (word === 'true' || word === 'false') return word === 'true';
  } else if (DECIMAL.test(text)) {
    return Number(text);
  }
  throw new UsageError(`${strategy.name}: ${name} ${parameterProblem(spec, text)}`);
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parsePair(strategy: Strategy, name: string, text: string): readonly number[] {
  const parts = text
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .split(',')
    .map((part) => part.trim());
  if (parts.length !== 2 || !parts.every((part) => DECIMAL.test(part))) {
    throw new UsageError(
      `${strategy.name}: ${name} must be a pair low,high: current value is "${text}"`,
    );
  }
  return parts.map(Number);
}

function isNullText(text: string): boolean {
  return text === 'null' || text === 'None' || text === 'none' || text === '~';
}

function unknownParameter(strategy: Strategy, name: string): UsageError {
  const known = Object.keys(strategy.parameters);
  return new UsageError(
    `${strategy.name} has no parameter "${name}"${didYouMean(name, known)}; it has ${known.join(' ')}`,
  );
}
