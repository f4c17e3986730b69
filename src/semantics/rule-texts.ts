import { type Timeframe, timeframeMs, UsageError } from '../domain/index.js';
import type { ProfitTarget, ScaleOutPart } from './trade-rules.js';

/** Shares of a scale-out leave at least this much of the position (S-76). */
export const SCALE_OUT_REST_MIN = 1e-9;

const MINUTE_MS = 60_000;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads the targets of a trade that become nearer with its age (S-74), for example `0:0.05,24:0.02,72:0`.
 *
 * @param text - Pairs `candles:fraction`; `60m:0.02` counts minutes where the timeframe is known.
 * @param timeframe - Of the candles. Default: minutes are not understood.
 * @throws {UsageError} If it is not that, or the pairs break S-74.
 */
export function parseProfitTargets(text: string, timeframe?: Timeframe): ProfitTarget[] {
  const targets = pairsOf(text, 'profit_targets', '0:0.05,24:0.02,72:0').map(([age, fraction]) => ({
    fromCandle: candlesOf(age, timeframe),
    fraction: numberOf(fraction, 'profit_targets'),
  }));
  requireProfitTargets(targets);
  return targets;
}

/**
 * Reads the parts in which a position leaves (S-76), for example `0.02:0.5,0.04:0.25`.
 *
 * @param text - Pairs `fraction:share`.
 * @throws {UsageError} If it is not that, or the pairs break S-76.
 */
export function parseScaleOut(text: string): ScaleOutPart[] {
  const parts = pairsOf(text, 'scale_out', '0.02:0.5,0.04:0.25').map(([fraction, share]) => ({
    fraction: numberOf(fraction, 'scale_out'),
    share: numberOf(share, 'scale_out'),
  }));
  requireScaleOut(parts);
  return parts;
}

/**
 * Returns the text that `parseProfitTargets()` reads back.
 *
 * @param targets - Checked.
 */
export function profitTargetsText(targets: readonly ProfitTarget[]): string {
  return targets.map(({ fromCandle, fraction }) => `${fromCandle}:${fraction}`).join(',');
}

/**
 * Returns the text that `parseScaleOut()` reads back.
 *
 * @param parts - Checked.
 */
export function scaleOutText(parts: readonly ScaleOutPart[]): string {
  return parts.map(({ fraction, share }) => `${fraction}:${share}`).join(',');
}

/**
 * Checks profit targets (S-74).
 *
 * @param targets - In the order given.
 * @throws {UsageError} If they break the rule.
 */
export function requireProfitTargets(targets: readonly ProfitTarget[]): void {
  const wrong = (what: string): never => {
    throw new UsageError(
      `profit_targets ${what}: current value is ${profitTargetsText(targets) || 'empty'}; write pairs candles:fraction such as 0:0.05,24:0.02,72:0`,
    );
  };
  if (targets[0]?.fromCandle !== 0) wrong('must begin with candle 0');
  targets.forEach(({ fromCandle, fraction }, k) => {
    if (!Number.isSafeInteger(fromCandle)) wrong('must count whole candles');
    if (k > 0 && fromCandle <= targets[k - 1]!.fromCandle) wrong('must have ascending candles');
    if (!(fraction >= 0 && fraction < Number.POSITIVE_INFINITY)) {
      wrong('must have fractions of 0 or more');
    }
  });
  if (targets[0]!.fraction === 0) wrong('must have a first fraction above 0');
}

/**
 * Checks the parts of a scale-out (S-76).
 *
 * @param parts - In the order given.
 * @throws {UsageError} If they break the rule.
 */
export function requireScaleOut(parts: readonly ScaleOutPart[]): void {
  const wrong = (what: string): never => {
    throw new UsageError(
      `scale_out ${what}: current value is ${scaleOutText(parts) || 'empty'}; write pairs fraction:share such as 0.02:0.5,0.04:0.25`,
    );
  };
  if (parts.length === 0) wrong('must have at least one part');
  parts.forEach(({ fraction, share }, k) => {
    if (!(fraction > 0 && fraction < Number.POSITIVE_INFINITY)) {
      wrong('must have fractions above 0');
    }
    if (k > 0 && fraction <= parts[k - 1]!.fraction) wrong('must have ascending fractions');
    if (!(share > 0)) wrong('must have shares above 0');
  });
  const sum = parts.reduce((total, { share }) => total + share, 0);
  if (!(sum < 1 - SCALE_OUT_REST_MIN)) {
    wrong('must have shares with a sum below 1 (the other exits close the remainder)');
  }
}

function pairsOf(text: string, key: string, example: string): [string, string][] {
  return text.split(',').map((pair) => {
    const [first, second, ...more] = pair.split(':').map((part) => part.trim());
    if (!first || !second || more.length > 0) {
      throw new UsageError(
        `${key} must be pairs such as ${example}: current value is "${text}", where "${pair.trim()}" is none`,
      );
    }
    return [first, second];
  });
}

function numberOf(text: string, key: string): number {
  if (!NUMBER.test(text)) {
    throw new UsageError(`${key} must have numbers around the colons: "${text}" is none`);
  }
  return Number(text);
}

/** `24`, or `60m` as candles of the timeframe. */
function candlesOf(text: string, timeframe: Timeframe | undefined): number {
  if (!text.endsWith('m')) return numberOf(text, 'profit_targets');
  const minutes = numberOf(text.slice(0, -1), 'profit_targets');
  if (timeframe === undefined) {
    throw new UsageError(
      `profit_targets must count candles here: current value is "${text}"; divide the minutes by those of a candle`,
    );
  }
  const candles = (minutes * MINUTE_MS) / timeframeMs(timeframe);
  if (Number.isInteger(candles)) return candles;
  const [below, above] = [Math.floor(candles), Math.ceil(candles)];
  throw new UsageError(
    `profit_targets must count whole candles: ${text} is ${Number(candles.toPrecision(3))} candles of ${timeframe}; write ${below} or ${above}`,
  );
}
