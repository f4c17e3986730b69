import { candleRange } from '../../candles/index.js';
import { degradationsIn, degradationText, instant, type ParityContext } from './parity-context.js';

/** The bot keeps between once and twice as many candles as it must: these multiples are tried. */
const KEPT_MULTIPLES = [1, 1.25, 1.5, 1.75, 2];

/**
 * Returns the evidence that the bot may have seen another signal than the recorded candles give: it met other candles than the
 * file has, or fewer. `undefined` where nothing shows that.
 *
 * @param openTime - Open time of the signal candle, ms UTC.
 * @param signal - That the bot followed, if one is known.
 */
export function signalEvidence(
  context: ParityContext,
  openTime: number,
  signal?: number,
): string | undefined {
  const { memory, lengthMs } = context;
  const span = Math.max(1, memory.candlesKept) * 2 * lengthMs;
  const from = openTime - span;
  const holes = degradationsIn(context, { from, to: openTime }, ['candles-missing']);
  if (holes.length > 0) return degradationText(holes);
  const day = context.unequal.find(
    ({ fromTime, toTime }) => toTime >= from && fromTime <= openTime,
  );
  if (day !== undefined)
    return `the bot saw different candles than the file, from ${instant(day.fromTime)} to ${instant(day.toTime)}`;
  const at = context.indexOf(openTime);
  if (at < 0) return `the file has no candle of ${instant(openTime)}`;
  if (signal === undefined) return undefined;
  const kept = KEPT_MULTIPLES.map((multiple) => Math.round(memory.candlesKept * multiple)).find(
    (count) => count > 0 && count <= at && signalOf(context, at, count) === signal,
  );
  return kept === undefined
    ? undefined
    : `the bot sees about ${kept} candles, the file has a longer history: start the bot with more --days`;
}

function signalOf({ candles, result, strategy }: ParityContext, at: number, count: number): number {
  const seen = candleRange(candles, at + 1 - count, at + 1);
  return strategy?.signals(seen, result.parameters)[count - 1] ?? 0;
}
