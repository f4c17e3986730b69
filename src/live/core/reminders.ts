import type { AlertCode, AlertLevel } from './effects.js';
import { alert, type ObservedState, patchObserved, type StepContext } from './step-context.js';

/** A trouble that lasts is said again after this. */
const REMINDER_MS = 3_600_000;

/** Beginnings of topics: exits that cannot leave, stops that cannot rest, orders that are refused again and again. */
export const BLOCKED_EXIT = 'exit:';
export const BLOCKED_STOP = 'stop:';
export const FAILED_ORDER = 'failed:';

/**
 * Says a trouble that shows itself again and again: at first, and as a reminder each hour while it lasts.
 *
 * @param ctx - The step in the making.
 * @param topic - Names the trouble; another one is said at once.
 * @param text - What happened, and what to do.
 */
export function alertOnce(
  ctx: StepContext,
  { level, code, topic }: { level: AlertLevel; code: AlertCode; topic: string },
  text: string,
): void {
  const { reminders } = ctx.observed;
  const saidTime = reminders[topic];
  if (saidTime !== undefined && ctx.time - saidTime < REMINDER_MS) return;
  patchObserved(ctx, { reminders: { ...reminders, [topic]: ctx.time } });
  alert(ctx, level, code, saidTime === undefined ? text : `still: ${text}`);
}

/** Ends a trouble. Returns whether it was said. */
export function endTrouble(ctx: StepContext, topic: string): boolean {
  const { [topic]: saidTime, ...rest } = ctx.observed.reminders;
  if (saidTime === undefined) return false;
  patchObserved(ctx, { reminders: rest });
  return true;
}

/** Ends all troubles whose topics begin with these words. */
export function endTroubles(ctx: StepContext, start: string): void {
  for (const topic of Object.keys(ctx.observed.reminders))
    if (topic.startsWith(start)) endTrouble(ctx, topic);
}

/** Whether a trouble whose topic begins with these words was said and lasts. */
export function isTroubled(
  { reminders }: Pick<ObservedState, 'reminders'>,
  start: string,
): boolean {
  return Object.keys(reminders).some((topic) => topic.startsWith(start));
}
