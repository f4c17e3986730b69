import { type CandleRun, timeText } from '../../candles/index.js';
import type { CandleFileCheck, CheckedContent } from '../../history/index.js';
import { countText } from '../../util/index.js';
import { textTable } from '../text-table.js';
import { spanText } from './data-words.js';

const LISTED = 10;

/**
 * Describes a checked file in aligned lines.
 *
 * @param check - What was found.
 * @param listsAll - List all gaps and runs instead of the first ten.
 */
export function checkSummary(check: CandleFileCheck, listsAll: boolean): string {
  const limit = listsAll ? Number.POSITIVE_INFINITY : LISTED;
  const rows = check.content === undefined ? [] : contentRows(check.content, limit);
  const problems =
    check.problemCount === 0
      ? [['Problems', 'none']]
      : listed('Problems', countText(check.problemCount, 'problem'), check.problems, {
          limit: check.problems.length,
          total: check.problemCount,
        });
  const notes = check.notes.map((note, i) => [i === 0 ? 'Notes' : '', note]);
  return [check.file, ...indented(textTable([...rows, ...notes, ...problems], 'll'))].join('\n');
}

function contentRows(content: CheckedContent, limit: number): string[][] {
  const { gaps, missing, oddities, candles } = content;
  const { zeroVolume, frozenPrices, hugeWicks, largestWick } = oddities;
  const instrument = [content.symbol ?? 'unknown symbol', content.market ?? '', content.timeframe];
  const share = missing / (missing + candles);
  return [
    ['Instrument', instrument.filter((word) => word !== '').join(' ')],
    ['Candles', candles.toLocaleString('en-US')],
    ['Span', spanText(content.startTime, content.endTime)],
    ...(content.extraColumns.length === 0
      ? []
      : [['Other columns', content.extraColumns.join(', ')]]),
    ...listed(
      'Gaps',
      gaps.length === 0
        ? 'none'
        : `${gaps.length}, ${countText(missing, 'candle')} missing (${shareText(share)})`,
      gaps.map(
        (gap) => `${spanText(gap.startTime, gap.endTime)}  ${countText(gap.missing, 'candle')}`,
      ),
      { limit },
    ),
    ...listed(
      'Zero volume',
      runsText(zeroVolume.candles, zeroVolume.runs),
      zeroVolume.runs.map(runText),
      { limit },
    ),
    ...listed(
      'Frozen price',
      frozenPrices.length === 0
        ? 'none'
        : `${countText(frozenPrices.length, 'run')} of 5 or more flat candles at one price`,
      frozenPrices.map(runText),
      { limit },
    ),
    ['Flat candles', oddities.flatCandles.toLocaleString('en-US')],
    ...listed(
      'Wicks >= 99 %',
      hugeWicks.length === 0 ? 'none' : countText(hugeWicks.length, 'candle'),
      hugeWicks.map((wick) => `${timeText(wick.openTime)}  ${wick.side}  ${percent(wick.share)}`),
      { limit },
    ),
    ...(largestWick === undefined
      ? []
      : [
          [
            'Largest wick',
            `${percent(largestWick.share)} ${largestWick.side}, ${timeText(largestWick.openTime)}`,
          ],
        ]),
  ];
}

function runsText(candles: number, runs: readonly CandleRun[]): string {
  if (runs.length === 0) return 'none';
  return `${countText(candles, 'candle')} in ${countText(runs.length, 'run')}`;
}

function runText(run: CandleRun): string {
  return `${timeText(run.openTime)}  ${countText(run.candles, 'candle')}`;
}

function listed(
  label: string,
  headline: string,
  items: readonly string[],
  { limit, total = items.length }: { readonly limit: number; readonly total?: number },
): string[][] {
  const shown = items.slice(0, limit).map((item) => ['', `  ${item}`]);
  const hidden = total - shown.length;
  const rest = hidden > 0 ? [['', `  and ${hidden.toLocaleString('en-US')} more`]] : [];
  return [[label, headline], ...shown, ...rest];
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(3)} %`;
}

/** Two digits, and never 100 % of what is not all. */
function shareText(share: number): string {
  const value = 100 * share;
  if (value >= 99.5) return `${Math.min(value, 99.99).toFixed(2)} %`;
  return value >= 10 ? `${value.toFixed(0)} %` : `${value.toPrecision(2)} %`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
