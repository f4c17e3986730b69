import { z } from 'zod';
import {
  DIRECTIONS,
  type Direction,
  MARKETS,
  type Market,
  parseUtcTime,
  TIMEFRAMES,
  type Timeframe,
  UsageError,
} from '../domain/index.js';
import { numberField, shown, strictFields, switchField, textField, wordField } from './fields.js';
import { checkYaml, parseYaml } from './yaml.js';

/** What one backtest is: complete, checked, and written as in config files. `null` is "not set". */
export interface BacktestRunConfig {
  /** Class name, short name, or path of a strategy file. */
  readonly strategy: string;
  /** Given strategy parameters; the strategy checks them and adds its defaults. */
  readonly params: Readonly<Record<string, unknown>>;
  /** `null`: whatever the candles are. */
  readonly symbol: string | null;
  readonly interval: Timeframe | null;
  readonly market: Market;
  readonly files: readonly string[];
  /** Period `[start, end)` (S-04); a date is 00:00 UTC. */
  readonly start: string | null;
  readonly end: string | null;
  readonly direction: Direction;
  /** Quote. */
  readonly initial_balance: number;
  /** Base; exactly one of both sizes is set (S-28). */
  readonly units: number | null;
  /** Fraction of the balance. */
  readonly equity_fraction: number | null;
  readonly leverage: number;
  /** Basis points per side. */
  readonly commission_bps: number;
  readonly slippage_bps: number;
  /** Basis points that a stop fills worse than other market orders (S-47). */
  readonly stop_slippage_bps: number;
  /** Quote (S-30). */
  readonly max_cumulative_loss: number | null;
  readonly allow_overdraft: boolean;
  /** Fractions of the entry price: 0.02 is 2 % (§4). */
  readonly stop_loss_pct: number | null;
  readonly take_profit_pct: number | null;
  readonly trailing_stop_loss_pct: number | null;
  readonly allow_wide_stops: boolean;
  readonly exit_on_neutral: boolean;
  readonly re_entry: 'immediate' | 'new_signal';
  readonly apply_atr_filter: boolean;
  readonly atr_filter_period: number;
  readonly atr_filter_multiplier: number;
  readonly atr_filter_sma_period: number;
  readonly apply_seasonality_filter: boolean;
  readonly allowed_trading_hours_utc: string;
  /** Comma-separated; empty is every symbol (S-12). */
  readonly apply_seasonality_to_symbols: string;
  readonly engine: EngineName;
}

/** The keys of a run that decide which entry filters it has. */
export type FilterSettings = Pick<
  BacktestRunConfig,
  | 'apply_atr_filter'
  | 'atr_filter_period'
  | 'atr_filter_multiplier'
  | 'atr_filter_sma_period'
  | 'apply_seasonality_filter'
  | 'allowed_trading_hours_utc'
  | 'apply_seasonality_to_symbols'
>;

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

/** Basis points per side where `commission_bps` is not set (SEMANTICS §9). */
export const DEFAULT_COMMISSION_BPS: Readonly<Record<Market, number>> = { spot: 10, usdm: 5 };

/** Stops above this are more likely percent than fractions. */
const WIDE_STOP = 0.5;
/** The highest leverage that Binance offers. */
const LEVERAGE_MAX = 125;
const BPS_MAX = 10_000;

const stop = numberField({
  wish: 'a fraction above 0 and below 1 (0.02 = 2 %)',
  accepts: (value) => value > 0 && value < 1,
  hint: suggestFraction,
});

