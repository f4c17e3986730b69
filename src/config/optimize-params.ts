import { z } from 'zod';
import { decimalRange, decimalRangeLength } from './decimal-range.js';
import { checkYaml, parseYaml, type YamlPath } from './yaml.js';

/** A value of a grid as written; a list of numbers is one value of a pair parameter. */
export type GridValue = number | string | boolean | null | readonly number[];

/** Parameter → its values; strategy, stop and filter parameters side by side. */
export type ParameterGrid = Readonly<Record<string, readonly GridValue[]>>;

/** `config/optimize_params.yaml`: SYMBOL → strategy (class or short name) → parameter → values. */
export type OptimizeParamsConfig = Readonly<
  Record<string, Readonly<Record<string, ParameterGrid>>>
>;

/** A parsed grid file that still knows where everything stood. */
export interface OptimizeParamsFile {
  readonly file: string;
  readonly config: OptimizeParamsConfig;
  /** Returns `file:line:column`. */
  readonly at: (path: YamlPath) => string;
}

/** More values of one parameter than anyone walks. */
const VALUES_MAX = 100_000;

const range = z.strictObject({ start: z.number(), stop: z.number(), step: z.number() });

const axis = z.unknown().transform((value, context): readonly GridValue[] => {
  const fail = (message: string, path: (string | number)[] = []): typeof z.NEVER => {
    context.addIssue({ code: 'custom', message, path });
    return z.NEVER;
  };
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    const problem = listProblem(list);
    return problem === undefined ? list.map(gridValue) : fail(problem.message, problem.path);
  }
  if (typeof value === 'object' && value !== null) {
    const parsed = range.safeParse(value);
    if (!parsed.success) return fail(rangeShapeProblem(value));
    const problem = rangeProblem(parsed.data);
    return problem === undefined ? decimalRange(parsed.data) : fail(problem);
  }
  if (gridValue(value) === null) return [null];
  return fail(`expected a list or a range, found ${shown(value)}; write [${shown(value)}]`);
});

const OptimizeParamsConfigSchema = z
  .record(
    z.string(),
    z.record(
      z.string(),
      z.record(z.string(), axis, { error: 'expected parameters with their values' }),
      { error: 'expected strategies with their parameters' },
    ),
    { error: 'expected SYMBOL, then strategy, then parameters' },
  )
  .superRefine((config, context) => {
    for (const symbol of Object.keys(config)) {
      if (symbol === symbol.toUpperCase() && !/\s/.test(symbol)) continue;
      const message = `symbols are uppercase without spaces; write ${symbol.toUpperCase().replaceAll(/\s/g, '')}`;
      context.addIssue({ code: 'custom', message, path: [symbol] });
    }
  });

/**
 * Reads the text of an optimizer grid.
 *
 * @param text - YAML.
 * @param file - Name for messages.
 * @throws {UsageError} With `file:line:column` of what is wrong.
 */
export function parseOptimizeParams(text: string, file: string): OptimizeParamsFile {
  const source = parseYaml(text, file);
  const config = checkYaml(OptimizeParamsConfigSchema, {
    ...source,
    data: source.data ?? {},
  });
  return { file, config, at: source.at };
}

/** `None` is how the configuration files of the seed wrote null. */
function gridValue(value: unknown): GridValue {
  if (value === 'None' || value === undefined) return null;
  return value as GridValue;
}

function listProblem(list: readonly unknown[]): { message: string; path: number[] } | undefined {
  if (list.length === 0) return { message: 'the list is empty; give at least one value', path: [] };
  if (list.length > VALUES_MAX) {
    return { message: `${list.length} values; at most ${VALUES_MAX} are allowed`, path: [] };
  }
  let kind: string | undefined;
  for (const [index, item] of list.entries()) {
    const value = gridValue(item);
    if (value === null) continue;
    const itemKind = kindOf(value);
    if (itemKind === undefined) {
      return {
        message: `${shown(item)} is not a number, text, true, false or null`,
        path: [index],
      };
    }
    if (kind !== undefined && kind !== itemKind) {
      const message = `mixed types: ${shown(item)} is ${itemKind}, the one before it is ${kind}; write all of them alike`;
      return { message, path: [index] };
    }
    kind = itemKind;
  }
  return undefined;
}

function kindOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : undefined;
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true/false';
  if (Array.isArray(value) && value.every((item) => Number.isFinite(item)))
    return 'a list of numbers';
  return undefined;
}

function rangeShapeProblem(value: object): string {
  const known = ['start', 'stop', 'step'];
  const keys = Object.keys(value);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined) return `unknown key "${unknown}"; a range is {start, stop, step}`;
  const missing = known.find((key) => !keys.includes(key));
  if (missing !== undefined) return `the range has no ${missing}; a range is {start, stop, step}`;
  return 'start, stop and step must be numbers';
}

function rangeProblem(value: z.infer<typeof range>): string | undefined {
  if (value.step <= 0) return `step must be above 0: current value is ${value.step}`;
  if (value.stop < value.start) return `stop ${value.stop} lies below start ${value.start}`;
  const length = decimalRangeLength(value);
  if (length <= VALUES_MAX) return undefined;
  return `the range has ${length} values; at most ${VALUES_MAX} are allowed, use a larger step`;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
