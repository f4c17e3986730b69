import type { BotEvent } from './events.js';
import { patchObserved, type Turn } from './turn.js';

/** Events that change nothing but what the bot sees. */
export type Observation = Extract<
  BotEvent,
  {
    type:
      | 'price'
      | 'market-data'
      | 'account-data'
      | 'clock'
      | 'clock-disturbed'
      | 'funding-paid'
      | 'hold-back';
  }
>;

/** Takes over what the bot sees. */
export function observeEvent(turn: Turn, event: Observation): void {
  switch (event.type) {
    case 'price':
      if (event.bidPrice <= 0n || event.askPrice < event.bidPrice) break;
      patchObserved(turn, {
        bidPrice: event.bidPrice,
        askPrice: event.askPrice,
        priceTime: turn.time,
      });
      break;
    case 'market-data':
      patchObserved(turn, { marketData: event.status });
      break;
    case 'account-data':
      // Events may have been lost in between: look at everything.
      patchObserved(turn, {
        accountData: event.status,
        ...(event.status === 'fresh' && { accountTime: undefined, accountAskedTime: undefined }),
      });
      break;
    case 'clock':
      patchObserved(turn, { clockOffsetMs: event.offsetMs });
      break;
    case 'clock-disturbed':
      expireObserved(turn);
      break;
    case 'funding-paid':
      patchObserved(turn, { fundingPaid: true });
      break;
    case 'hold-back':
      patchObserved(turn, { heldBack: event.reasons });
      break;
  }
}

/** Nothing that is known is taken for new. */
export function expireObserved(turn: Turn): void {
  patchObserved(turn, {
    priceTime: 0,
    accountTime: undefined,
    accountAskedTime: undefined,
    clockOffsetMs: undefined,
  });
}
