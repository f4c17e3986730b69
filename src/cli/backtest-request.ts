import type { BacktestRunConfigInput } from '../config/index.js';
import { UsageError } from '../domain/index.js';
import { parseLogLevel } from './logger.js';
import { requireSwitches, runFlagValues } from './run-flags.js';

/** What a command line of `wus backtest` asks for: the run, and what to do with its result. */
export interface BacktestRequest {
  /** Strategy parameters, files and defaults not yet filled in. */
  readonly config: BacktestRunConfigInput;
  /** `name=value` words. */
  readonly parameterWords: readonly string[];
  readonly paramsFile: string | undefined;
  readonly dataFolder: string;
  readonly tradesFile: string | undefined;
  readonly traceFile: string | undefined;
  /** A path, or true for the default place. */
  readonly report: string | true | undefined;
  /** Sharpe ratio per year that a judgement expects, for the Monte Carlo of the report. */
  readonly expectedSharpe: number | undefined;
  /** The report opens in the browser. */
  readonly isOpened: boolean;
  readonly isForced: boolean;
  readonly isJson: boolean;
  readonly logLevel: ReturnType<typeof parseLogLevel>;
}

/**
 * Turns parsed options into a request; files are not touched.
 *
 * @param options - `command.opts()` of `wus backtest`.
 * @throws {UsageError} If `--log` is no level, or a flag sets something that is switched off.
 */
export function backtestRequest(options: Readonly<Record<string, unknown>>): BacktestRequest {
  const files = options.file as readonly string[] | undefined;
  const values = runFlagValues(options);
  requireSwitches(values);
  if (options.expectedSharpe !== undefined && options.report === undefined) {
    throw new UsageError('--expected-sharpe applies to the report only: add --report, or omit it');
  }
  return {
    config: {
      strategy: options.strategy as string,
      ...values,
      ...(files === undefined ? {} : { files }),
      ...(options.engine === undefined
        ? {}
        : { engine: options.engine as NonNullable<BacktestRunConfigInput['engine']> }),
    },
    parameterWords: (options.param as readonly string[] | undefined) ?? [],
    paramsFile: options.paramsFile as string | undefined,
    dataFolder: options.dataDir as string,
    tradesFile: options.tradesFile as string | undefined,
    traceFile: options.traceFile as string | undefined,
    // Whoever wants to see it wants it written.
    report: (options.report ?? (options.open === true ? true : undefined)) as
      | string
      | true
      | undefined,
    isOpened: options.open === true,
    expectedSharpe: options.expectedSharpe as number | undefined,
    isForced: options.force === true,
    isJson: options.json === true,
    logLevel: parseLogLevel(options.log as string),
  };
}
