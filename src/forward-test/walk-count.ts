import { createHash } from 'node:crypto';
import type { SettingValues } from '../domain/index.js';
import {
  type LedgerRun,
  type LedgerWish,
  type LuckRecord,
  type LuckWinner,
  ledgerName,
  luckOfTrial,
  luckWinner,
  type OptimizeRequest,
  openLuckLedger,
  openTrialLedger,
  type TrialFigures,
  trialDecisions,
} from '../optimize/index.js';
import { FILTER_RULES, isAlwaysWritten } from '../settings/index.js';
import type { WalkForwardLengths } from './walk-forward-plan.js';

/** What makes a walk-forward another one, and where it is counted. */
export interface CountedWalk
  extends Pick<
    OptimizeRequest,
    | 'config'
    | 'strategy'
    | 'strategySource'
    | 'candles'
    | 'dataHash'
    | 'grid'
    | 'ranking'
    | 'ledger'
  > {
  readonly lengths: WalkForwardLengths;
}

/** How often something was tried before. */
export interface WalkCount {
  /** Different walk-forwards ever done on this strategy and instrument, this one included. */
  readonly walks: number;
  /** Distinct parameter sets ever evaluated; `undefined` when nobody counts. */
  readonly trials: number | undefined;
  /** What luck shows with all of them; `undefined` when nobody counts. */
  readonly record: LuckRecord | undefined;
  /** What tells this walk-forward from others. */
  readonly identity: string;
}

/**
 * Counts a walk-forward in a ledger of its own, beside that of the parameter sets: whoever tries lengths, grids and metrics
 * until one holds up has chosen as well. The same one is counted once, whatever the period, balance and costs.
 *
 * @param walk - The walk-forward.
 * @param run - Its period.
 * @param figures - Weeks of its tests; `undefined` where there are none.
 */
export async function countWalk(
  walk: CountedWalk,
  run: Pick<LedgerRun, 'periodStart' | 'periodEnd'>,
  figures: TrialFigures | undefined,
): Promise<WalkCount> {
  const hash = createHash('sha256').update(identityOf(walk)).digest();
  const identity = hash.toString('hex').slice(0, 16);
  if (walk.ledger === undefined)
    return { walks: 1, trials: undefined, record: undefined, identity };
  const { strategy, candles } = walk;
  const subject = {
    strategy: strategy.name,
    symbol: candles.symbol,
    market: candles.market,
    interval: candles.timeframe,
  };
  const note = noteOf(walk, walk.ledger, run);
  const trials = openTrialLedger(walk.ledger.folder, subject, note).count;
  const walks = { ...subject, strategy: `${strategy.name}_walk-forward` };
  const ledger = openTrialLedger(walk.ledger.folder, walks, note);
  ledger.add(hash.readUInt32LE(0), hash.readUInt32LE(4));
  await ledger.close();
  const luck = openLuckLedger(walk.ledger.folder, ledgerName(walks));
  if (figures !== undefined) {
    await luck.add({ luck: luckOfTrial(figures), newTrials: ledger.added, trials: 1, runs: 1 });
    await luck.addWinner(walkRecord(walk, figures, identity));
  }
  return { walks: ledger.count, trials, record: luck.read().subject, identity };
}

/** A walk-forward as the ledger remembers it. */
function walkRecord(
  { config, lengths }: CountedWalk,
  weeks: TrialFigures,
  identity: string,
): LuckWinner {
  return luckWinner({
    time: new Date().toISOString(),
    settings: {
      parameters: {
        walk: identity,
        train_days: lengths.trainDays,
        test_days: lengths.testDays,
        step_days: lengths.stepDays,
        anchored: lengths.anchored,
      },
      filters: {},
      stops: {},
    },
    run: config,
    weeks,
  });
}

function noteOf(
  { dataHash, strategySource }: CountedWalk,
  { startTime }: LedgerWish,
  run: Pick<LedgerRun, 'periodStart' | 'periodEnd'>,
): LedgerRun {
  return { ...run, dataHash, strategyHash: strategySource?.sha256, startTime };
}

function identityOf({ config, ...walk }: CountedWalk): string {
  const { direction, exit_on_neutral, re_entry, ...later } = trialDecisions(config);
  const values = config as unknown as SettingValues;
  const switches = FILTER_RULES.map(({ apply }) => apply.key);
  const laterFilters = switches.filter((key) => !isAlwaysWritten(key) && values[key] === true);
  const laterSettings = Object.keys(later).length === 0 ? [] : [later];
  return JSON.stringify([
    walk.strategySource?.sha256 ?? walk.strategy.name,
    [direction, exit_on_neutral, re_entry, ...laterSettings],
    [...switches.filter(isAlwaysWritten).map((key) => values[key]), ...laterFilters],
    walk.ranking,
    walk.grid.grid,
    walk.lengths,
  ]);
}