/** Fields by key; other files of settings use the same ones. */
export const runConfigShape = {
  strategy: textField('a strategy such as MACross'),
  params: z
    .record(z.string(), z.unknown(), {
      error: ({ input }) =>
        `must be parameters with their values: current value is ${shown(input)}`,
    })
    .nullish(),
  symbol: textField('a symbol such as BTCUSDT').nullish(),
  interval: wordField(TIMEFRAMES as readonly [Timeframe, ...Timeframe[]]).nullish(),
  market: wordField(MARKETS as readonly [Market, ...Market[]]).nullish(),
  files: z
    .array(textField('a file name'), {
      error: ({ input }) => `must be a list of files: current value is ${shown(input)}`,
    })
    .nullish(),
  start: timeField().nullish(),
  end: timeField().nullish(),
  direction: wordField(DIRECTIONS as readonly [Direction, ...Direction[]]).nullish(),
  initial_balance: numberField({ wish: 'an amount above 0', accepts: isPositive }).nullish(),
  units: numberField({ wish: 'a quantity above 0', accepts: isPositive }).nullish(),
  equity_fraction: numberField({
    wish: 'a fraction above 0, at most 1 (0.5 = half of the balance)',
    accepts: (value) => value > 0 && value <= 1,
    hint: (value) => (value > 1 && value <= 100 ? `; did you mean ${value / 100}?` : ''),
  }).nullish(),
  leverage: numberField({
    wish: `a number from 1 to ${LEVERAGE_MAX}`,
    accepts: (value) => value >= 1 && value <= LEVERAGE_MAX,
  }).nullish(),
  commission_bps: bpsField().nullish(),
  slippage_bps: bpsField().nullish(),
  stop_slippage_bps: bpsField().nullish(),
  max_cumulative_loss: numberField({
    wish: 'an amount above 0 in the quote currency',
    accepts: isPositive,
    hint: (value) => (value < 0 ? `; write the loss as ${-value}` : ''),
  }).nullish(),
  allow_overdraft: switchField().nullish(),
  stop_loss_pct: stop.nullish(),
  take_profit_pct: numberField({
    wish: 'a fraction above 0 (0.02 = 2 %)',
    accepts: isPositive,
  }).nullish(),
  trailing_stop_loss_pct: stop.nullish(),
  allow_wide_stops: switchField().nullish(),
  exit_on_neutral: switchField().nullish(),
  re_entry: wordField(['immediate', 'new_signal']).nullish(),
  apply_atr_filter: switchField().nullish(),
  atr_filter_period: integerField(1).nullish(),
  atr_filter_multiplier: numberField({ wish: 'a number above 0', accepts: isPositive }).nullish(),
  atr_filter_sma_period: integerField(0).nullish(),
  apply_seasonality_filter: switchField().nullish(),
  allowed_trading_hours_utc: textField('UTC hours such as 5-17').nullish(),
  apply_seasonality_to_symbols: z
    .string({
      error: ({ input }) => `must be symbols with commas between: current value is ${shown(input)}`,
    })
    .nullish(),
  engine: wordField(ENGINE_NAMES).nullish(),
};

