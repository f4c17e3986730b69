import { type Decimal, divideDecimals, minDecimal, multiplyDecimals } from '../../domain/index.js';
import type { Fill, InstrumentRules } from '../../exchange/index.js';
import { commissionRateDecimal, type FeeShare, feeShareOf } from './fees.js';
import { bookFill, type Position } from './position.js';
import { notice, programOf, remember, type Turn } from './turn.js';

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
    prices: turn.senses.feePrices,
    commissionRate: commissionRateDecimal(programOf(turn).rules.commissionRate),
  });
  remember(turn, {
    position: bookFill(position, fill, share),
    ...(share.cost > 0n && { otherFees: otherFees + share.cost }),
    ...(share.fromStock > 0n && { foreignBase: (foreignBase ?? 0n) - share.fromStock }),
  });
  const { accountTime = 0, freed } = turn.senses;
  notice(turn, { changeTime: turn.time });
  // A look that was asked for after the fill has it already.
  if (fill.time <= accountTime) return;
  const amount = freedBy(position, fill, share, rules.market === 'spot' ? 1 : turn.senses.leverage);
  notice(turn, {
    quoteFree: turn.senses.quoteFree + amount,
    freed: [...freed, { time: fill.time, amount }],
  });
}

/** The free quote balance, on USD-M the margin available, after fills that the look at the account was asked for before. */
export function withFreed(
  turn: Turn,
  quoteFree: Decimal,
  askedTime: number,
): { readonly quoteFree: Decimal; readonly freed: Turn['senses']['freed'] } {
  const freed = turn.senses.freed.filter(({ time }) => time > askedTime);
  return { quoteFree: freed.reduce((sum, { amount }) => sum + amount, quoteFree), freed };
}

/** What a fill frees, or binds when negative: on USD-M the margin and the realised profit. Quote. */
function freedBy(position: Position, fill: Fill, share: FeeShare, leverage: number): Decimal {
  const notional = multiplyDecimals(fill.price, fill.quantity);
  const isEntry = (fill.side === 'buy') === position.side > 0;
  const fee = share.kind === 'quote' ? fill.commission : 0n;
  const margin = (amount: Decimal): Decimal => amount / BigInt(Math.max(1, Math.round(leverage)));
  if (isEntry) return -margin(notional) - fee;
  const { entered, entryNotional, side } = position;
  const quantity = minDecimal(fill.quantity, entered);
  const cost =
    entered === 0n
      ? notional
      : multiplyDecimals(entryNotional, divideDecimals(quantity, entered, 'nearest'));
  return margin(cost) + BigInt(side) * (notional - cost) - fee;
}
