import type { AlertCode, AlertLevel } from './effects.js';
import { alert, type ObservedState, patchObserved, type Turn } from './turn.js';

/** A trouble that lasts is said again after this. */
const REMINDER_MS = 3_600_000;

/** Beginnings of topics: exits that cannot leave, stops that cannot rest, orders that are refused again and again. */
export const BLOCKED_EXIT = 'exit:';
export const BLOCKED_STOP = 'stop:';
export const FAILED_ORDER = 'failed:';

/**
 * Says a trouble that shows itself again and again: at first, and as a reminder each hour while it lasts.
 *
 * @param turn - The step in the making.
 * @param topic - Names the trouble; another one is said at once.
 * @param text - What happened, and what to do.
 */
export function alertOnce(
  turn: Turn,
  { level, code, topic }: { level: AlertLevel; code: AlertCode; topic: string },
  text: string,
): void {
  const { reminders } = turn.observed;
  const saidTime = reminders[topic];
  if (saidTime !== undefined && turn.time - saidTime < REMINDER_MS) return;
  patchObserved(turn, { reminders: { ...reminders, [topic]: turn.time } });
  alert(turn, level, code, saidTime === undefined ? text : `still: ${text}`);
}

/** Ends a trouble. Returns whether it was said. */
export function endTrouble(turn: Turn, topic: string): boolean {
  const { [topic]: saidTime, ...rest } = turn.observed.reminders;
  if (saidTime === undefined) return false;
  patchObserved(turn, { reminders: rest });
  return true;
}

/** Ends all troubles whose topics begin with these words. */
export function endTroubles(turn: Turn, start: string): void {
  for (const topic of Object.keys(turn.observed.reminders))
    if (topic.startsWith(start)) endTrouble(turn, topic);
}

/** Whether a trouble whose topic begins with these words was said and lasts. */
export function isTroubled(
  { reminders }: Pick<ObservedState, 'reminders'>,
  start: string,
): boolean {
  return Object.keys(reminders).some((topic) => topic.startsWith(start));
}
