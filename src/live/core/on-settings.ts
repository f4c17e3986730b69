import { type BotSettings, FIXED_WHILE_RUNNING, settingsProblem } from './settings.js';
import { alert, persist, type StepContext } from './step-context.js';

/** New settings wait until the bot is flat; some things need another bot. */
export function onSettings(ctx: StepContext, wanted: BotSettings): void {
  const settings = { ...wanted, bot: ctx.memory.settings.bot };
  const problem = changeProblem(ctx, settings);
  if (problem !== undefined) {
    alert(ctx, 'warning', 'settings-refused', problem);
    return;
  }
  persist(ctx, { pendingSettings: settings });
  alert(ctx, 'info', 'settings-pending', 'new settings apply when the bot is flat');
}

function changeProblem(ctx: StepContext, settings: BotSettings): string | undefined {
  const now = ctx.memory.settings;
  const fixed = FIXED_WHILE_RUNNING.find((key) => settings.run[key] !== now.run[key]);
  if (fixed !== undefined) return `${fixed} cannot change while the bot runs`;
  const problem = settingsProblem(settings);
  if (problem !== undefined) return problem;
  try {
    const { warmUp } = ctx.env.resolve(settings);
    const kept = ctx.candles.size;
    return warmUp < kept
      ? undefined
      : `it needs ${warmUp + 1} candles of history, but the bot keeps ${kept}: restart it with more`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
