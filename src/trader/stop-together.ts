import type { BotSession } from './bot-session.js';

/** What the stop of all bots may take, real ms: less than service managers wait. */
const STOP_MS_MAX = 15_000;

/**
 * Stops bots: none enters any more before the first is waited for, and all are waited for at once. One that hangs, or
 * fails, does not hold up the others.
 *
 * @param sessions - The bots of one process.
 * @param stopMsMax - How long they are waited for; real ms.
 */
export async function stopTogether(
  sessions: readonly Pick<BotSession, 'blockEntries' | 'stop'>[],
  stopMsMax = STOP_MS_MAX,
): Promise<void> {
  for (const session of sessions) session.blockEntries();
  let timer: NodeJS.Timeout | undefined;
  const isOver = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopMsMax);
  });
  await Promise.race([Promise.allSettled(sessions.map((session) => session.stop())), isOver]);
  clearTimeout(timer);
}
