import type { Trade } from '../../domain/index.js';
import { quantityOfBalance } from '../../semantics/index.js';
import { exitEvidence } from './exit-evidence.js';
import { whyOnlyBacktest, whyOnlyLive } from './explain-one-sided.js';
import { Findings, type ParityRow } from './findings.js';
import {
  DELAYING,
  degradationsIn,
  degradationText,
  instant,
  type ParityContext,
} from './parity-context.js';
import { recordProblems } from './record-problems.js';
import type { RecordedTrade } from './recorded-trade.js';

/** What doubles and the eight places of decimals lose, per unit and in all; quote. */
const DECIMAL_ERROR = 1e-8;
/** Fills lie within so many ticks of the candle's range: the best price may stand beside the last. */
const TICKS_APART = 2;
/** Binance charges no more per hour of funding, and no more commission per side; fractions. */
const FUNDING_RATE_MAX = 0.03;
const COMMISSION_RATE_MAX = 0.01;
const HOUR_MS = 3_600_000;

/** Splits the difference of a trade that both made into causes; what none accounts for is unexplained. */
export function explainPair(context: ParityContext, live: RecordedTrade, past: Trade): ParityRow {
  const findings = new Findings();
  const sign = live.side === 'long' ? 1 : -1;
  const exitPrice = Number.isFinite(live.exitPrice) ? live.exitPrice : past.exitPrice;
  const gain = sign * (exitPrice - live.entryPrice);
  const size = gain * (live.units - past.units);
  for (const problem of recordProblems(context, live)) findings.leave(0, problem);
  explainEntry(context, findings, { live, past, amount: priceOf(live, past, 'entryPrice') });
  explainExit(context, findings, {
    live,
    past,
    amount: sign * (exitPrice - past.exitPrice) * past.units,
  });
  explainSize(context, findings, { live, amount: size, gain });
  explainCosts(context, findings, { live, past, exitPrice });
  explainDust(context, findings, { live, exitPrice, gain });
  return findings.row(live, past, live.netPnl - past.netPnl);
}

function priceOf(live: RecordedTrade, past: Trade, part: 'entryPrice'): number {
  const sign = live.side === 'long' ? -1 : 1;
  return sign * (live[part] - past[part]) * past.units;
}

interface Part {
  readonly live: RecordedTrade;
  readonly past: Trade;
  readonly amount: number;
}

function explainEntry(context: ParityContext, findings: Findings, part: Part): void {
  const { live, past, amount } = part;
  if (live.entryTime === past.entryTime) {
    explainPrice(context, findings, { time: live.entryTime, price: live.entryPrice, amount });
    return;
  }
  const evidence = otherEntryEvidence(context, live, past);
  if (evidence === undefined) {
    findings.leave(
      amount,
      `entered ${instant(live.entryTime)}, the backtest ${instant(past.entryTime)}`,
    );
    return;
  }
  findings.explain('timing', amount, evidence);
  explainPrice(context, findings, { time: live.entryTime, price: live.entryPrice, amount: 0 });
}

/** Why one entered a candle before the other: the first moment was not for both. */
function otherEntryEvidence(
  context: ParityContext,
  live: RecordedTrade,
  past: Trade,
): string | undefined {
  if (live.entryTime < past.entryTime) {
    const found = whyOnlyLive(context, live);
    return typeof found === 'string' ? undefined : found[1];
  }
  const found = whyOnlyBacktest(context, past);
  if (typeof found !== 'string') return found[1];
  const waited = { from: past.entryTime, to: live.entryFillTime };
  const delays = degradationsIn(context, waited, DELAYING);
  return delays.length > 0 ? `entered late: ${degradationText(delays)}` : undefined;
}

function explainExit(context: ParityContext, findings: Findings, part: Part): void {
  const { live, past, amount } = part;
  if (live.exitTime === past.exitTime && live.exitReason === past.exitReason) {
    const price = live.exitPrice;
    explainPrice(context, findings, { time: live.exitTime, price, amount });
    return;
  }
  const evidence = exitEvidence(context, { ...live, exit: live });
  if (evidence === undefined) {
    const [own, other] = [live, past].map(
      ({ exitReason, exitTime }) => `${exitReason} ${instant(exitTime)}`,
    );
    findings.leave(amount, `closed by ${own}, the backtest by ${other}`);
    return;
  }
  findings.explain(evidence.cause, amount, evidence.text);
  explainPrice(context, findings, { time: live.exitTime, price: live.exitPrice, amount: 0 });
}

/** A fill lies within the range of its candle; how far it lies outside is not explained. */
function explainPrice(
  { candles, grid, indexOf }: ParityContext,
  findings: Findings,
  fill: { readonly time: number; readonly price: number; readonly amount: number },
): void {
  const at = indexOf(fill.time);
  const apart = TICKS_APART * grid.tick;
  const isInside =
    at < 0 ||
    !Number.isFinite(fill.price) ||
    (fill.price >= candles.low[at]! - apart && fill.price <= candles.high[at]! + apart);
  if (isInside) findings.explain('price', fill.amount);
  else {
    const text = `filled at ${fill.price}, outside the candle of ${instant(fill.time)} (${candles.low[at]} to ${candles.high[at]})`;
    findings.leave(fill.amount, text);
  }
}

