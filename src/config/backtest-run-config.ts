import { z } from 'zod';
import {
  isSwitchedOn,
  ownersOf,
  parseUtcTime,
  type SettingValue,
  type SettingValues,
  type Timeframe,
  UsageError,
} from '../domain/index.js';
import { BPS_MAX, fractionHint, WIDE_DISTANCE, wideDistanceText } from '../rules/index.js';
import {
  type CandleValues,
  canonicalValue,
  type FilterValues,
  RUN_SETTINGS,
  type RuleValues,
  ruleConflicts,
  settingProblem,
  valuesOf,
} from '../settings/index.js';
import { settingFields, shown, strictFields, textField, wordField } from './fields.js';
import { checkYaml, parseYaml } from './yaml.js';

/**
 * What one backtest is: complete, checked, and written as in config files. `null` is "not set". Its keys are those of
 * `RUN_SETTINGS`, each declared with its rule or filter, and those below.
 */
export interface BacktestRunConfig extends CandleValues, RuleValues, FilterValues {
  /** Class name, short name, or path of a strategy file. */
  readonly strategy: string;
  /** Given strategy parameters; the strategy checks them and adds its defaults. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
  readonly engine: EngineName;
}

/** The keys of a run that decide which entry filters it has. */
export type FilterSettings = FilterValues;

/** What a user may write: everything but the strategy has a default. */
export type BacktestRunConfigInput = { readonly strategy: string } & {
  readonly [Key in Exclude<keyof BacktestRunConfig, 'strategy'>]?:
    | BacktestRunConfig[Key]
    | null
    | undefined;
};

/** Engines that a run can ask for; they give the same doubles (S-51). */
export const ENGINE_NAMES = ['reference', 'fast'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Fields of settings by key; other files of settings use the same ones. */
export const runSettingShape = settingFields(RUN_SETTINGS);

/** Given strategy parameters by name. */
export const paramsField = z
  .record(z.string(), z.unknown(), {
    error: ({ input }) => `must be parameters with their values: current value is ${shown(input)}`,
  })
  .nullish();

const runConfigShape = {
  strategy: textField('a strategy such as MACross'),
  params: paramsField,
  files: z
    .array(textField('a file name'), {
      error: ({ input }) => `must be a list of files: current value is ${shown(input)}`,
    })
    .nullish(),
  engine: wordField(ENGINE_NAMES).nullish(),
};

/** Schema of a backtest: unknown keys are errors, defaults are those of the settings (SEMANTICS §9). */
export const backtestRunConfigSchema: z.ZodType<BacktestRunConfig> = strictFields({
  ...runConfigShape,
  ...runSettingShape,
})
  .transform(({ strategy, params, files, engine, ...given }): BacktestRunConfig => {
    const { symbol, interval, market, ...values } = canonical(valuesOf(RUN_SETTINGS, given));
    return {
      strategy,
      params: params ?? {},
      ...{ symbol, interval, market },
      files: files ?? [],
      ...values,
      engine: engine ?? 'reference',
    } as unknown as BacktestRunConfig;
  })
  .superRefine((config, context) => {
    for (const { key, message } of conflicts(config)) {
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });

/**
 * Checks what a user wrote and fills in the defaults.
 *
 * @param input - Keys as in config files.
 * @param source - Said before the messages, for example a file name. Default none.
 * @throws {UsageError} With one line per problem (at most five): key, what it must be, its value, what to do.
 */
export function parseBacktestRunConfig(input: unknown, source?: string): BacktestRunConfig {
  const result = backtestRunConfigSchema.safeParse(input);
  if (result.success) return result.data;
  const prefix = source === undefined ? '' : `${source}: `;
  const lines = result.error.issues
    .slice(0, PROBLEMS_MAX)
    .map(({ path, message }) =>
      path.length === 0
        ? `${prefix}${message}`
        : `${prefix}${path.map(String).join('.')} ${message}`,
    );
  throw new UsageError(lines.join('\n'));
}

/**
 * Reads a backtest from YAML.
 *
 * @param text - Content of the file.
 * @param file - Name for messages.
 * @throws {UsageError} With `file:line:column` and one line per problem.
 */
export function loadBacktestRunConfig(text: string, file: string): BacktestRunConfig {
  return loadYaml(text, file, backtestRunConfigSchema);
}

/**
 * Reads YAML that must match a schema.
 *
 * @param text - Content of the file.
 * @param file - Name for messages.
 * @param schema - What the file must contain.
 * @throws {UsageError} With `file:line:column` and one line per problem.
 */
export function loadYaml<T>(text: string, file: string, schema: z.ZodType<T>): T {
  return checkYaml(schema, parseYaml(text, file));
}

const PROBLEMS_MAX = 5;

/** Equal runs are equal texts; what is wrong only in candles of the interval stays, and is told with the conflicts. */
function canonical(values: SettingValues): SettingValues {
  const timeframe = (values.interval ?? undefined) as Timeframe | undefined;
  const written = RUN_SETTINGS.filter(
    (setting) => settingProblem(setting, values[setting.key], timeframe) === undefined,
  ).map(
    (setting) => [setting.key, canonicalValue(setting, values[setting.key]!, timeframe)] as const,
  );
  return { ...values, ...Object.fromEntries<SettingValue>(written) };
}

interface Conflict {
  readonly key: string;
  readonly message: string;
}

/** Values that are each allowed but not together. */
function conflicts(config: BacktestRunConfig): Conflict[] {
  const found: Conflict[] = [];
  const add = (key: Conflict['key'], message: string): void => {
    found.push({ key, message });
  };
  if (config.units !== null && config.equity_fraction !== null) {
    add('equity_fraction', `is ${config.equity_fraction} and units is ${config.units}: keep one`);
  }
  if (config.allow_overdraft && config.units === null) {
    add('allow_overdraft', 'needs a fixed size: set units, or disable overdraft');
  }
  if (config.market === 'spot' && config.direction === 'short') {
    add('direction', 'is short, which spot does not allow: use market usdm, or direction long');
  }
  if (config.market === 'spot' && config.leverage > 1) {
    add('leverage', `is ${config.leverage}, which spot does not allow: use market usdm, or 1`);
  }
  if (config.slippage_bps + config.stop_slippage_bps >= BPS_MAX) {
    add(
      'stop_slippage_bps',
      `is ${config.stop_slippage_bps} on top of slippage_bps ${config.slippage_bps}: together they must stay below ${BPS_MAX}`,
    );
  }
  for (const { key, message } of ruleConflicts(config as unknown as SettingValues))
    add(key, message);
  addDistanceConflicts(config, add);
  addDependencyConflicts(config, add);
  addPeriodConflict(config, add);
  return found;
}

function addDistanceConflicts(
  config: BacktestRunConfig,
  add: (key: Conflict['key'], message: string) => void,
): void {
  const mayShort = config.market !== 'spot' && config.direction !== 'long';
  for (const { key, belowForShorts } of RUN_SETTINGS) {
    const value = settingOf(config, key);
    if (!mayShort || belowForShorts === undefined || typeof value !== 'number') continue;
    if (value < belowForShorts) continue;
    add(
      key,
      `must be below ${belowForShorts} where shorts are permitted: current value is ${value}${fractionHint(value)}`,
    );
    return;
  }
  if (config.allow_wide_stops) return;
  for (const { key, isDistance } of RUN_SETTINGS) {
    const value = settingOf(config, key);
    if (isDistance !== true || typeof value !== 'number' || value <= WIDE_DISTANCE) continue;
    add(key, `${wideDistanceText(value)} If that is intended set allow_wide_stops`);
  }
}

/** What is set while what it belongs to is off would be believed in; a default is not set by anybody. */
function addDependencyConflicts(
  config: BacktestRunConfig,
  add: (key: Conflict['key'], message: string) => void,
): void {
  for (const setting of RUN_SETTINGS) {
    const { key, section, default: fallback } = setting;
    const owners = ownersOf(setting);
    // Settings of filters have defaults, which files may spell out.
    if (owners.length === 0 || (section === 'filters' && fallback !== null)) continue;
    if (settingOf(config, key) === fallback) continue;
    if (owners.some((owner) => isSwitchedOn(settingOf(config, owner)))) continue;
    add(key, `has no effect without ${owners.join(' or ')}: add it, or omit it`);
  }
}

function settingOf(config: BacktestRunConfig, key: string): SettingValue {
  return (config as unknown as SettingValues)[key] ?? null;
}

function addPeriodConflict(
  config: BacktestRunConfig,
  add: (key: Conflict['key'], message: string) => void,
): void {
  if (config.start === null || config.end === null) return;
  if (parseUtcTime(config.start)! < parseUtcTime(config.end)!) return;
  add('end', `is ${config.end}, not after start ${config.start}: give a later end`);
}
