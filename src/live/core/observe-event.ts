import type { BotEvent } from './events.js';
import { patchObserved, type StepContext } from './step-context.js';

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
export function observeEvent(ctx: StepContext, event: Observation): void {
  switch (event.type) {
    case 'price':
      if (event.bidPrice <= 0n || event.askPrice < event.bidPrice) break;
      patchObserved(ctx, {
        bidPrice: event.bidPrice,
        askPrice: event.askPrice,
        priceTime: ctx.time,
      });
      break;
    case 'market-data':
      patchObserved(ctx, { marketData: event.status });
      break;
    case 'account-data':
      // Events may have been lost in between: the account is fetched.
      patchObserved(ctx, {
        accountData: event.status,
        ...(event.status === 'fresh' && { accountTime: undefined, accountAskedTime: undefined }),
      });
      break;
    case 'clock':
      patchObserved(ctx, { clockOffsetMs: event.offsetMs });
      break;
    case 'clock-disturbed':
      expireObserved(ctx);
      break;
    case 'funding-paid':
      patchObserved(ctx, { fundingPaid: true });
      break;
    case 'hold-back':
      patchObserved(ctx, { heldBack: event.reasons });
      break;
  }
}

/** Nothing that is known is taken for new. */
export function expireObserved(ctx: StepContext): void {
  patchObserved(ctx, {
    priceTime: 0,
    accountTime: undefined,
    accountAskedTime: undefined,
    clockOffsetMs: undefined,
  });
}
