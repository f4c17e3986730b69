import type { ExitReason } from '../../domain/index.js';
import type { Position } from './position.js';
import { persist, type Turn } from './turn.js';

/** Decides that a position leaves the market. */
export function decideExit(turn: Turn, position: Position, reason: ExitReason): void {
  persist(turn, { position: { ...position, exit: { reason, decidedTime: turn.time } } });
}
