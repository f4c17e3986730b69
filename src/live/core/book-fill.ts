import { type Decimal, divideDecimals, minDecimal, multiplyDecimals } from '../../domain/index.js';
import type { Fill, InstrumentRules } from '../../exchange/ports/index.js';
import type { BotEvent } from './events.js';
import { commissionRateDecimal, type FeeShare, feeShareOf } from './fees.js';
import { bookFill, type Position } from './position.js';
import { patchObserved, persist, programOf, type Turn } from './turn.js';

/** Books a fill to a position, and at once what it does to the balances that the next look at the account will show. */
export function bookToPosition(
  turn: Turn,
  position: Position,
  fill: Fill,
  rules: InstrumentRules,
): void {
  const { foreignBase, otherFees } = turn.memory;
  const share = feeShareOf(fill, position.side, {
    rules,
    stock: foreignBase ?? 0n,
    prices: turn.memory.feePrices,
    commissionRate: commissionRateDecimal(programOf(turn).rules.commissionRate),
  });
  persist(turn, {
    position: bookFill(position, fill, share),
    ...(share.cost > 0n && { otherFees: otherFees + share.cost }),
    ...(share.fromStock > 0n && { foreignBase: (foreignBase ?? 0n) - share.fromStock }),
  });
  const { accountTime = 0, freed } = turn.observed;
  patchObserved(turn, { changeTime: turn.time });
  // A look that was asked for after the fill has it already.
  if (fill.time <= accountTime) return;
  const amount = freedBy(turn, position, fill, share);
  patchObserved(turn, {
    quoteFree: turn.observed.quoteFree + amount,
    freed: [...freed, { time: fill.time, amount }],
  });
}

/** The free quote balance, on USD-M the margin available, after fills that the look at the account was asked for before. */
export function withFreed(
  turn: Turn,
  quoteFree: Decimal,
  askedTime: number,
): { readonly quoteFree: Decimal; readonly freed: Turn['observed']['freed'] } {
  const freed = turn.observed.freed.filter(({ time }) => time > askedTime);
  return { quoteFree: freed.reduce((sum, { amount }) => sum + amount, quoteFree), freed };
}

/**
 * Returns what the position of a look at the account binds of the margin available: the exchange counts its margin at the
 * mark price and its unrealised profit as available, not what it cost.
 *
 * @param account - The look.
 * @returns `undefined` without a position, on spot, and where the exchange did not tell.
 */
export function boundBy({
  positions,
  rules,
  leverage = 1,
}: Pick<
  Extract<BotEvent, { type: 'account' }>,
  'positions' | 'rules' | 'leverage'
>): Turn['observed']['bound'] {
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
function freedBy(turn: Turn, position: Position, fill: Fill, share: FeeShare): Decimal {
  const { rules, leverage: stands, bound } = turn.observed;
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
  patchObserved(turn, {
    bound: { quantity: bound.quantity - part, amount: bound.amount - released },
  });
  const rest =
    quantity === part ? 0n : multiplyDecimals(cost, divideDecimals(quantity - part, quantity));
  return released + margin(rest) + profit;
}
