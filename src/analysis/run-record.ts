import { z } from 'zod';
import { UserError } from '../domain/index.js';
import { METRICS, type Metrics } from '../metrics/index.js';

/** A value of a setting or parameter as a result file holds it. */
export type SettingValue = string | number | boolean | null | readonly (string | number)[];

/** What is known of a run besides its trades: what `--json` prints in `wus backtest`, `forward-test` or `walk-forward`, or the file beside a trade log. */
export interface RunRecord {
  readonly kind: RunKind;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, SettingValue>>;
  /** Rules, money and data, names in snake_case. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** Those that the file has. */
  readonly metrics: Partial<Metrics>;
  /** First open and last close, ms UTC. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
  /** Equity at candle closes; shape `[n]` each, ms UTC and quote. */
  readonly equity: EquityCurve | undefined;
  readonly tradesFile: string | undefined;
  /** Whether its candles were generated. */
  readonly isSynthetic: boolean;
}

/** What kind of run it was. `trader`: of a bot. */
export type RunKind = 'backtest' | 'forward test' | 'walk-forward' | 'trader';

/** The one word for a setting that has no value, or no effect. */
export const NOT_SET = 'not set';

/** Equity over time. */
export interface EquityCurve {
  /** ms UTC, ascending. */
  readonly times: readonly number[];
  /** Quote. */
  readonly values: readonly number[];
}

const VALUE = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.string(), z.number()])),
]);
const SCHEMA = z.object({
  strategy: z.string(),
  parameters: z.record(z.string(), VALUE).default({}),
  config: z.record(z.string(), VALUE).default({}),
  span: z.object({ start: z.string(), end: z.string() }).optional(),
  data_hash: z.string().optional(),
  metrics: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  // A forward test has two periods: what counts is the one that did not choose the parameters.
  out_of_sample: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  forward_period: z.object({ start: z.string(), end: z.string() }).optional(),
  equity_curve: z.record(z.string(), z.number()).optional(),
  trades_file: z.string().optional(),
  synthetic: z.boolean().optional(),
  windows: z.array(z.unknown()).optional(),
  bot: z.string().optional(),
});

/**
 * Reads a run record.
 *
 * @param text - JSON.
 * @param name - File, for messages.
 * @throws {UserError} If it is no such JSON; says what is missing.
 */
export function parseRunRecord(text: string, name: string): RunRecord {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${name} is not valid JSON (${(error as Error).message}); it must be the --json output of wus backtest, forward-test or walk-forward`,
    );
  }
  const parsed = SCHEMA.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(
      `${name} is not the result of a run: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'unknown'}; it must be the --json output of wus backtest, forward-test or walk-forward`,
    );
  }
  const { strategy, parameters, data_hash, equity_curve, trades_file } = parsed.data;
  const span = parsed.data.span ?? parsed.data.forward_period;
  // What was asked for; `span` is what it came to.
  const { start, end, ...rules } = parsed.data.config;
  const metrics = parsed.data.metrics ?? parsed.data.out_of_sample ?? {};
  return {
    kind: kindOf(parsed.data),
    strategy,
    parameters,
    settings: {
      ...(span === undefined
        ? parsed.data.config
        : { ...rules, period_start: span.start, period_end: span.end }),
      ...(data_hash === undefined ? {} : { data_hash }),
    },
    metrics: Object.fromEntries(
      METRICS.filter(({ name: key }) => metrics[key] !== undefined).map((metric) => [
        metric.key,
        Number(metrics[metric.name]),
      ]),
    ),
    span: span && { start: Date.parse(span.start), end: Date.parse(span.end) },
    equity: equity_curve && {
      times: Object.keys(equity_curve).map((time) => Date.parse(time)),
      values: Object.values(equity_curve),
    },
    tradesFile: trades_file,
    isSynthetic: parsed.data.synthetic === true,
  };
}

/** Each kind of run writes something that the others do not have. */
function kindOf(data: z.infer<typeof SCHEMA>): RunKind {
  if (data.bot !== undefined) return 'trader';
  if (data.windows !== undefined) return 'walk-forward';
  return data.forward_period === undefined ? 'backtest' : 'forward test';
}

/**
 * Returns parameters as one line: `fast_period=9 slow_period=21`.
 *
 * @param parameters - Those that are `null` are left out.
 */
export function parameterText(parameters: Readonly<Record<string, SettingValue>>): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${settingText(value)}`)
    .join(' ');
}

/**
 * Returns a setting as text.
 *
 * @param value - `undefined`, `null` and what is empty are "not set".
 */
export function settingText(value: SettingValue | undefined): string {
  if (value === undefined || value === null || value === '') return NOT_SET;
  if (typeof value === 'object') return value.length === 0 ? NOT_SET : value.join(',');
  return String(value);
}
