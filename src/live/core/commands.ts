import type { BotCommand } from './events.js';
import { isFlat } from './in-flight.js';
import { alert, patchObserved, persist, type StepContext } from './step-context.js';

/** Executes a command of a person. It is persisted: it holds for the orders in flight, and over restarts. */
export function handleCommand(
  ctx: StepContext,
  command: BotCommand,
  reason: string | undefined,
): void {
  const because = reason === undefined ? '' : ` (${reason})`;
  if (command === 'resume') {
    resume(ctx, because);
    return;
  }
  const { position } = ctx.memory;
  persist(ctx, {
    trading: isFlat(ctx.memory) ? 'halted' : 'reducing',
    ...(command === 'flatten' && { closeAll: 'manual' as const }),
  });
  patchObserved(ctx, { waitingEntry: undefined });
  // A limit order of a take-profit may miss its price: who wants out now leaves at market.
  const isForced = position?.exit?.reason === 'liquidation';
  if (command === 'flatten' && position !== null && !isForced) {
    const exit = { reason: 'manual', decidedTime: ctx.time } as const;
    persist(ctx, { position: { ...position, exit } });
  }
  const { code, text } = answer(ctx);
  alert(ctx, 'warning', code, `${text}${because}`);
}

/** Entries are allowed again. What `flatten` was about is closed anyway. */
function resume(ctx: StepContext, because: string): void {
  persist(ctx, { trading: 'active', mismatch: null });
  if (isFlat(ctx.memory)) persist(ctx, { closeAll: null });
  // What was taken as it is must agree with the account before anything is entered.
  patchObserved(ctx, {
    isAgreed: false,
    differenceTime: undefined,
    accountTime: undefined,
    accountAskedTime: undefined,
  });
  const rest = ctx.memory.closeAll === null ? '' : '; the open position is closed first';
  alert(ctx, 'info', 'resumed', `trading is active${rest}${because}`);
}

function answer(ctx: StepContext): {
  readonly code: 'halted' | 'flattening' | 'reducing';
  readonly text: string;
} {
  const { closeAll, position } = ctx.memory;
  if (isFlat(ctx.memory)) return { code: 'halted', text: 'no entries until resume' };
  if (closeAll === null) {
    const text =
      position === null
        ? 'no entries until resume; a position from the order in flight keeps its stop and exit signals'
        : 'no entries until resume; the open position keeps its stop and exit signals';
    return { code: 'reducing', text };
  }
  const text =
    position === null
      ? 'a position from the order in flight will be closed at market; no entries until resume'
      : 'the position is being closed at market; no entries until resume';
  return { code: 'flattening', text };
}

/** Carries on what was commanded: a position that opened since then leaves the market, and with nothing left the bot is flat. */
export function continueCommands(ctx: StepContext): void {
  const { closeAll, position, trading } = ctx.memory;
  if (closeAll !== null && position !== null && position.exit === null) {
    const exit = { reason: closeAll, decidedTime: ctx.time };
    persist(ctx, { position: { ...position, exit } });
  }
  if (!isFlat(ctx.memory)) return;
  if (trading === 'active' && closeAll !== null) persist(ctx, { closeAll: null });
  if (trading !== 'reducing') return;
  persist(ctx, { trading: 'halted' });
  alert(ctx, 'warning', 'halted', 'flat: no entries until resume');
}
