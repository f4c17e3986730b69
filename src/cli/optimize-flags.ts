import { type Command, Option } from 'commander';
import {
  OBJECTIVE_NAMES,
  OPTIMIZE_ENGINES,
  SAMPLE_TRIALS_DEFAULT,
  SAMPLE_TRIALS_MAX,
} from '../optimize/index.js';
import { EXIT_AXES } from '../settings/index.js';
import { LOG_LEVELS } from './logger.js';
import { REQUIRED_VERDICTS } from './optimize-job.js';
import { countOption } from './option-values.js';
import {
  addRunFlags,
  FILTER_FLAGS,
  MONEY_FLAGS,
  PERIOD_FLAGS,
  type RunFlagGroup,
  STOP_FLAGS,
} from './run-flags.js';

/** Stops themselves come from the grid. */
const EXECUTION_FLAGS: RunFlagGroup = {
  heading: 'Execution (stops come from the grid):',
  flags: STOP_FLAGS.flags.filter((flag) => EXIT_AXES.every(({ key }) => key !== flag.key)),
};

const GRID_FILTER_FLAGS: RunFlagGroup = {
  heading: 'Filters (values from the grid, otherwise from these flags):',
  flags: FILTER_FLAGS.flags,
};

/**
 * Returns the flags of a run that optimizations have.
 *
 * @param options - `without`: keys that the command takes in another way. `formerly`: names of its two period flags before
 *   every command had `--start` and `--end`.
 */
export function optimizeFlagGroups({
  without = [],
  formerly,
}: {
  readonly without?: readonly string[];
  readonly formerly?: Readonly<Record<'start' | 'end', string>>;
} = {}): readonly RunFlagGroup[] {
  const flags = PERIOD_FLAGS.flags
    .filter(({ key }) => !without.includes(key))
    .map((flag) => {
      const isPeriod = flag.key === 'start' || flag.key === 'end';
      if (!isPeriod || formerly === undefined) return flag;
      return { ...flag, formerly: `${formerly[flag.key]} <date>` };
    });
  return [
    { heading: PERIOD_FLAGS.heading, flags },
    MONEY_FLAGS,
    EXECUTION_FLAGS,
    GRID_FILTER_FLAGS,
  ];
}

/**
 * Adds what both optimization commands have beside the flags of a run.
 *
 * @param command - Made by `createCommand`.
 * @param groups - From `optimizeFlagGroups`.
 */
export function addOptimizeFlags(command: Command, groups: readonly RunFlagGroup[]): Command {
  command
    .optionsGroup('Grid and result:')
    .option('--config <file>', 'Parameter grids', 'config/optimize_params.yaml')
    .option('--output-config <file>', 'File for the best settings', 'config/best_params.yaml')
    .option('--metric <name>', `Metric to optimize: ${OBJECTIVE_NAMES.join(', ')}`, 'sharpe_ratio')
    .option(
      '--min-trades <count>',
      'Combinations with fewer trades rank last',
      countOption('--min-trades', 0),
      10,
    )
    .option('--save-details', 'Write every combination to results/optimize/details/')
    .option('--resume', 'Continue the latest matching details file (implies --save-details)')
    .option('--yes', 'Start a search of more than a day without confirmation')
    .addOption(
      new Option(
        '--require <verdict>',
        'Write only a winner with at least this verdict; otherwise exit with 1',
      ).choices(REQUIRED_VERDICTS),
    )
    .addOption(new Option('--require-robust', 'Same as --require promising').hideHelp())
    .option(
      '--robust-sample <count>',
      `Random sample of combinations for the cross-validation, at most ${SAMPLE_TRIALS_MAX}; 0: none`,
      countOption('--robust-sample', 0),
      SAMPLE_TRIALS_DEFAULT,
    )
    .addOption(
      new Option(
        '--engine <name>',
        `Engine; the results are identical: ${OPTIMIZE_ENGINES.join(', ')}`,
      )
        .choices(OPTIMIZE_ENGINES)
        .default('fast'),
    );
  for (const group of groups) addRunFlags(command, group);
  return command
    .optionsGroup('Output:')
    .option('--json', 'Print one JSON object instead of the summary')
    .option('--log <level>', `Log level on standard error: ${LOG_LEVELS.join(', ')}`, 'warn');
}
