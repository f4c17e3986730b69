import { DAY_MS, decimalToNumber } from '../../domain/index.js';
import { moneyText } from './amount-text.js';
import { profitAt } from './position.js';
import { alert, exitPriceOf, persist, programOf, type Turn } from './turn.js';

/** Loss of the closed trades of the present UTC day, what they left over valued; quote, negative is a profit. */
export function lossOfDay(turn: Pick<Turn, 'memory' | 'time'>): number {
  const { memory, time } = turn;
  if (memory.day !== Math.floor(time / DAY_MS)) return 0;
  return -decimalToNumber(memory.dayPnl + memory.dayDustWorth);
}

/** Loss of all closed trades, what they left over valued; quote, negative is a profit. */
export function lossOfAll({ memory }: Pick<Turn, 'memory'>): number {
  return -decimalToNumber(memory.netPnl + memory.dustWorth);
}

/** Says when closed trades reached a limit. */
export function sayLimitsReached(turn: Turn): void {
  const { settings, dailyLossDay } = turn.memory;
  const { maxCumulativeLoss } = programOf(turn).rules;
  if (maxCumulativeLoss !== undefined && lossOfAll(turn) >= maxCumulativeLoss) {
    const text = `closed trades lost ${moneyText(turn, lossOfAll(turn))}, the limit is ${moneyText(turn, maxCumulativeLoss)}: no further entries`;
    alert(turn, 'alarm', 'loss-limit', text);
  }
  const { maxDailyLoss } = settings.risk;
  const day = Math.floor(turn.time / DAY_MS);
  if (maxDailyLoss === undefined || lossOfDay(turn) < maxDailyLoss || dailyLossDay === day) return;
  persist(turn, { dailyLossDay: day });
  const text = `closed trades of the day lost ${moneyText(turn, lossOfDay(turn))}, the limit is ${moneyText(turn, maxDailyLoss)}: no entries before 00:00 UTC`;
  alert(turn, 'alarm', 'daily-loss-limit', text);
}

/** Closes a position whose present loss reaches a limit, where that is wanted (`onLossLimit`). */
export function watchLosses(turn: Turn): void {
  const { position, settings } = turn.memory;
  if (settings.onLossLimit !== 'flatten' || position === null || position.exit !== null) return;
  const price = exitPriceOf(turn, position.side);
  if (price === undefined || turn.observed.priceTime !== turn.time) return;
  const open = decimalToNumber(profitAt(position, price));
  const limit = programOf(turn).rules.maxCumulativeLoss ?? Number.POSITIVE_INFINITY;
  const dayLimit = settings.risk.maxDailyLoss ?? Number.POSITIVE_INFINITY;
  const isBeyond = lossOfAll(turn) - open >= limit;
  if (!isBeyond && lossOfDay(turn) - open < dayLimit) return;
  persist(turn, {
    ...(isBeyond && { trading: 'reducing' as const, closeAll: 'risk' as const }),
    position: { ...position, exit: { reason: 'risk', decidedTime: turn.time } },
  });
  const [code, loss, amount] = isBeyond
    ? (['loss-limit', lossOfAll(turn) - open, limit] as const)
    : (['daily-loss-limit', lossOfDay(turn) - open, dayLimit] as const);
  const text = `closed trades and the open position (${moneyText(turn, open)}) lost ${moneyText(turn, loss)}, the limit is ${moneyText(turn, amount)}: the position is closed at market`;
  alert(turn, 'alarm', code, text);
}
