import {
  describeSpec,
  historyOf,
  type ParameterSpec,
  resolveParameters,
  type Strategy,
  TREND_FILTER_SPECS,
} from '../../strategies/index.js';
import { countText } from '../../util/index.js';
import { lineToCopy } from '../invoked-as.js';
import { wrapWords } from '../wrap-words.js';
import type { OwnStrategy } from './own-strategies.js';

/** Names of the parameters that are a strategy's own: the trend filter's are everyone's (S-13). */
export function ownParameters({ parameters }: Strategy): string[] {
  return Object.keys(parameters).filter((name) => !Object.hasOwn(TREND_FILTER_SPECS, name));
}

/**
 * Lists strategies as text.
 *
 * @param builtIn - In the order shown.
 * @param own - Found in the user's folders.
 * @param folders - Those folders.
 * @param width - Of the terminal, characters.
 */
export function strategyList(
  builtIn: readonly Strategy[],
  own: readonly OwnStrategy[],
  folders: readonly string[],
  width: number,
): string {
  const lines = builtIn.flatMap((one) => [
    `  ${one.shortName}  (${one.name})`,
    ...parameterLines(one, width),
  ]);
  const mine = own.flatMap(({ file, strategy, problem }) =>
    strategy === undefined
      ? [`  ${file}`, `      cannot be loaded: ${problem ?? ''}`]
      : [`  ${file}  (${strategy.name})`, ...parameterLines(strategy, width)],
  );
  const none = [`  none in ${folders.join(' and ')}; wus new strategy NAME creates one`];
  return [
    'Built-in:',
    ...lines,
    '',
    'Custom:',
    ...(mine.length === 0 ? none : mine),
    '',
    `Next: ${lineToCopy(['wus', 'strategies', 'show', own.find((one) => one.strategy)?.file ?? builtIn[0]!.shortName])}`,
  ].join('\n');
}

function parameterLines(strategy: Strategy, width: number): string[] {
  const names = ownParameters(strategy);
  return names.length === 0 ? ['      no parameters'] : wrapWords(names, width, '      ');
}

/**
 * Describes a strategy and its parameters as text.
 *
 * @param strategy - Which.
 * @param file - As a command takes it; `undefined` for one that is built in.
 * @param width - Of the terminal, characters.
 */
export function strategyPage(strategy: Strategy, file: string | undefined, width: number): string {
  const defaults = resolveParameters(strategy);
  const names = ownParameters(strategy);
  const { extraColumns = [] } = strategy;
  const short = strategy.shortName === strategy.name ? '' : ` (${strategy.shortName})`;
  const rows = (chosen: readonly string[]): string[] =>
    chosen.flatMap((name) => parameterRows(name, strategy.parameters[name]!, width));
  const example = names[0];
  return [
    `${strategy.name}${short}, ${file ?? 'built in'}`,
    `With the defaults: the first signal after ${countText(strategy.warmUp(defaults), 'candle')};`,
    `a trader keeps ${countText(historyOf(strategy, defaults), 'candle')} before a decision`,
    ...(extraColumns.length === 0
      ? []
      : [
          `Candles must have ${extraColumns.join(', ')} (backtests only: live candles do not have these columns)`,
        ]),
    '',
    'Parameters:',
    ...(names.length === 0 ? ['  none'] : rows(names)),
    '',
    'Common to all strategies:',
    ...rows(Object.keys(TREND_FILTER_SPECS)),
    '',
    `Next: ${lineToCopy([
      ...['wus', 'backtest', '--strategy', file ?? strategy.shortName],
      ...(example === undefined ? [] : ['--param', `${example}=${String(defaults[example])}`]),
      ...['--symbol', 'BTCUSDT', '--interval', '1h'],
    ])}`,
  ].join('\n');
}

function parameterRows(name: string, spec: ParameterSpec, width: number): string[] {
  const needs = spec.dependsOn === undefined ? '' : ` (only with ${spec.dependsOn})`;
  return [
    `  ${name}=${String(spec.default)}: ${describeSpec(spec)}`,
    ...wrapWords(`${spec.description}${needs}`.split(' '), width, '      '),
  ];
}

/**
 * Describes a strategy for `--json`: keys in snake_case, what does not exist is absent.
 *
 * @param strategy - Which.
 * @param file - As a command takes it; `null` for one that is built in.
 */
export function strategyRecord(strategy: Strategy, file: string | null): Record<string, unknown> {
  const defaults = resolveParameters(strategy);
  return {
    name: strategy.name,
    short_name: strategy.shortName,
    file,
    warm_up: strategy.warmUp(defaults),
    history: historyOf(strategy, defaults),
    ...(strategy.extraColumns === undefined ? {} : { extra_columns: strategy.extraColumns }),
    parameters: Object.entries(strategy.parameters).map(([name, spec]) => ({
      name,
      ...Object.fromEntries(Object.entries(spec).map(([key, value]) => [snakeCase(key), value])),
    })),
  };
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
