import type { LoadedCandles } from '../history/index.js';
import type { Provenance } from '../report/index.js';
import { countText } from '../util/index.js';
import { packageVersion } from './package-version.js';

/** Said of every result on made-up candles. */
export const SYNTHETIC_NOTE =
  'SYNTHETIC candles from a seeded random generator: results say nothing about a real market.';

/**
 * Says whether candles were made up.
 *
 * @param loaded - Candles of a run.
 */
export function isSynthetic({ candles }: LoadedCandles): boolean {
  return candles.symbol.startsWith('SYNTHETIC');
}

/**
 * Returns what a reader must know about candles, one sentence each.
 *
 * @param loaded - Candles of a run.
 * @param startTime - Open time of the first candle whose gaps matter, ms UTC. Default: of all candles.
 * @param endTime - Close time of the last one.
 */
export function candleNotes(
  loaded: LoadedCandles,
  startTime = Number.NEGATIVE_INFINITY,
  endTime = Number.POSITIVE_INFINITY,
): string[] {
  return [
    ...(isSynthetic(loaded) ? [SYNTHETIC_NOTE] : []),
    ...loaded.warnings,
    ...gapNotes(loaded, startTime, endTime),
  ];
}

function gapNotes(loaded: LoadedCandles, startTime: number, endTime: number): string[] {
  const gaps = loaded.gaps.filter((gap) => gap.startTime > startTime && gap.endTime < endTime);
  if (gaps.length === 0) return [];
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  return [
    `${countText(missing, 'candle is', 'candles are')} missing in ${countText(gaps.length, 'gap')}; gaps are not filled, and no position is entered across a gap.`,
  ];
}

/**
 * Returns where a result comes from, for its report.
 *
 * @param loaded - Candles of the run.
 * @param command - Command line that ran.
 */
export function provenanceOf(loaded: LoadedCandles, command: string): Provenance {
  return {
    command,
    dataHash: loaded.dataHash,
    files: loaded.files,
    version: packageVersion(),
    createdTime: Date.now(),
    synthetic: isSynthetic(loaded),
  };
}
