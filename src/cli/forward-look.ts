import path from 'node:path';
import type { CandleSeries } from '../candles/index.js';
import { type BestParamsEntry, writeBestParams } from '../config/index.js';
import { parseUtcTime, UsageError, UserError } from '../domain/index.js';
import type { EarlierLooks, ForwardTest } from '../forward-test/index.js';
import { type LuckLedger, ledgerName, luckOfTrial, openLuckLedger } from '../optimize/index.js';
import type { Strategy } from '../strategies/index.js';
import { LEDGER_FOLDER } from './ledger-folder.js';
import type { Terminal } from './terminal.js';

/** What `--look` and the file of best parameters say about the look. */
export interface LookWish {
  /** `--look`. */
  readonly look: string | undefined;
  readonly paramFile: string;
}

/**
 * Opens what is remembered of the forward tests of a strategy and instrument.
 *
 * @param terminal - For its folder.
 * @param candles - Instrument.
 * @param strategy - Whose tests.
 */
export function forwardLedger(
  { workingFolder }: Pick<Terminal, 'workingFolder'>,
  { symbol, market, timeframe }: CandleSeries,
  strategy: Strategy,
): LuckLedger {
  const name = ledgerName({ strategy: strategy.name, symbol, market, interval: timeframe });
  return openLuckLedger(path.resolve(workingFolder, LEDGER_FOLDER), `${name}_forward`);
}

/**
 * Returns the looks that a forward test must know.
 *
 * @param wish - Of this command.
 * @param entry - Frozen parameters.
 * @param ledger - Earlier forward tests.
 * @throws {UsageError} If the date is none, or another one was declared.
 */
export function earlierLooks(
  wish: LookWish,
  entry: Pick<BestParamsEntry, 'forward_look'>,
  ledger: LuckLedger,
): EarlierLooks {
  const declared = timeOf(wish.look, '--look');
  const stored = timeOf(entry.forward_look, `forward_look in ${wish.paramFile}`);
  if (declared !== undefined && stored !== undefined && declared !== stored) {
    throw new UsageError(
      `--look ${wish.look}: the look of these parameters is declared for ${entry.forward_look} and cannot be changed; omit --look`,
    );
  }
  return { declared: stored ?? declared, tests: ledger.read().subject.winners };
}

/**
 * Checks that a look may still be declared: nobody has looked yet.
 *
 * @param wish - Of this command.
 * @param entry - Frozen parameters.
 * @param test - Finished forward test.
 * @throws {UsageError} If these settings were tested before.
 */
export function requireFirstLook(
  { look }: LookWish,
  entry: Pick<BestParamsEntry, 'forward_look'>,
  test: ForwardTest,
): void {
  const wasTested = test.newTest === undefined && test.seenShare === 0 && test.evidence.weeks > 0;
  if (look === undefined || entry.forward_look !== undefined || !wasTested) return;
  throw new UsageError(
    `--look ${look}: these settings were already tested from this start, and a look can be declared only before the first test; omit --look`,
  );
}

/**
 * Keeps a declared look with the frozen parameters and remembers the test.
 *
 * @param wish - Of this command.
 * @param entry - Frozen parameters.
 * @param test - Finished forward test.
 * @param ledger - Of forward tests.
 * @returns What a reader must know, one sentence each.
 */
export async function keepLook(
  { look, paramFile }: LookWish,
  entry: BestParamsEntry,
  test: ForwardTest,
  ledger: LuckLedger,
): Promise<string[]> {
  const { candles, strategy } = test.outOfSample;
  if (look !== undefined && entry.forward_look === undefined) {
    const named = { symbol: candles.symbol, strategy: strategy.name };
    await writeBestParams(paramFile, { ...named, entry: { ...entry, forward_look: look } });
  }
  if (test.newTest === undefined) return [];
  const { blocks, sums } = test.newTest;
  const weeks = {
    blocks: Int32Array.from(blocks),
    sums: Float64Array.from(sums),
    holdSums: new Float64Array(sums.length),
  };
  try {
    await ledger.addWinner(test.newTest, luckOfTrial(weeks));
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [
      `This look could not be recorded, so a later one would count as the first: ${error.message}.`,
    ];
  }
}

function timeOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const time = parseUtcTime(text);
  if (time !== undefined) return time;
  throw new UsageError(`${name} ${text}: it must be a date such as 2027-01-31`);
}
