import type { Strategy } from '../../strategies/index.js';
import { type BotView, viewBot as viewResolved } from './bot-view.js';
import type { BotEvent } from './events.js';
import { resolveProgram } from './resolve-program.js';
import { type StepResult, step as stepResolved } from './step.js';
import type { BotState, LiveLimits, ResolvedContext } from './turn.js';

/** What a step may ask beyond its state: both are pure. */
export interface StepContext {
  readonly strategyOf: (name: string) => Strategy;
  readonly limits: LiveLimits;
}

const resolved = new WeakMap<StepContext, ResolvedContext>();

/**
 * Returns a context that resolves settings with the strategies, filters and rules of the backtest. The step itself knows
 * none of them: it loads little, and reaches pure folders only.
 */
export function resolvedContext(context: StepContext): ResolvedContext {
  const known = resolved.get(context);
  if (known !== undefined) return known;
  const { strategyOf, limits } = context;
  const made: ResolvedContext = {
    resolve: (settings) => resolveProgram(settings, strategyOf),
    limits,
  };
  resolved.set(context, made);
  return made;
}

/**
 * Takes one event: the whole of the trader is this pure function.
 *
 * @param state - Bot before the event.
 * @param event - What happened, and when.
 * @param context - Strategies and limits.
 * @returns The bot after the event, what it wants done, and when it wants to be woken.
 */
export function step(state: BotState, event: BotEvent, context: StepContext): StepResult {
  return stepResolved(state, event, resolvedContext(context));
}

/**
 * Returns a bot as a person wants to see it.
 *
 * @param state - The bot.
 * @param context - As it runs.
 * @param time - Now, ms UTC.
 */
export function viewBot(state: BotState, context: StepContext, time: number): BotView {
  return viewResolved(state, resolvedContext(context), time);
}
