import { UserError } from '../../domain/index.js';
import { isFlat } from './in-flight.js';
import type { BotMemory } from './memory.js';
import { type BotSettings, settingsProblem } from './settings.js';

/** What the bot is: to change it, it must hold nothing. */
const FIXED_IN_POSITION = ['interval', 'leverage'] as const;

/**
 * Returns the memory of a bot that is started with settings which may differ from those it ran with: at once if it is flat,
 * otherwise they wait until it is.
 *
 * @param memory - As the journal kept it.
 * @param wanted - Settings wanted now.
 * @throws {UserError} If they belong to another bot, or need a flat one.
 */
export function adoptSettings(memory: BotMemory, wanted: BotSettings): BotMemory {
  const old = memory.settings;
  // The name of a bot is that of its state, whatever made it.
  const settings = { ...wanted, bot: old.bot };
  if (JSON.stringify(old) === JSON.stringify(settings)) {
    return memory.pendingSettings === null ? memory : { ...memory, pendingSettings: null };
  }
  const problem = settingsProblem(settings);
  if (problem !== undefined) throw new UserError(problem);
  const [before, now] = [old.run, settings.run].map(({ market, symbol }) => `${market} ${symbol}`);
  if (before !== now) {
    throw new UserError(
      `The saved state belongs to ${before}, not ${now}: use another state folder`,
    );
  }
  if (old.run.initial_balance !== settings.run.initial_balance) {
    throw new UserError(
      `The bot started with a balance of ${old.run.initial_balance}, not ${settings.run.initial_balance}: omit the balance, or use another state folder`,
    );
  }
  if (!isFlat(memory)) {
    const key = FIXED_IN_POSITION.find((name) => old.run[name] !== settings.run[name]);
    if (key !== undefined) {
      throw new UserError(
        `The bot holds a position on ${key} ${old.run[key]}, which cannot change to ${settings.run[key]} now: start it with ${old.run[key]} and flatten it first`,
      );
    }
    return { ...memory, pendingSettings: settings };
  }
  const isSameGrid = old.run.interval === settings.run.interval;
  return {
    ...memory,
    settings,
    pendingSettings: null,
    settingsSince: { time: memory.aliveTime, netPnl: memory.netPnl },
    // Other candles: what was handled says nothing about them.
    ...(!isSameGrid && {
      ...{ lastOpenTime: null, enteredSignalTime: null },
      ...{ candleChecksum: null, candleChecksums: [] },
    }),
    ...(old.run.strategy !== settings.run.strategy && { blockedSide: 0 }),
  };
}
