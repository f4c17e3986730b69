import { type Decimal, decimalToNumber, quoteAsset } from '../../domain/index.js';
import type { Turn } from './turn.js';

/** Below this the digits that count begin late. */
const CENT = 0.005;

/** An amount of quote with its unit: `1,234.50 USDT`. */
export function moneyText({ memory }: Pick<Turn, 'memory'>, amount: number): string {
  const quote = quoteAsset(memory.settings.run.symbol) ?? 'quote';
  const magnitude = Math.abs(amount);
  const digits =
    magnitude > 0 && magnitude < CENT
      ? { maximumSignificantDigits: 3 }
      : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `${amount.toLocaleString('en-US', digits)} ${quote}`;
}

/** A duration for people: `350 ms`, `12.5 s`, `3 min`, `2.5 h`. */
export function durationText(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  if (whole < 120_000) return `${Number((whole / 1_000).toFixed(1))} s`;
  if (whole < 7_200_000) return `${Math.round(whole / 60_000)} min`;
  return `${Number((whole / 3_600_000).toFixed(1))} h`;
}

/** Time of the day, UTC. */
export function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(11, 19)} UTC`;
}

/** What is open, for alarms about it: `long 0.1 from 60,000`. */
export function holdingText(position: NonNullable<Turn['memory']['position']>): string {
  const { side, entered, exited, baseCommission, missing, entryNotional } = position;
  const held = decimalToNumber(entered - exited - baseCommission - missing);
  const price = decimalToNumber(entryNotional) / decimalToNumber(entered);
  const from = entered === 0n ? '' : ` from ${plain(price)}`;
  return `${side > 0 ? 'long' : 'short'} ${plain(held)}${from}`;
}

/** A number of the exchange with as many digits as matter. */
export function decimalText(value: Decimal): string {
  return plain(decimalToNumber(value));
}

function plain(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 10 });
}
