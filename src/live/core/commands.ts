import type { BotCommand } from './events.js';
import { isFlat } from './in-flight.js';
import { alert, patchObserved, persist, type Turn } from './turn.js';

/** Obeys a person. A command is kept in the memory: it holds for what becomes of the orders under way, and over restarts. */
export function handleCommand(turn: Turn, command: BotCommand, reason: string | undefined): void {
  const because = reason === undefined ? '' : ` (${reason})`;
  if (command === 'resume') {
    resume(turn, because);
    return;
  }
  const { position } = turn.memory;
  persist(turn, {
    trading: isFlat(turn.memory) ? 'halted' : 'reducing',
    ...(command === 'flatten' && { closeAll: 'manual' as const }),
  });
  patchObserved(turn, { waitingEntry: undefined });
  // A limit order of a take-profit may miss its price: who wants out now leaves at market.
  const isForced = position?.exit?.reason === 'liquidation';
  if (command === 'flatten' && position !== null && !isForced) {
    const exit = { reason: 'manual', decidedTime: turn.time } as const;
    persist(turn, { position: { ...position, exit } });
  }
  const { code, text } = answer(turn);
  alert(turn, 'warning', code, `${text}${because}`);
}

/** Entries are allowed again. What `flatten` was about is closed all the same. */
function resume(turn: Turn, because: string): void {
  persist(turn, { trading: 'active', mismatch: null });
  if (isFlat(turn.memory)) persist(turn, { closeAll: null });
  // What was taken as it is must agree with the account before anything is entered.
  patchObserved(turn, {
    isAgreed: false,
    differenceTime: undefined,
    accountTime: undefined,
    accountAskedTime: undefined,
  });
  const rest = turn.memory.closeAll === null ? '' : '; the open position is closed first';
  alert(turn, 'info', 'resumed', `trading is active${rest}${because}`);
}

function answer(turn: Turn): {
  readonly code: 'halted' | 'flattening' | 'reducing';
  readonly text: string;
} {
  const { closeAll, position } = turn.memory;
  if (isFlat(turn.memory)) return { code: 'halted', text: 'no entries until resume' };
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
export function continueCommands(turn: Turn): void {
  const { closeAll, position, trading } = turn.memory;
  if (closeAll !== null && position !== null && position.exit === null) {
    const exit = { reason: closeAll, decidedTime: turn.time };
    persist(turn, { position: { ...position, exit } });
  }
  if (!isFlat(turn.memory)) return;
  if (trading === 'active' && closeAll !== null) persist(turn, { closeAll: null });
  if (trading !== 'reducing') return;
  persist(turn, { trading: 'halted' });
  alert(turn, 'warning', 'halted', 'flat: no entries until resume');
}
