import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import {
  MARKETS,
  type Market,
  TIMEFRAMES,
  type Timeframe,
  UsageError,
  UserError,
} from '../domain/index.js';
import { fileError, systemErrorCode } from '../files/index.js';
import { EXIT_AXES, RUN_SETTINGS } from '../settings/index.js';
import { didYouMean } from '../util/index.js';
import { type BestParamsValue, type NamedBestParams, parseAllBestParams } from './best-params.js';
import { judgementSchema } from './judgement-block.js';

/** What a forward test of the run found, as far as it was tested. */
export interface ForwardFinding {
  readonly outcome: string;
  /** For people. */
  readonly sentence: string;
}

/** One run with its settings, out of a file: what a later command goes on with. */
export interface ChosenRun extends NamedBestParams {
  /** As the user named it. */
  readonly file: string;
  /** An entry that can be written to, or what a command printed. */
  readonly kind: 'entry' | 'record';
  readonly forward: ForwardFinding | undefined;
}

/** Which run of a file with several is wanted. */
export interface ChosenRunWish {
  readonly symbol?: string | undefined;
  /** Class name. */
  readonly strategy?: string | undefined;
}

const values = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]));
const instrument = {
  strategy: z.string(),
  strategy_file: z.string().optional(),
  data_hash: z.string(),
};
const market = z.enum(MARKETS as [Market, ...Market[]]);
const interval = z.enum(TIMEFRAMES as [Timeframe, ...Timeframe[]]);
const period = z.looseObject({ start: z.string(), end: z.string() });
const metrics = z.looseObject({
  sharpe_ratio: z.union([z.number(), z.string()]),
  total_trades: z.number(),
});
/** `wus backtest --json` and the record beside its trade log. */
const backtestSchema = z.looseObject({
  ...instrument,
  parameters: values,
  config: z.looseObject({ symbol: z.string(), interval, market }),
  span: period,
  metrics,
});
/** The same of `wus forward-test`. */
const forwardSchema = z.looseObject({
  ...instrument,
  symbol: z.string(),
  market,
  interval,
  parameters: values,
  config: z.looseObject({}),
  optimization_period: period,
  outcome: z.string(),
  judgement: z.array(z.string()),
  in_sample: metrics.nullable(),
  out_of_sample: metrics,
  optimization_judgement: judgementSchema.nullish(),
});
/** `wus optimize --json`: the first of the best. */
const searchSchema = z.looseObject({
  ...instrument,
  symbol: z.string(),
  market,
  interval,
  span: period,
  metric: z.string(),
  best: z.array(z.looseObject({ strategy: values, risk: values, filters: values, metrics })).min(1),
  config: z.looseObject({}).optional(),
  judgement: judgementSchema.nullish(),
});

/**
 * Reads a run from a file: an entry of `config/best_params.yaml`, or what `wus backtest`, `optimize` or `forward-test` print with
 * `--json` or leave beside a trade log.
 *
 * @param file - Path.
 * @param wish - Which one, where the file has several.
 * @throws {UserError} If the file cannot be read, or does not have that run.
 * @throws {UsageError} If it has several and nothing says which, or it holds something else.
 */
export async function readChosenRun(file: string, wish: ChosenRunWish): Promise<ChosenRun> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') throw new UserError(`${file} does not exist`);
    throw fileError('read', file, error);
  });
  const record = recordIn(text, file);
  const runs: readonly ChosenRun[] =
    record === undefined
      ? parseAllBestParams(text, file).map((run) => ({
          ...run,
          file,
          kind: 'entry',
          forward: undefined,
        }))
      : [await runOfRecord(record, file)];
  return chosen(runs, file, wish);
}

/** What a file of JSON holds; `undefined` for one of best parameters. */
function recordIn(text: string, file: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new UsageError(`${file}: invalid JSON; the file may be truncated`);
  }
  const record = data as Readonly<Record<string, unknown>>;
  return typeof record.strategy === 'string' ? record : undefined;
}

async function runOfRecord(
  record: Readonly<Record<string, unknown>>,
  file: string,
): Promise<ChosenRun> {
  const written = { file, found: (await stat(file)).mtime.toISOString() };
  if ('windows' in record) {
    throw new UsageError(
      `${file} is a walk-forward, which has different parameters in every window; optimize the pair and give the best-parameters file`,
    );
  }
  const search = searchSchema.safeParse(record);
  if (search.success) return searchRun(search.data, written);
  const forward = forwardSchema.safeParse(record);
  if (forward.success) return forwardRun(forward.data, written);
  const backtest = backtestSchema.safeParse(record);
  if (backtest.success) return backtestRun(backtest.data, written);
  throw new UsageError(
    `${file} is not a run: give config/best_params.yaml, or the --json output of wus backtest, optimize or forward-test`,
  );
}

interface Written {
  readonly file: string;
  /** When the file was written, ISO 8601 UTC. */
  readonly found: string;
}

