import type { NumberRange, ParameterSpec } from './parameter-specs.js';

/**
 * Says what is wrong with a value, to follow a parameter's name in a message.
 *
 * @param spec - What the parameter may be.
 * @param value - Anything.
 * @returns For example `must be an integer >= 1: current value is 0`, or `undefined` when it fits.
 */
export function parameterProblem(spec: ParameterSpec, value: unknown): string | undefined {
  return fits(spec, value)
    ? undefined
    : `must be ${describeSpec(spec)}: current value is ${describeValue(value)}`;
}

function fits(spec: ParameterSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && spec.choices.includes(value);
    case 'integer':
    case 'number':
      if (value === null) return spec.nullable === true;
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      if (spec.kind === 'integer' && !Number.isSafeInteger(value)) return false;
      return inRange(spec, value);
  }
}

function inRange(range: NumberRange, value: number): boolean {
  return (
    value >= (range.min ?? Number.NEGATIVE_INFINITY) &&
    value <= (range.max ?? Number.POSITIVE_INFINITY) &&
    value > (range.exclusiveMin ?? Number.NEGATIVE_INFINITY) &&
    value < (range.exclusiveMax ?? Number.POSITIVE_INFINITY)
  );
}

/**
 * Describes in words what a parameter may be.
 *
 * @param spec - The parameter.
 * @returns For example `an integer >= 1, or null`.
 */
export function describeSpec(spec: ParameterSpec): string {
  switch (spec.kind) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${spec.choices.join(', ')}`;
    case 'integer':
    case 'number': {
      const noun = spec.kind === 'integer' ? 'an integer' : 'a number';
      const range = describeRange(spec);
      return `${noun}${range === '' ? '' : ` ${range}`}${spec.nullable === true ? ', or null' : ''}`;
    }
  }
}

function describeRange(range: NumberRange): string {
  const limits: string[] = [];
  if (range.min !== undefined) limits.push(`>= ${range.min}`);
  if (range.exclusiveMin !== undefined) limits.push(`> ${range.exclusiveMin}`);
  if (range.max !== undefined) limits.push(`<= ${range.max}`);
  if (range.exclusiveMax !== undefined) limits.push(`< ${range.exclusiveMax}`);
  return limits.join(' and ');
}

function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return JSON.stringify(value) ?? 'an object';
  return String(value);
}
