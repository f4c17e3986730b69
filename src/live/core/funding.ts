import { decimalToNumber } from '../../domain/index.js';
import type { FundingPayment } from '../../exchange/ports/index.js';
import { returnPercent } from '../../semantics/index.js';
import type { LiveTrade } from './live-trade.js';
import type { UnreportedTrade } from './memory.js';
import { alert, patchObserved, persist, type StepContext } from './step-context.js';
import { keepUnlogged } from './unlogged-trades.js';

const HOUR_MS = 3_600_000;
/** A payment is listed this much after its hour at the latest, by the clock of the exchange. */
const LISTED_AFTER_MS = 10_000;
/** A request without an answer is repeated after this. */
const REPLY_MS_MAX = 15_000;
/** The row of a trade waits for its funding this long: what is not booked by then is missing from the balance for good. */
const REPORT_WAIT_MS = 86_400_000;

/** Asks for the payments after each full hour in which a position was held: Binance pays every 1, 4 or 8 of them. */
export function pollFunding(ctx: StepContext): void {
  reportOverdue(ctx);
  if (ctx.time < fundingDueTime(ctx)) return;
  const { unreported, position } = ctx.memory;
  const booked = unreported[0]?.fundingTime ?? position?.fundingTime;
  if (booked === undefined) return;
  patchObserved(ctx, { fundingAskedTime: ctx.time, fundingPaid: false });
  ctx.effects.push({ type: 'fetch-funding', fromTime: booked + 1 });
}

/** When to ask next, ms UTC. */
export function fundingDueTime(ctx: Pick<StepContext, 'memory' | 'observed' | 'env'>): number {
  const since = heldSince(ctx);
  if (since === undefined) return Number.POSITIVE_INFINITY;
  const { fundingAskedTime, fundingPaid } = ctx.observed;
  const seen = Math.max(ctx.memory.fundingLookTime - listedAfterMs(ctx), since);
  const due = fundingPaid ? 0 : nextHour(seen) + listedAfterMs(ctx);
  return fundingAskedTime === undefined ? due : Math.max(due, fundingAskedTime + REPLY_MS_MAX);
}

/** Books payments, each once, to the trade that was open when they were made. */
export function applyFunding(
  ctx: StepContext,
  askedTime: number,
  payments: readonly FundingPayment[],
): void {
  patchObserved(ctx, { fundingAskedTime: undefined });
  for (const payment of payments) book(ctx, payment);
  persist(ctx, { fundingLookTime: Math.max(ctx.memory.fundingLookTime, askedTime) });
  const isKnown = ({ trade }: UnreportedTrade): boolean =>
    askedTime >= lastHour(trade.exitFillTime) + listedAfterMs(ctx);
  report(ctx, isKnown);
}

/** Reports a finished trade, at once or when its funding is known. */
export function reportTrade(ctx: StepContext, trade: LiveTrade, fundingTime: number): void {
  const isUsdm = ctx.memory.settings.run.market === 'usdm';
  const seen = Math.max(ctx.memory.fundingLookTime - listedAfterMs(ctx), trade.entryFillTime);
  if (!isUsdm || lastHour(trade.exitFillTime) <= seen) {
    ctx.effects.push({ type: 'trade-closed', trade });
    keepUnlogged(ctx, trade);
    return;
  }
  const untilTime = ctx.time + REPORT_WAIT_MS;
  persist(ctx, {
    unreported: [...ctx.memory.unreported, { trade, fundingTime, untilTime }],
  });
}

function book(ctx: StepContext, { time, amount }: FundingPayment): void {
  const { unreported, position } = ctx.memory;
  const at = unreported.findIndex(
    ({ trade, fundingTime }) =>
      time > fundingTime && time >= trade.entryFillTime && time <= trade.exitFillTime,
  );
  const late = unreported[at];
  if (late !== undefined) {
    const balance = ctx.memory.balance + amount;
    const trade = withFunding(late.trade, decimalToNumber(amount));
    const { settingsSince } = ctx.memory;
    const isEarlier = late.trade.exitFillTime <= settingsSince.time;
    persist(ctx, {
      ...(isEarlier && {
        settingsSince: { ...settingsSince, netPnl: settingsSince.netPnl + amount },
      }),
      unreported: unreported.with(at, { ...late, trade, fundingTime: time }),
      balance,
      netPnl: ctx.memory.netPnl + amount,
      dayPnl: ctx.memory.dayPnl + amount,
    });
  } else if (position !== null && time > position.fundingTime) {
    persist(ctx, {
      position: { ...position, funding: position.funding + amount, fundingTime: time },
    });
  }
}

function withFunding(trade: LiveTrade, amount: number): LiveTrade {
  const netPnl = trade.netPnl + amount;
  return {
    ...trade,
    netPnl,
    funding: trade.funding + amount,
    balance: trade.balance + amount,
    returnPct: returnPercent(netPnl, trade.entryPrice, trade.units),
  };
}

function reportOverdue(ctx: StepContext): void {
  if (!ctx.memory.unreported.some(({ untilTime }) => ctx.time >= untilTime)) return;
  const text =
    'the last funding payment of a trade was not listed within a day: its trade log row is written without it';
  alert(ctx, 'warning', 'funding-unknown', text);
  report(ctx, ({ untilTime }) => ctx.time >= untilTime);
}

function report(ctx: StepContext, isDue: (entry: UnreportedTrade) => boolean): void {
  const { unreported } = ctx.memory;
  const due = unreported.filter(isDue);
  if (due.length === 0) return;
  persist(ctx, { unreported: unreported.filter((entry) => !isDue(entry)) });
  for (const { trade } of due) {
    ctx.effects.push({ type: 'trade-closed', trade });
    keepUnlogged(ctx, trade);
  }
}

/** Since when something is held whose funding counts; `undefined` when nothing is. */
function heldSince({ memory }: Pick<StepContext, 'memory'>): number | undefined {
  if (memory.settings.run.market !== 'usdm') return undefined;
  return memory.unreported[0]?.trade.entryFillTime ?? memory.position?.firstFillTime;
}

/** As long after the hour on our clock, which may be ahead: a look before the payment would lose it. */
function listedAfterMs({ env }: Pick<StepContext, 'env'>): number {
  return LISTED_AFTER_MS + env.limits.clockOffsetMsMax;
}

function nextHour(time: number): number {
  return lastHour(time) + HOUR_MS;
}

function lastHour(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}
