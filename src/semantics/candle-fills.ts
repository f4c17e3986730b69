import type { ExitReason } from '../domain/index.js';
import {
  isAmbiguous,
  opensBeyondStop,
  opensBeyondTakeProfit,
  touchesStop,
  touchesTakeProfit,
} from './candle-checks.js';
import { marketFillPrice, stopFillPrice } from './fills.js';
import type { OpenPosition } from './open-position.js';
import type { PositionLevels } from './position-levels.js';
import { takeProfitLevel } from './stop-levels.js';
import type { EngineRules } from './trade-rules.js';

/** What fills on a candle: the parts that leave (S-76), then perhaps what is left. */
export interface CandleFills {
  /** Fill prices of the next parts, in their order. */
  readonly parts: readonly number[];
  readonly exit: LastFill | undefined;
}

/** The fill that ends a trade. */
export interface LastFill {
  /** After slippage. */
  readonly price: number;
  readonly reason: ExitReason;
  /** Filled at a moment inside the candle that nobody knows (S-42, S-43). */
  readonly insideCandle: boolean;
  /** S-46. */
  readonly ambiguous: boolean;
}

const NO_PARTS: readonly number[] = [];
const NOTHING: CandleFills = { parts: NO_PARTS, exit: undefined };

/**
 * Returns what a candle fills of a position: the gap at the open, the stop, the levels inside the candle, in this order
 * (S-41 to S-44, S-76).
 *
 * @param position - Not changed.
 * @param levels - Of the candle.
 * @param rules - Of the run.
 * @param open - Unslipped prices of the candle.
 * @param high - Likewise.
 * @param low - Likewise.
 */
export function candleFills(
  position: OpenPosition,
  levels: PositionLevels,
  rules: EngineRules,
  open: number,
  high: number,
  low: number,
): CandleFills {
  const { side } = position;
  const { stop, target } = levels;
  const beyondStop = opensBeyondStop(side, open, stop);
  const beyondTarget = opensBeyondTakeProfit(side, open, target);
  const stopped = touchesStop(side, high, low, stop);
  const reached = touchesTakeProfit(side, high, low, target);
  const scalesOut = rules.scaleOut !== undefined;
  // Most candles fill nothing.
  if (!beyondStop && !beyondTarget && !stopped && !reached && !scalesOut) return NOTHING;
  if (beyondStop) return { parts: NO_PARTS, exit: stopFill(position, levels, open, rules) };
  // One that has scaled out already goes on with the next part.
  const atOpen = partsReached(position, target, open, rules);
  const opened = atOpen.map(() => open);
  if (beyondTarget) {
    return { parts: opened, exit: targetAtOpen(position, levels, open, rules) };
  }
  if (stopped) {
    const fill = stopFill(position, levels, stop, rules);
    const waiting = partLevel(position, position.scaleOuts + opened.length, rules);
    const ambiguous =
      isAmbiguous(high, low, stop, target) ||
      (waiting !== undefined && isAmbiguous(high, low, stop, waiting));
    return { parts: opened, exit: { ...fill, insideCandle: true, ambiguous } };
  }
  const parts = partsReached(position, target, side > 0 ? high : low, rules);
  const prices = parts.length === 0 ? parts : [...opened, ...parts.slice(opened.length)];
  if (reached) {
    const exit = { price: target, reason: 'take-profit', insideCandle: true, ambiguous: false };
    return { parts: prices, exit: exit as LastFill };
  }
  return prices.length === 0 ? NOTHING : { parts: prices, exit: undefined };
}

/**
 * Returns the quantity of a part (S-76).
 *
 * @param rules - With `scaleOut`.
 * @param part - Number, from 0.
 * @param units - Entry quantity, base.
 */
export function partQuantity(rules: EngineRules, part: number, units: number): number {
  return rules.scaleOut![part]!.share * units;
}

/** A stop at its level, or at the open beyond it (S-41, S-42, S-47). */
function stopFill(
  { side }: OpenPosition,
  { stopName }: PositionLevels,
  price: number,
  { slippageRate, stopSlippageRate }: EngineRules,
): LastFill {
  return {
    price: stopFillPrice(price, -side, slippageRate, stopSlippageRate),
    reason: stopName,
    insideCandle: false,
    ambiguous: false,
  };
}

/** A limit order does not slip; one that was lowered to where the market already is leaves at market (S-74). */
function targetAtOpen(
  { side }: OpenPosition,
  { targetBefore }: PositionLevels,
  open: number,
  { slippageRate }: EngineRules,
): LastFill {
  const rested = opensBeyondTakeProfit(side, open, targetBefore);
  return {
    price: rested ? open : marketFillPrice(open, -side, slippageRate),
    reason: 'take-profit',
    insideCandle: false,
    ambiguous: false,
  };
}

/** Levels of the next parts that a price reaches; the target takes the rest, so those at or beyond it never fill. */
function partsReached(
  position: OpenPosition,
  target: number,
  price: number,
  rules: EngineRules,
): readonly number[] {
  const { side, scaleOuts } = position;
  const first = partLevel(position, scaleOuts, rules);
  if (first === undefined || side * first > side * price) return NO_PARTS;
  const reached: number[] = [];
  for (let part = scaleOuts; ; part++) {
    const level = partLevel(position, part, rules);
    if (level === undefined || side * level > side * price) return reached;
    if (side * level >= side * target) return reached;
    reached.push(level);
  }
}

/** Level of a part, `undefined` after the last. */
function partLevel(
  { entryPrice, side }: OpenPosition,
  part: number,
  { scaleOut }: EngineRules,
): number | undefined {
  const one = scaleOut?.[part];
  return one && takeProfitLevel(entryPrice, side, one.fraction);
}
