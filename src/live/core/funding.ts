import { decimalToNumber } from '../../domain/index.js';
import type { FundingPayment } from '../../exchange/ports/index.js';
import { returnPercent } from '../../semantics/index.js';
import type { LiveTrade } from './live-trade.js';
import type { UnreportedTrade } from './memory.js';
import { alert, patchObserved, persist, type Turn } from './turn.js';
import { keepUnlogged } from './unlogged-trades.js';

const HOUR_MS = 3_600_000;
/** A payment is listed this much after its hour at the latest, by the clock of the exchange. */
const LISTED_AFTER_MS = 10_000;
/** A request without an answer is repeated after this. */
const REPLY_MS_MAX = 15_000;
/** The row of a trade waits for its funding this long: what is not booked by then is missing from the balance for good. */
const REPORT_WAIT_MS = 86_400_000;

/** Asks for the payments after each full hour in which a position was held: Binance pays every 1, 4 or 8 of them. */
export function pollFunding(turn: Turn): void {
  reportOverdue(turn);
  if (turn.time < fundingDueTime(turn)) return;
  const { unreported, position } = turn.memory;
  const booked = unreported[0]?.fundingTime ?? position?.fundingTime;
  if (booked === undefined) return;
  patchObserved(turn, { fundingAskedTime: turn.time, fundingPaid: false });
  turn.effects.push({ type: 'fetch-funding', fromTime: booked + 1 });
}

/** When to ask next, ms UTC. */
export function fundingDueTime(turn: Pick<Turn, 'memory' | 'observed' | 'context'>): number {
  const since = heldSince(turn);
  if (since === undefined) return Number.POSITIVE_INFINITY;
  const { fundingAskedTime, fundingPaid } = turn.observed;
  const seen = Math.max(turn.memory.fundingLookTime - listedAfterMs(turn), since);
  const due = fundingPaid ? 0 : nextHour(seen) + listedAfterMs(turn);
  return fundingAskedTime === undefined ? due : Math.max(due, fundingAskedTime + REPLY_MS_MAX);
}

/** Books payments, each once, to the trade that was open when they were made. */
export function applyFunding(
  turn: Turn,
  askedTime: number,
  payments: readonly FundingPayment[],
): void {
  patchObserved(turn, { fundingAskedTime: undefined });
  for (const payment of payments) book(turn, payment);
  persist(turn, { fundingLookTime: Math.max(turn.memory.fundingLookTime, askedTime) });
  const isKnown = ({ trade }: UnreportedTrade): boolean =>
    askedTime >= lastHour(trade.exitFillTime) + listedAfterMs(turn);
  report(turn, isKnown);
}

/** Reports a finished trade, at once or when its funding is known. */
export function reportTrade(turn: Turn, trade: LiveTrade, fundingTime: number): void {
  const isUsdm = turn.memory.settings.run.market === 'usdm';
  const seen = Math.max(turn.memory.fundingLookTime - listedAfterMs(turn), trade.entryFillTime);
  if (!isUsdm || lastHour(trade.exitFillTime) <= seen) {
    turn.effects.push({ type: 'trade-closed', trade });
    keepUnlogged(turn, trade);
    return;
  }
  const untilTime = turn.time + REPORT_WAIT_MS;
  persist(turn, {
    unreported: [...turn.memory.unreported, { trade, fundingTime, untilTime }],
  });
}

function book(turn: Turn, { time, amount }: FundingPayment): void {
  const { unreported, position } = turn.memory;
  const at = unreported.findIndex(
    ({ trade, fundingTime }) =>
      time > fundingTime && time >= trade.entryFillTime && time <= trade.exitFillTime,
  );
  const late = unreported[at];
  if (late !== undefined) {
    const balance = turn.memory.balance + amount;
    const trade = withFunding(late.trade, decimalToNumber(amount));
    const { settingsSince } = turn.memory;
    const isEarlier = late.trade.exitFillTime <= settingsSince.time;
    persist(turn, {
      ...(isEarlier && {
        settingsSince: { ...settingsSince, netPnl: settingsSince.netPnl + amount },
      }),
      unreported: unreported.with(at, { ...late, trade, fundingTime: time }),
      balance,
      netPnl: turn.memory.netPnl + amount,
      dayPnl: turn.memory.dayPnl + amount,
    });
  } else if (position !== null && time > position.fundingTime) {
    persist(turn, {
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

function reportOverdue(turn: Turn): void {
  if (!turn.memory.unreported.some(({ untilTime }) => turn.time >= untilTime)) return;
  const text =
    'the last funding payment of a trade was not listed within a day: its trade log row is written without it';
  alert(turn, 'warning', 'funding-unknown', text);
  report(turn, ({ untilTime }) => turn.time >= untilTime);
}

function report(turn: Turn, isDue: (entry: UnreportedTrade) => boolean): void {
  const { unreported } = turn.memory;
  const due = unreported.filter(isDue);
  if (due.length === 0) return;
  persist(turn, { unreported: unreported.filter((entry) => !isDue(entry)) });
  for (const { trade } of due) {
    turn.effects.push({ type: 'trade-closed', trade });
    keepUnlogged(turn, trade);
  }
}

/** Since when something is held whose funding counts; `undefined` when nothing is. */
function heldSince({ memory }: Pick<Turn, 'memory'>): number | undefined {
  if (memory.settings.run.market !== 'usdm') return undefined;
  return memory.unreported[0]?.trade.entryFillTime ?? memory.position?.firstFillTime;
}

/** As long after the hour on our clock, which may be ahead: a look before the payment would lose it. */
function listedAfterMs({ context }: Pick<Turn, 'context'>): number {
  return LISTED_AFTER_MS + context.limits.clockOffsetMsMax;
}

function nextHour(time: number): number {
  return lastHour(time) + HOUR_MS;
}

function lastHour(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}
