import { type BacktestRunConfig, parseBacktestRunConfig } from '../config/index.js';
import type { RankedTrial } from '../optimize/index.js';
import type { Strategy } from '../strategies/index.js';
import type { FinishedOptimization } from './optimize-job.js';
import { RUN_FLAG_GROUPS } from './run-flags.js';
import { shellLine } from './shell-line.js';

/**
 * Returns the command line that runs one combination again through the reference engine, with the same candles and money.
 *
 * @param finished - Optimization that it comes from.
 * @param trial - Which combination.
 */
export function rerunCommand(finished: FinishedOptimization, trial: RankedTrial): string {
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
    ...(config.files.length > 0
      ? config.files.flatMap((file) => ['--file', file])
      : job.dataFolder === 'data'
        ? []
        : ['--data-dir', job.dataFolder]),
    ...flagWords(wanted),
  ];
  return shellLine(words);
}

const FILTERS_OFF = { apply_atr_filter: false, apply_seasonality_filter: false };

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
    const isNamed = ['symbol', 'interval', 'market'].includes(key);
    const isIdle = flag.needs !== undefined && wanted[flag.needs as typeof key] !== true;
    if (value === null || isIdle || (value === standard[key] && !isNamed)) return [];
    const [name = ''] = flag.flags.split(' ');
    return flag.kind === 'truth'
      ? [name]
      : [name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
  });
}
