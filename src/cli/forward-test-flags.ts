import type { Command } from 'commander';
import { LOG_LEVELS } from './logger.js';
import { optimizeFlagGroups } from './optimize-flags.js';
import { addRunFlags, FILTER_FLAGS, type RunFlag, type RunFlagGroup } from './run-flags.js';

/** Values come from the optimization, so no flag shows the default of a backtest. */
const FROZEN_FILTER_FLAGS: RunFlagGroup = {
  heading: 'Filters (off unless requested; optimized values unless given):',
  flags: FILTER_FLAGS.flags.map(({ default: _default, ...flag }): RunFlag => flag),
};

/**
 * Returns the flags of a run that forward tests have: period, money, execution, filters; parameters and stops are frozen.
 *
 * @param without - Keys that the command takes in another way.
 */
export function forwardFlagGroups(without: readonly string[] = []): readonly RunFlagGroup[] {
  const [period, money, execution] = optimizeFlagGroups({
    without,
    formerly: { start: '--fwd-start', end: '--fwd-end' },
  });
  return [
    { heading: 'Market and period:', flags: period!.flags.map(forwardWords) },
    money!,
    {
      heading: 'Execution (stops are those of the optimization):',
      flags: execution!.flags.filter(({ key }) => key !== 'allow_wide_stops'),
    },
    FROZEN_FILTER_FLAGS,
  ];
}

/**
 * Adds what both forward-test commands have.
 *
 * @param command - Made by `createCommand`.
 * @param groups - From `forwardFlagGroups`.
 * @param addOutputs - Adds what else the command writes. Default: nothing.
 */
export function addForwardFlags(
  command: Command,
  groups: readonly RunFlagGroup[],
  addOutputs: (command: Command) => Command = (own) => own,
): Command {
  command.option(
    '--param-config <file>',
    'File of the optimized parameters',
    'config/best_params.yaml',
  );
  command.option(
    '--look <date>',
    'Declare the date of the single look that this test is judged at; stored with the parameters (default: the first test)',
  );
  for (const group of groups) addRunFlags(command, group);
  command.optionsGroup('Output (always: report, trade log and plots in results/forward_test/):');
  return addOutputs(command)
    .option('--json', 'Print one JSON object instead of the summary')
    .option('--log <level>', `Log level on standard error: ${LOG_LEVELS.join(', ')}`, 'warn')
    .optionsGroup('Help:');
}

function forwardWords({ default: fallback, ...flag }: RunFlag): RunFlag {
  switch (flag.key) {
    case 'start':
      return { ...flag, description: 'First candle of the forward period, UTC; required' };
    case 'end':
      return {
        ...flag,
        description: 'The forward period ends before this candle, UTC (default: all)',
      };
    case 'interval':
    case 'market':
      return { ...flag, description: `${flag.description} (default: as optimized)` };
    default:
      return fallback === undefined ? flag : { ...flag, default: fallback };
  }
}
