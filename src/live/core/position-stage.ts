import { isForgotten } from './forgotten-orders.js';
import { isFlat, ordersOf } from './in-flight.js';
import { unreconciledOrder } from './lost-orders.js';
import { heldQuantity } from './position.js';
import type { Turn } from './turn.js';
import { isReconcilePending } from './unjournaled-orders.js';

/**
 * How the bot stands in the market.
 * `flat`: no position, and no order. `entering`: an entry order, and nothing of it filled yet. `open`: a position that
 * stays. `leaving`: a position with an exit that was decided. `doubtful`: the exchange must say first what the bot holds,
 * because the outcome of one of its orders is not known; it enters and exits only after the answer.
 */
export type PositionStage = 'flat' | 'entering' | 'open' | 'leaving' | 'doubtful';

/** The stages that may follow each one from step to step; ARCHITECTURE.md draws them. */
export const STAGES_AFTER: Readonly<Record<PositionStage, readonly PositionStage[]>> = {
  // An entry given up as never received that was executed after all is a position at once.
  flat: ['entering', 'open'],
  entering: ['flat', 'open', 'leaving', 'doubtful'],
  // A stop at the exchange ends a position in one step; the entry of a reversal may follow in the same one.
  open: ['flat', 'entering', 'leaving', 'doubtful'],
  // An exit at the price of the take-profit that misses it leaves the position open.
  leaving: ['flat', 'entering', 'open', 'doubtful'],
  doubtful: ['flat', 'entering', 'open', 'leaving'],
};

/** Returns the stage of a bot, from its orders, its position and what it still has to ask. */
export function positionStage(turn: Pick<Turn, 'memory' | 'observed'>): PositionStage {
  const { memory } = turn;
  if (isFlat(memory)) return 'flat';
  if (isDoubtful(turn)) return 'doubtful';
  if (memory.position === null) return 'entering';
  return memory.position.exit === null ? 'open' : 'leaving';
}

function isDoubtful(turn: Pick<Turn, 'memory' | 'observed'>): boolean {
  const { position } = turn.memory;
  const orders = ordersOf(turn.memory);
  if (orders.some(isForgotten)) return true;
  if (position === null) return orders.some(({ phase }) => phase === 'unknown');
  // An order given up, or of before the start, may have sold what is held.
  const isUnasked = unreconciledOrder(turn) !== undefined || isReconcilePending(turn);
  return isUnasked && heldQuantity(position) > 0n;
}
