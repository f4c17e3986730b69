import type { ExitReason } from '../../domain/index.js';
import type { Position } from './position.js';
import { persist, type StepContext } from './step-context.js';

/** Decides that a position leaves the market. */
export function decideExit(ctx: StepContext, position: Position, reason: ExitReason): void {
  persist(ctx, { position: { ...position, exit: { reason, decidedTime: ctx.time } } });
}
