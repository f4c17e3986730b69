import { type Decimal, trimDecimal } from '../../domain/index.js';
import type { Position as ExchangePosition } from '../../exchange/ports/index.js';
import type { BotEvent } from './events.js';
import { alertOnce, endTrouble } from './reminders.js';
import { alert, levelsOf, patchObserved, type Turn } from './turn.js';

const HEDGED = 'hedge mode';
const BEYOND = 'stop beyond liquidation';

/**
 * Says what a look at a USD-M account shows of its modes: hedge mode, in which nothing is entered, and a position that the
 * exchange would close by force before its stop does.
 */
export function watchMargin(turn: Turn, account: Extract<BotEvent, { type: 'account' }>): void {
  const own = (account.positions ?? []).filter(({ symbol }) => symbol === account.rules.symbol);
  const isHedged =
    account.isHedged === true || own.some(({ hedgeSide }) => hedgeSide !== undefined);
  if (isHedged !== turn.observed.isHedged) patchObserved(turn, { isHedged });
  if (isHedged) {
    const text =
      'the account is in hedge mode, in which a symbol can have a long and a short position: no entries; close all positions and set one-way mode';
    alertOnce(turn, { level: 'alarm', code: 'hedge-mode', topic: HEDGED }, text);
  } else if (endTrouble(turn, HEDGED)) {
    alert(turn, 'info', 'one-way-mode', 'the account is in one-way mode again');
  }
  watchLiquidation(turn, own);
}

/** What the symbol has, all sides together; signed, base. */
export function quantityOf(account: Extract<BotEvent, { type: 'account' }>): Decimal {
  const own = (account.positions ?? []).filter(({ symbol }) => symbol === account.rules.symbol);
  return own.reduce((sum, { quantity }) => sum + quantity, 0n);
}

function watchLiquidation(turn: Turn, own: readonly ExchangePosition[]): void {
  const { position } = turn.memory;
  const liquidation = own.find(({ liquidationPrice }) => liquidationPrice !== undefined);
  const price = liquidation?.liquidationPrice;
  const stop =
    position === null || position.entered === 0n
      ? undefined
      : levelsOf(turn, position, turn.observed.rules?.tickSize ?? 1n).stop?.price;
  const isBeyond =
    price !== undefined &&
    price > 0n &&
    stop !== undefined &&
    (position?.side === 1 ? stop <= price : stop >= price);
  if (!isBeyond) {
    endTrouble(turn, BEYOND);
    return;
  }
  const text = `the liquidation price ${trimDecimal(price)} comes before the stop at ${trimDecimal(stop)}: add margin, set the symbol to cross margin or a lower leverage, or close the position`;
  alertOnce(turn, { level: 'alarm', code: 'stop-beyond-liquidation', topic: BEYOND }, text);
}
