import type { CandleSeries } from '../../candles/index.js';
import { alertOnce, endTrouble } from './reminders.js';
import type { Program } from './settings.js';
import { alert, patchObserved, type Turn } from './turn.js';

const TOPIC = 'strategy inputs';
/** With fewer candles a strategy may well have nothing to say. */
const SILENT_MIN = 50;

/**
 * Says once when a strategy decides on nothing: what it reads is undefined at the newest candle, or it has no signal on any
 * candle that it sees. Such a bot is flat for a reason that nobody would see.
 */
export function watchInputs(
  turn: Turn,
  { strategy, parameters, warmUp }: Program,
  series: CandleSeries,
  signals: Int8Array,
): void {
  const text = whyNothing(series, signals, warmUp, () =>
    strategy.undefinedAtNewest?.(series, parameters),
  );
  if (text !== turn.observed.inputsText) patchObserved(turn, { inputsText: text });
  if (text === undefined) {
    if (endTrouble(turn, TOPIC)) {
      alert(turn, 'info', 'inputs-defined', 'the strategy has data and signals again');
    }
    return;
  }
  const level = 'warning';
  alertOnce(turn, { level, code: 'inputs-undefined', topic: TOPIC }, text);
}

function whyNothing(
  series: CandleSeries,
  signals: Int8Array,
  warmUp: number,
  undefinedNames: () => readonly string[] | undefined,
): string | undefined {
  const names = undefinedNames() ?? [];
  if (names.length > 0) {
    return `the strategy has no data for the latest candle (undefined: ${names.join(', ')}), so it has no signal; check where its data ends`;
  }
  const seen = series.length - warmUp;
  if (seen < SILENT_MIN || signals.subarray(warmUp).some((signal) => signal !== 0))
    return undefined;
  return `the strategy has no signal on any of the latest ${seen} candles: if it reads other data, check where that data ends`;
}
