import type { BacktestRunConfig } from '../config/index.js';
import type { Metrics } from '../metrics/index.js';
import { countText } from '../util/index.js';
import { isoTime } from './candle-period.js';
import { columnNotes } from './column-notes.js';
import type { EngineResult } from './engine.js';
import type { PreparedRun } from './prepare-run.js';

/**
 * Returns what a trader must know to read a result rightly: one sentence each, in the order of weight.
 *
 * @param config - What was asked for.
 * @param prepared - What was traded on.
 * @param run - What happened.
 * @param metrics - Its measures.
 */
export function runNotes(
  config: BacktestRunConfig,
  prepared: Pick<PreparedRun, 'candles' | 'period' | 'warmUp' | 'signals' | 'columns'>,
  run: EngineResult,
  metrics: Metrics,
): string[] {
  const { period, warmUp } = prepared;
  const missing = Math.min(warmUp, period.to) - period.from;
  const notes: (string | false)[] = [
    config.allow_overdraft &&
      'Overdraft allowed: this result used borrowed money without limit or interest.',
    run.ruinedAt !== undefined &&
      `Ruined on ${isoTime(run.ruinedAt)}: the balance was zero, and trading stopped.`,
    run.maxCumulativeLossTrippedAt !== undefined &&
      `Loss limit of ${config.max_cumulative_loss} reached on ${isoTime(run.maxCumulativeLossTrippedAt)}: no entries afterwards.`,
    costNote('Commission', config.commission_bps),
    costNote('Slippage', config.slippage_bps),
    run.skippedEntries > 0 && refusedNote(run.skippedEntries, config.leverage),
    config.market === 'spot' &&
      config.direction === 'both' &&
      'Long only: spot has no short positions; an opposite signal only closes.',
    config.market === 'usdm' && 'Funding not included.',
    config.start !== null &&
      missing > 0 &&
      `The first ${missing === 1 ? 'candle' : countText(missing, 'candle')} of the period ${missing === 1 ? 'is' : 'are'} used for warm-up; with earlier candles trading would start at once.`,
    ...columnNotes(prepared),
    metrics.ambiguousTrades > 0 &&
      `${countText(metrics.ambiguousTrades, 'trade is', 'trades are')} ambiguous: stop and take-profit were both in one candle, and the stop was assumed.`,
  ];
  return notes.filter((note) => note !== false);
}

/** Who writes a fraction where basis points count has costs ten thousand times too small. */
function costNote(name: string, bps: number): string | false {
  return (
    bps > 0 &&
    bps < 1 &&
    `${name} is ${bps} basis points, that is ${Number((bps / 100).toPrecision(6))} %; 0.1 % are 10 basis points.`
  );
}

/** Entries that the balance did not carry (S-29). */
function refusedNote(count: number, leverage: number): string {
  const [entries, they, their] =
    count === 1 ? ['entry', 'it', 'its'] : ['entries', 'they', 'their'];
  const why =
    leverage === 1
      ? `${they} cost more than the balance, including commission`
      : `${their} margin (notional / leverage) and commission exceeded the balance`;
  return `${count.toLocaleString('en-US')} ${entries} refused: ${why}.`;
}