/** A quantity is what the size of the settings gives at a price of the entry candle, rounded down to a step. */
function explainSize(
  context: ParityContext,
  findings: Findings,
  part: { readonly live: RecordedTrade; readonly amount: number; readonly gain: number },
): void {
  const { live, amount, gain } = part;
  const { units } = live;
  const { min, max } = unitsOf(context, live);
  if (units >= min && units <= max) {
    findings.explain('size', amount);
    return;
  }
  const stretch = { from: live.signalTime + context.lengthMs, to: live.entryFillTime };
  const [partly] = degradationsIn(context, stretch, ['entry-part-filled']);
  if (units < min && partly !== undefined) {
    findings.explain('size', amount, degradationText([partly]));
    return;
  }
  const beyond = gain * (units - (units < min ? min : max));
  findings.explain('size', amount - beyond);
  findings.leave(beyond, `a quantity of ${units}, the settings allow ${min} to ${max}`);
}

function unitsOf(context: ParityContext, live: RecordedTrade): { min: number; max: number } {
  const { rules } = context.result;
  const { step } = context.grid;
  const bounds = (low: number, high: number): { min: number; max: number } => ({
    min: low - step - DECIMAL_ERROR,
    max: high + DECIMAL_ERROR,
  });
  if ('units' in rules.size) return bounds(rules.size.units, rules.size.units);
  // Bots do not size by risk.
  const equityFraction = 'equityFraction' in rules.size ? rules.size.equityFraction : 1;
  const balance = live.balance - live.netPnl;
  const unitsAt = (price: number): number =>
    quantityOfBalance(balance, equityFraction, rules.leverage, price, rules.commissionRate);
  const { lowest, highest } = pricesKnown(context, live);
  return bounds(
    unitsAt(highest * (1 + rules.slippageRate)),
    unitsAt(lowest * (1 - rules.slippageRate)),
  );
}

/**
 * Lowest and highest price that the bot could size an entry by: it decides on prices that are a little old, and its order may
 * be filled in a later candle.
 */
function pricesKnown(
  { candles, grid, memory, lengthMs }: ParityContext,
  live: RecordedTrade,
): { lowest: number; highest: number } {
  const firstTime = live.signalTime + lengthMs - memory.lateMsMax;
  let [lowest, highest] = [live.entryPrice, live.entryPrice];
  for (let i = 0; i < candles.length; i++) {
    const time = candles.openTime[i]!;
    if (time === live.signalTime) {
      lowest = Math.min(lowest, candles.close[i]!);
      highest = Math.max(highest, candles.close[i]!);
    }
    if (time + lengthMs <= firstTime || time > live.entryTime) continue;
    lowest = Math.min(lowest, candles.low[i]!);
    highest = Math.max(highest, candles.high[i]!);
  }
  return { lowest: lowest - TICKS_APART * grid.tick, highest: highest + TICKS_APART * grid.tick };
}

function explainCosts(
  { result }: ParityContext,
  findings: Findings,
  part: { readonly live: RecordedTrade; readonly past: Trade; readonly exitPrice: number },
): void {
  const { live, past, exitPrice } = part;
  const { commissionRate, market } = result.rules;
  const notional = (live.entryPrice + exitPrice) * live.units;
  const rate = live.commission / notional;
  const fee = past.commission - live.commission;
  // Coins are counted in whole hundred-millionths, and what is left over is not sold.
  const isUsual = Math.abs(rate - commissionRate) <= commissionRate * 0.01;
  if (Math.abs(rate) > COMMISSION_RATE_MAX) findings.leave(fee, `a commission of ${bps(rate)} bps`);
  else
    findings.explain(
      'fee',
      fee,
      isUsual
        ? undefined
        : `paid ${bps(rate)} bps of commission, the backtest assumes ${bps(commissionRate)}`,
    );
  if (live.funding === 0) return;
  const hours =
    Math.floor(live.exitFillTime / HOUR_MS) - Math.ceil(live.entryFillTime / HOUR_MS) + 1;
  const most = Math.max(0, hours) * FUNDING_RATE_MAX * notional;
  if (market === 'usdm' && Math.abs(live.funding) <= most)
    findings.explain('funding', live.funding);
  else
    findings.leave(
      live.funding,
      `funding of ${live.funding} over ${Math.max(0, hours)} full hours on ${market}`,
    );
}

function bps(rate: number): string {
  return (rate * 10_000).toFixed(2);
}

/** What is left of the net profit: coins kept as commission or too few to be sold, within their bounds. */
function explainDust(
  { grid, result, candles, indexOf }: ParityContext,
  findings: Findings,
  part: { readonly live: RecordedTrade; readonly exitPrice: number; readonly gain: number },
): void {
  const { live, exitPrice, gain } = part;
  const sign = live.side === 'long' ? 1 : -1;
  const rest = live.netPnl - (gain * live.units - live.commission + live.funding);
  const unsold = -sign * exitPrice * live.dust;
  // Coins that paid the commission were not sold at the exit price.
  const kept = result.rules.market === 'spot' ? -(gain * live.commission) / live.entryPrice : 0;
  const error = DECIMAL_ERROR * (4 + 4 * live.units) + 1e-12 * exitPrice * live.units;
  const low = unsold + Math.min(0, kept) - error;
  const high = unsold + Math.max(0, kept) + error;
  const beyond = rest > high ? rest - high : rest < low ? rest - low : 0;
  const price = candles.low[indexOf(live.exitTime)] ?? exitPrice;
  const dustMax = Math.max(grid.step, grid.quantityMin, grid.notionalMin / price) + grid.step;
  const isDust = grid.step === 0 || Math.abs(live.dust) <= dustMax;
  if (isDust) findings.explain('dust', rest - beyond);
  else
    findings.leave(
      rest - beyond,
      `${live.dust} were not sold: up to ${dustMax} are below the minimum order`,
    );
  if (beyond !== 0)
    findings.leave(beyond, `the figures of the row do not add up to its net profit`);
}
