import { DAY_MS, decimalToNumber } from '../../domain/index.js';
import { moneyText } from './amount-text.js';
import { profitAt } from './position.js';
import { alert, exitPriceOf, persist, programOf, type StepContext } from './step-context.js';

/** Loss of the closed trades of the present UTC day, what they left over valued; quote, negative is a profit. */
export function lossOfDay(ctx: Pick<StepContext, 'memory' | 'time'>): number {
  const { memory, time } = ctx;
  if (memory.day !== Math.floor(time / DAY_MS)) return 0;
  return -decimalToNumber(memory.dayPnl + memory.dayDustWorth);
}

/** Loss of all closed trades, what they left over valued; quote, negative is a profit. */
export function lossOfAll({ memory }: Pick<StepContext, 'memory'>): number {
  return -decimalToNumber(memory.netPnl + memory.dustWorth);
}

/** Says when closed trades reached a limit. */
export function sayLimitsReached(ctx: StepContext): void {
  const { settings, dailyLossDay } = ctx.memory;
  const { maxCumulativeLoss } = programOf(ctx).rules;
  if (maxCumulativeLoss !== undefined && lossOfAll(ctx) >= maxCumulativeLoss) {
    const text = `closed trades lost ${moneyText(ctx, lossOfAll(ctx))}, the limit is ${moneyText(ctx, maxCumulativeLoss)}: no further entries`;
    alert(ctx, 'alarm', 'loss-limit', text);
  }
  const { maxDailyLoss } = settings.risk;
  const day = Math.floor(ctx.time / DAY_MS);
  if (maxDailyLoss === undefined || lossOfDay(ctx) < maxDailyLoss || dailyLossDay === day) return;
  persist(ctx, { dailyLossDay: day });
  const text = `closed trades of the day lost ${moneyText(ctx, lossOfDay(ctx))}, the limit is ${moneyText(ctx, maxDailyLoss)}: no entries before 00:00 UTC`;
  alert(ctx, 'alarm', 'daily-loss-limit', text);
}

/** Closes a position whose present loss reaches a limit, where that is wanted (`onLossLimit`). */
export function watchLosses(ctx: StepContext): void {
  const { position, settings } = ctx.memory;
  if (settings.onLossLimit !== 'flatten' || position === null || position.exit !== null) return;
  const price = exitPriceOf(ctx, position.side);
  if (price === undefined || ctx.observed.priceTime !== ctx.time) return;
  const open = decimalToNumber(profitAt(position, price));
  const limit = programOf(ctx).rules.maxCumulativeLoss ?? Number.POSITIVE_INFINITY;
  const dayLimit = settings.risk.maxDailyLoss ?? Number.POSITIVE_INFINITY;
  const isBeyond = lossOfAll(ctx) - open >= limit;
  if (!isBeyond && lossOfDay(ctx) - open < dayLimit) return;
  persist(ctx, {
    ...(isBeyond && { trading: 'reducing' as const, closeAll: 'risk' as const }),
    position: { ...position, exit: { reason: 'risk', decidedTime: ctx.time } },
  });
  const [code, loss, amount] = isBeyond
    ? (['loss-limit', lossOfAll(ctx) - open, limit] as const)
    : (['daily-loss-limit', lossOfDay(ctx) - open, dayLimit] as const);
  const text = `closed trades and the open position (${moneyText(ctx, open)}) lost ${moneyText(ctx, loss)}, the limit is ${moneyText(ctx, amount)}: the position is closed at market`;
  alert(ctx, 'alarm', code, text);
}