/** Schema of a backtest: unknown keys are errors, defaults are those of SEMANTICS §9. */
export const backtestRunConfigSchema: z.ZodType<BacktestRunConfig> = strictFields(runConfigShape)
  .transform((given): BacktestRunConfig => {
    const market = given.market ?? 'spot';
    const noSize = (given.units ?? given.equity_fraction ?? null) === null;
    return {
      strategy: given.strategy,
      params: given.params ?? {},
      symbol: given.symbol ?? null,
      interval: given.interval ?? null,
      market,
      files: given.files ?? [],
      start: given.start ?? null,
      end: given.end ?? null,
      direction: given.direction ?? 'both',
      initial_balance: given.initial_balance ?? 10_000,
      units: given.units ?? null,
      equity_fraction:
        noSize && given.allow_overdraft !== true ? 1 : (given.equity_fraction ?? null),
      leverage: given.leverage ?? 1,
      commission_bps: given.commission_bps ?? DEFAULT_COMMISSION_BPS[market],
      slippage_bps: given.slippage_bps ?? 1,
      stop_slippage_bps: given.stop_slippage_bps ?? 0,
      max_cumulative_loss: given.max_cumulative_loss ?? null,
      allow_overdraft: given.allow_overdraft ?? false,
      stop_loss_pct: given.stop_loss_pct ?? null,
      take_profit_pct: given.take_profit_pct ?? null,
      trailing_stop_loss_pct: given.trailing_stop_loss_pct ?? null,
      allow_wide_stops: given.allow_wide_stops ?? false,
      exit_on_neutral: given.exit_on_neutral ?? false,
      re_entry: given.re_entry ?? 'immediate',
      apply_atr_filter: given.apply_atr_filter ?? false,
      atr_filter_period: given.atr_filter_period ?? 14,
      atr_filter_multiplier: given.atr_filter_multiplier ?? 1.5,
      atr_filter_sma_period: given.atr_filter_sma_period ?? 100,
      apply_seasonality_filter: given.apply_seasonality_filter ?? false,
      allowed_trading_hours_utc: given.allowed_trading_hours_utc ?? '5-17',
      apply_seasonality_to_symbols: given.apply_seasonality_to_symbols ?? '',
      engine: given.engine ?? 'reference',
    };
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

interface Conflict {
  readonly key: keyof BacktestRunConfig;
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
    add('allow_overdraft', 'needs a fixed size: set units, or leave overdraft off');
  }
  if (config.market === 'spot' && config.direction === 'short') {
    add('direction', 'is short, which spot does not permit: use market usdm, or direction long');
  }
  if (config.market === 'spot' && config.leverage > 1) {
    add('leverage', `is ${config.leverage}, which spot does not permit: use market usdm, or 1`);
  }
  if (config.slippage_bps + config.stop_slippage_bps >= BPS_MAX) {
    add(
      'stop_slippage_bps',
      `is ${config.stop_slippage_bps} on top of slippage_bps ${config.slippage_bps}: together they must stay below ${BPS_MAX}`,
    );
  }
  addStopConflicts(config, add);
  addPeriodConflict(config, add);
  return found;
}

function addStopConflicts(
  config: BacktestRunConfig,
  add: (key: Conflict['key'], message: string) => void,
): void {
  const mayShort = config.market !== 'spot' && config.direction !== 'long';
  const { take_profit_pct } = config;
  if (mayShort && take_profit_pct !== null && take_profit_pct >= 1) {
    add(
      'take_profit_pct',
      `must be below 1 where shorts are permitted: current value is ${take_profit_pct}${suggestFraction(take_profit_pct)}`,
    );
    return;
  }
  if (config.allow_wide_stops) return;
  for (const key of ['stop_loss_pct', 'take_profit_pct', 'trailing_stop_loss_pct'] as const) {
    const value = config[key];
    if (value === null || value <= WIDE_STOP) continue;
    add(
      key,
      `is ${value}, that is ${percent(value)} %${suggestFraction(value)} To really mean it set allow_wide_stops`,
    );
  }
}

function addPeriodConflict(
  config: BacktestRunConfig,
  add: (key: Conflict['key'], message: string) => void,
): void {
  if (config.start === null || config.end === null) return;
  if (parseUtcTime(config.start)! < parseUtcTime(config.end)!) return;
  add('end', `is ${config.end}, not after start ${config.start}: give a later end`);
}

function suggestFraction(value: number): string {
  return value > WIDE_STOP && value < 100 ? `; did you mean ${percentOf(value)}?` : '';
}

/** Without the noise of a binary division: 2.3 gives 0.023. */
function percentOf(value: number): number {
  return Number((value / 100).toPrecision(12));
}

function percent(value: number): number {
  return Number((value * 100).toPrecision(12));
}

function isPositive(value: number): boolean {
  return value > 0;
}

function bpsField(): z.ZodNumber {
  return numberField({
    wish: `a number from 0 to ${BPS_MAX} (10 = 0.1 %)`,
    accepts: (value) => value >= 0 && value < BPS_MAX,
  });
}

function integerField(smallest: number): z.ZodNumber {
  return numberField({
    wish: `an integer >= ${smallest}`,
    accepts: (value) => Number.isSafeInteger(value) && value >= smallest,
  });
}

function timeField(): z.ZodString {
  const wish = 'a date such as 2024-01-31 or a UTC time such as 2024-01-31T08:00:00Z';
  return textField(wish).refine((text) => parseUtcTime(text) !== undefined, {
    error: ({ input }) => `must be ${wish}: current value is ${shown(input)}`,
  });
}
