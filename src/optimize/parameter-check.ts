import type { ParameterSpec, ParameterValue } from '../strategies/index.js';

/**
 * Says what is wrong with one value of a strategy parameter, or `undefined`.
 *
 * @param name - Parameter, for the message.
 * @param spec - What the parameter may be.
 * @param value - Value of a grid.
 */
export function parameterProblem(
  name: string,
  spec: ParameterSpec,
  value: ParameterValue,
): string | undefined {
  const found = `: current value is ${JSON.stringify(value)}`;
  if (spec.kind === 'boolean') {
    return typeof value === 'boolean' ? undefined : `${name} must be true or false${found}`;
  }
  if (spec.kind === 'choice') {
    if (typeof value === 'string' && spec.choices.includes(value)) return undefined;
    return `${name} must be ${spec.choices.join(' or ')}${found}`;
  }
  if (value === null && (spec.nullable === true || spec.default === null)) return undefined;
  const kind = spec.kind === 'integer' ? 'an integer' : 'a number';
  const wanted = `${name} must be ${kind}${boundsText(spec)}${found}`;
  if (typeof value !== 'number' || !withinBounds(spec, value)) return wanted;
  return spec.kind === 'integer' && !Number.isInteger(value) ? wanted : undefined;
}

type NumberSpec = Extract<ParameterSpec, { kind: 'integer' | 'number' }>;

function withinBounds(spec: NumberSpec, value: number): boolean {
  return (
    (spec.min === undefined || value >= spec.min) &&
    (spec.max === undefined || value <= spec.max) &&
    (spec.exclusiveMin === undefined || value > spec.exclusiveMin) &&
    (spec.exclusiveMax === undefined || value < spec.exclusiveMax)
  );
}

function boundsText(spec: NumberSpec): string {
  const bounds = [
    ['>=', spec.min],
    ['>', spec.exclusiveMin],
    ['<=', spec.max],
    ['<', spec.exclusiveMax],
  ].flatMap(([sign, bound]) => (bound === undefined ? [] : [`${sign} ${bound}`]));
  return bounds.length === 0 ? '' : ` ${bounds.join(' and ')}`;
}
