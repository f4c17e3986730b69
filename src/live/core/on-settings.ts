import { type BotSettings, FIXED_WHILE_RUNNING, settingsProblem } from './settings.js';
import { alert, persist, type Turn } from './turn.js';

/** New settings wait until the bot is flat; some things need another bot. */
export function onSettings(turn: Turn, wanted: BotSettings): void {
  const settings = { ...wanted, bot: turn.memory.settings.bot };
  const problem = changeProblem(turn, settings);
  if (problem !== undefined) {
    alert(turn, 'warning', 'settings-refused', problem);
    return;
  }
  persist(turn, { pendingSettings: settings });
  alert(turn, 'info', 'settings-pending', 'new settings apply when the bot is flat');
}

function changeProblem(turn: Turn, settings: BotSettings): string | undefined {
  const now = turn.memory.settings;
  const fixed = FIXED_WHILE_RUNNING.find((key) => settings.run[key] !== now.run[key]);
  if (fixed !== undefined) return `${fixed} cannot change while the bot runs`;
  const problem = settingsProblem(settings);
  if (problem !== undefined) return problem;
  try {
    const { warmUp } = turn.context.resolve(settings);
    const kept = turn.candles.size;
    return warmUp < kept
      ? undefined
      : `it needs ${warmUp + 1} candles of history, but the bot keeps ${kept}: restart it with more`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
