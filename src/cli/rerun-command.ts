import { type BacktestRunConfig, parseBacktestRunConfig } from '../config/index.js';
import { isSwitchedOn } from '../domain/index.js';
import type { LoadedCandles } from '../history/index.js';
import type { RankedTrial } from '../optimize/index.js';
import type { LoadedStrategy } from '../plugins/index.js';
import { EXIT_AXES, FILTER_RULES } from '../settings/index.js';
import type { Strategy } from '../strategies/index.js';
import type { RerunRecord } from './rerun-file.js';
import { RUN_FLAG_GROUPS } from './run-flags.js';
import { isConfigured } from './setting-keys.js';
import { shellLine } from './shell-line.js';

/** What a command line is made from. */
export interface RerunSource {
  readonly job: {
    readonly dataFolder: string;
    readonly config: { readonly strategy: string };
  };
  readonly config: BacktestRunConfig;
  readonly loaded: LoadedCandles;
  readonly loadedStrategy: LoadedStrategy;
}

/**
 * Returns the command line that runs one combination again through the reference engine, with the same candles and money.
 *
 * @param finished - Optimization that it comes from.
 * @param trial - Which combination.
 */
export function rerunCommand(finished: RerunSource, trial: RankedTrial): string {
  const { job, config, loaded, loadedStrategy } = finished;
  const { strategy } = loadedStrategy;
  const own = withoutNulls({ ...trial.stops, ...trial.filters });
  const wanted: BacktestRunConfig = parseBacktestRunConfig({
    ...config,
    ...FILTERS_OFF,
    ...own,
    symbol: loaded.candles.symbol,
    interval: loaded.candles.timeframe,
  });
  const words = [
    'wus',
    'backtest',
    '--engine',
    'reference',
    '--strategy',
    loadedStrategy.source === undefined ? strategy.shortName : job.config.strategy,
    ...parameterWords(strategy, trial).flatMap((word) => ['--param', word]),
    ...candleWords(finished),
    ...flagWords(wanted),
  ];
  return shellLine(words);
}

/**
 * Returns what the command lines of all combinations have in common, and what a combination's own words depend on.
 *
 * @param finished - Optimization with its candles, money and strategy.
 */
export function rerunRecord(finished: RerunSource): RerunRecord {
  const { job, config, loaded, loadedStrategy } = finished;
  const { strategy } = loadedStrategy;
  const wanted: BacktestRunConfig = parseBacktestRunConfig({
    ...config,
    ...FILTERS_OFF,
    ...EXITS_OFF,
    symbol: loaded.candles.symbol,
    interval: loaded.candles.timeframe,
  });
  return {
    words: [
      ...['wus', 'backtest', '--engine', 'reference', '--strategy'],
      loadedStrategy.source === undefined ? strategy.shortName : job.config.strategy,
      ...candleWords(finished),
      ...flagWords(wanted),
    ],
    parameters: Object.fromEntries(
      Object.entries(strategy.parameters).map(([name, spec]) => [
        name,
        { default: spec.default, depends_on: spec.dependsOn ?? null },
      ]),
    ),
  };
}

function candleWords({ job, config }: Pick<RerunSource, 'job' | 'config'>): readonly string[] {
  if (config.files.length > 0) return config.files.flatMap((file) => ['--file', file]);
  return job.dataFolder === 'data' ? [] : ['--data-dir', job.dataFolder];
}

const EXITS_OFF = Object.fromEntries(EXIT_AXES.map(({ key }) => [key, null]));

const FILTERS_OFF = Object.fromEntries(FILTER_RULES.map(({ apply }) => [apply.key, false]));

function withoutNulls(settings: object): object {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

/** Parameters that differ from their defaults; one without effect stays out. */
function parameterWords(strategy: Strategy, { parameters }: RankedTrial): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const spec = strategy.parameters[name]!;
    const above = spec.dependsOn === undefined ? true : parameters[spec.dependsOn];
    const isIdle = above === null || above === false;
    return isIdle || value === spec.default ? [] : [`${name}=${String(value)}`];
  });
}

function flagWords(wanted: BacktestRunConfig): string[] {
  const standard = parseBacktestRunConfig({ strategy: wanted.strategy, market: wanted.market });
  return RUN_FLAG_GROUPS.flatMap(({ flags }) => flags).flatMap((flag) => {
    const key = flag.key as keyof BacktestRunConfig;
    const value = wanted[key];
    const isNamed = ['symbol', 'interval', 'market'].includes(key) || isConfigured(key);
    const isIdle =
      flag.needs?.every((owner) => !isSwitchedOn(wanted[owner as typeof key])) === true;
    if (value === null || isIdle || (value === standard[key] && !isNamed)) return [];
    const [name = ''] = flag.flags.split(' ');
    return flag.kind === 'truth'
      ? [name]
      : [name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
  });
}
