import type { BacktestResult } from '../backtest/index.js';
import { isSwitchedOn, type SettingValues, timeframeMs } from '../domain/index.js';
import { periodReturns } from '../metrics/index.js';
import { EXIT_AXES, FILTER_RULES, withoutLaterDefaults } from '../settings/index.js';
import type { Parameters } from '../strategies/index.js';
import type { LedgerWish } from './count-trials.js';
import { periodWeeks } from './judgement/period-weeks.js';
import { luckOfTrial, trialFigures } from './judgement/trial-judgement.js';
import { openLuckLedger } from './ledger/luck-ledger.js';
import { openTrialHasher } from './ledger/trial-hash.js';
import { ledgerName, openTrialLedger } from './ledger/trial-ledger.js';
import type { TrialSettings } from './trial-config.js';

/**
 * Counts a backtest as the one trial that it is: whoever tries settings by hand has chosen from them as well. Settings that were
 * tried before are not counted again.
 *
 * @param wish - Where trials are counted.
 * @param result - Of the backtest.
 * @param source - Hash of all candles, and of the code of a user's strategy.
 * @throws {UserError} If the ledger cannot be read or written.
 */
export async function countBacktest(
  wish: LedgerWish,
  result: BacktestResult,
  source: { readonly dataHash: string; readonly strategyHash: string | undefined },
): Promise<void> {
  const { candles, config, strategy, period, rules, run } = result;
  const settings = settingsOfRun(result);
  const subject = {
    strategy: strategy.name,
    symbol: candles.symbol,
    market: candles.market,
    interval: candles.timeframe,
  };
  const candleMs = timeframeMs(candles.timeframe);
  const ledger = openTrialLedger(wish.folder, subject, {
    periodStart: candles.openTime[period.from]!,
    periodEnd: candles.openTime[period.to - 1]! + candleMs,
    ...source,
    startTime: wish.startTime,
  });
  const luckLedger = openLuckLedger(wish.folder, ledgerName(subject), subject);
  const hashOf = openTrialHasher(
    strategy,
    {
      signalSettings: () => settings.parameters,
      filterSettings: () => settings.filters,
      stopSettings: () => settings.stops,
    },
    {
      strategyHash: source.strategyHash,
      config,
      market: candles.market,
      symbol: candles.symbol,
    },
  );
  const hash = new Uint32Array(2);
  hashOf({ id: 0, signal: 0, filter: 0, stop: 0 }, hash);
  ledger.add(hash[0]!, hash[1]!);
  const newTrials = ledger.added;
  await ledger.close();
  const openTimes = candles.openTime.subarray(period.from, period.to);
  const returns = periodReturns(rules.initialBalance, run.equity, openTimes, candleMs);
  const figures = trialFigures(periodWeeks(candles, period), returns, undefined);
  await luckLedger.add({ luck: luckOfTrial(figures), newTrials });
}

/**
 * Returns the settings of a run as the trials of a grid have them.
 *
 * @param result - Of the run.
 */
export function settingsOfRun({ config, parameters }: BacktestResult): TrialSettings {
  const values = config as unknown as SettingValues;
  const on = FILTER_RULES.filter(({ apply }) => isSwitchedOn(values[apply.key]));
  return {
    parameters,
    filters: Object.fromEntries(
      on.flatMap(({ apply, settings, normal }) => {
        const own = normal(values);
        return [[apply.key, true], ...settings.map(({ key }) => [key, own[key]])];
      }),
    ) as Parameters,
    stops: withoutLaterDefaults(
      Object.fromEntries(EXIT_AXES.map(({ key }) => [key, values[key]!])),
    ),
  };
}
