import { type Decimal, divideDecimals, minDecimal, multiplyDecimals } from '../../domain/index.js';
import type { Fill, InstrumentRules } from '../../exchange/ports/index.js';
import type { BotEvent } from './events.js';
import { commissionRateDecimal, type FeeShare, feeShareOf } from './fees.js';
import { bookFill, type Position } from './position.js';
import { patchObserved, persist, programOf, type StepContext } from './step-context.js';

/** Books a fill to a position, and at once what it does to the balances that the next account update will show. */
export function bookToPosition(
  ctx: StepContext,
  position: Position,
  fill: Fill,
  rules: InstrumentRules,
): void {
  const { foreignBase, otherFees } = ctx.memory;
  const share = feeShareOf(fill, position.side, {
    rules,
    stock: foreignBase ?? 0n,
    prices: ctx.memory.feePrices,
    commissionRate: commissionRateDecimal(programOf(ctx).rules.commissionRate),
  });
  persist(ctx, {
    position: bookFill(position, fill, share),
    ...(share.cost > 0n && { otherFees: otherFees + share.cost }),
    ...(share.fromStock > 0n && { foreignBase: (foreignBase ?? 0n) - share.fromStock }),
  });
  const { accountTime = 0, freed } = ctx.observed;
  patchObserved(ctx, { changeTime: ctx.time });
  // A look that was asked for after the fill has it already.
  if (fill.time <= accountTime) return;
  const amount = freedBy(ctx, position, fill, share);
  patchObserved(ctx, {
    quoteFree: ctx.observed.quoteFree + amount,
    freed: [...freed, { time: fill.time, amount }],
  });
}

/** The free quote balance, on USD-M the margin available, after fills since the account update was requested. */
export function withFreed(
  ctx: StepContext,
  quoteFree: Decimal,
  askedTime: number,
): { readonly quoteFree: Decimal; readonly freed: StepContext['observed']['freed'] } {
  const freed = ctx.observed.freed.filter(({ time }) => time > askedTime);
  return { quoteFree: freed.reduce((sum, { amount }) => sum + amount, quoteFree), freed };
}

/**
 * Returns what the position of an account update binds of the margin available: the exchange counts its margin at the
 * mark price and its unrealised profit as available, not what it cost.
 *
 * @param account - The look.
 * @returns `undefined` without a position, on spot, and where the exchange did not report it.
 */
export function boundBy({
  positions,
  rules,
  leverage = 1,
}: Pick<
  Extract<BotEvent, { type: 'account' }>,
  'positions' | 'rules' | 'leverage'
>): StepContext['observed']['bound'] {
  const seen = positions?.find(({ symbol }) => symbol === rules.symbol);
  if (seen === undefined || seen.quantity === 0n) return undefined;
  const { markPrice, unrealizedPnl, initialMargin } = seen;
  const quantity = seen.quantity < 0n ? -seen.quantity : seen.quantity;
  const margin =
    markPrice === undefined
      ? initialMargin
      : marginOf(multiplyDecimals(markPrice, quantity), leverage);
  if (margin === undefined || unrealizedPnl === undefined) return undefined;
  return { quantity, amount: margin - unrealizedPnl };
}

function marginOf(notional: Decimal, leverage: number): Decimal {
  return notional / BigInt(Math.max(1, Math.round(leverage)));
}

/** What a fill frees, or binds when negative: on USD-M the margin and the realised profit. Quote. */
function freedBy(ctx: StepContext, position: Position, fill: Fill, share: FeeShare): Decimal {
  const { rules, leverage: stands, bound } = ctx.observed;
  const leverage = rules?.market === 'usdm' ? stands : 1;
  const notional = multiplyDecimals(fill.price, fill.quantity);
  const isEntry = (fill.side === 'buy') === position.side > 0;
  const fee = share.kind === 'quote' ? fill.commission : 0n;
  const margin = (amount: Decimal): Decimal => marginOf(amount, leverage);
  if (isEntry) return -margin(notional) - fee;
  const { entered, entryNotional, side } = position;
  const quantity = minDecimal(fill.quantity, entered);
  const cost =
    entered === 0n
      ? notional
      : multiplyDecimals(entryNotional, divideDecimals(quantity, entered, 'nearest'));
  const profit = BigInt(side) * (notional - cost) - fee;
  if (bound === undefined || bound.quantity === 0n) return margin(cost) + profit;
  // The part of the position that the look had; what was entered since bound what it cost.
  const part = minDecimal(quantity, bound.quantity);
  const released = multiplyDecimals(
    bound.amount,
    divideDecimals(part, bound.quantity, 'nearest'),
    'nearest',
  );
  patchObserved(ctx, {
    bound: { quantity: bound.quantity - part, amount: bound.amount - released },
  });
  const rest =
    quantity === part ? 0n : multiplyDecimals(cost, divideDecimals(quantity - part, quantity));
  return released + margin(rest) + profit;
}