function searchRun(found: z.infer<typeof searchSchema>, written: Written): ChosenRun {
  const [best] = found.best;
  const value = best!.metrics[found.metric];
  return {
    file: written.file,
    kind: 'record',
    forward: undefined,
    symbol: found.symbol,
    strategy: found.strategy,
    entry: {
      ...common(found, written),
      metric: found.metric,
      value: typeof value === 'number' || typeof value === 'string' ? value : 'unknown',
      trades: best!.metrics.total_trades,
      period_start: found.span.start,
      period_end: found.span.end,
      strategy: best!.strategy,
      risk: best!.risk,
      filters: best!.filters,
      run: runSettings(found.config ?? {}),
      ...(found.judgement == null ? {} : { judgement: found.judgement }),
    },
  };
}

function forwardRun(found: z.infer<typeof forwardSchema>, written: Written): ChosenRun {
  const { sharpe_ratio, total_trades } = found.in_sample ?? found.out_of_sample;
  return {
    file: written.file,
    kind: 'record',
    forward: { outcome: found.outcome, sentence: found.judgement[0] ?? found.outcome },
    symbol: found.symbol,
    strategy: found.strategy,
    entry: {
      ...common(found, written),
      metric: 'sharpe_ratio',
      value: sharpe_ratio,
      trades: total_trades,
      period_start: found.optimization_period.start,
      period_end: found.optimization_period.end,
      strategy: found.parameters,
      ...settingsOf(found.config),
      ...(found.optimization_judgement == null ? {} : { judgement: found.optimization_judgement }),
    },
  };
}

function backtestRun(found: z.infer<typeof backtestSchema>, written: Written): ChosenRun {
  const { symbol, interval: timeframe, market: place } = found.config;
  return {
    file: written.file,
    kind: 'record',
    forward: undefined,
    symbol,
    strategy: found.strategy,
    entry: {
      ...common({ ...found, interval: timeframe, market: place }, written),
      metric: 'sharpe_ratio',
      value: found.metrics.sharpe_ratio,
      trades: found.metrics.total_trades,
      period_start: found.span.start,
      period_end: found.span.end,
      strategy: found.parameters,
      ...settingsOf(found.config),
    },
  };
}

function common(
  found: {
    readonly market: Market;
    readonly interval: Timeframe;
    readonly data_hash: string;
    readonly strategy_file?: string | undefined;
  },
  { found: optimized_at }: Written,
) {
  const { strategy_file } = found;
  return {
    market: found.market,
    interval: found.interval,
    data_hash: found.data_hash,
    optimized_at,
    ...(strategy_file === undefined ? {} : { strategy_file }),
  };
}

type Settings = Readonly<Record<string, BestParamsValue>>;

const EXITS: ReadonlySet<string> = new Set(EXIT_AXES.map(({ key }) => key));
const FILTERS: ReadonlySet<string> = new Set(
  RUN_SETTINGS.filter(({ section }) => section === 'filters').map(({ key }) => key),
);
/** What a run is of: it stands elsewhere in the file. */
const NOT_OF_RUNS: ReadonlySet<string> = new Set([
  ...RUN_SETTINGS.filter(({ identity }) => identity === 'candles').map(({ key }) => key),
  'strategy',
  'engine',
]);

/** Sorts the settings of a run as the file of best parameters does. */
function settingsOf(config: Readonly<Record<string, unknown>>): {
  readonly risk: Settings;
  readonly filters: Settings;
  readonly run: Settings;
} {
  return {
    risk: picked(config, (key) => EXITS.has(key)),
    filters: picked(config, (key) => FILTERS.has(key)),
    run: runSettings(config),
  };
}

/**
 * Returns what a run has beside parameters, stops and filters: money, costs, direction, exits.
 *
 * @param config - A whole run.
 */
export function runSettings(config: object): Settings {
  return picked(config, (key) => !EXITS.has(key) && !FILTERS.has(key) && !NOT_OF_RUNS.has(key));
}

function picked(config: object, isWanted: (key: string) => boolean): Settings {
  const plain = Object.entries(config as Readonly<Record<string, unknown>>).filter(
    ([key, value]) => isWanted(key) && (value === null || typeof value !== 'object'),
  );
  return Object.fromEntries(plain) as Settings;
}

function chosen(runs: readonly ChosenRun[], file: string, wish: ChosenRunWish): ChosenRun {
  const name = ({ symbol, strategy }: ChosenRun): string => `${symbol} ${strategy}`;
  const there = runs.map(name);
  if (runs.length === 0) throw new UserError(`${file} has no entries: run wus optimize first`);
  const found = runs.filter(
    ({ symbol, strategy }) =>
      (wish.symbol === undefined || symbol === wish.symbol.toUpperCase()) &&
      (wish.strategy === undefined || strategy === wish.strategy),
  );
  const [run, other] = found;
  if (run !== undefined && other === undefined) return run;
  if (run !== undefined) {
    throw new UsageError(
      `${file} has ${found.length} runs: choose one with --symbol and --strategy (${found.map(name).join(', ')})`,
    );
  }
  const wanted = [wish.symbol?.toUpperCase(), wish.strategy].filter(Boolean).join(' ');
  throw new UserError(
    `${file} has no entry for ${wanted}${didYouMean(wanted, there)}; it has ${there.join(', ')}`,
  );
}
