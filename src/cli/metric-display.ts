import type { MetricUnit } from '../metrics/index.js';

/** A value and its unit as people read them. */
export interface Display {
  readonly value: string;
  readonly unit: string;
}

/**
 * Returns a metric for a table: fractions as percent, durations in days, grouped thousands.
 *
 * @param value - In the unit of the metric.
 * @param unit - Of the metric.
 * @param quote - Name of the quote currency.
 */
export function displayMetric(value: number, unit: MetricUnit, quote: string): Display {
  switch (unit) {
    case 'quote':
      return { value: grouped(value, 2), unit: quote };
    case 'fraction':
      return { value: grouped(100 * value, 2), unit: '%' };
    case 'fraction per year':
      return { value: grouped(100 * value, 2), unit: '% per year' };
    case 'percent':
      return { value: grouped(value, 2), unit: '%' };
    case 'ms':
      return { value: grouped(value / 86_400_000, 1), unit: 'days' };
    case 'candles':
      return { value: grouped(value, 1), unit: 'candles' };
    case 'count':
      return { value: grouped(value, 0), unit: '' };
    case 'ratio':
      return { value: grouped(value, 2), unit: '' };
  }
}

/**
 * Returns a number with grouped thousands, `Infinity` as a word.
 *
 * @param value - Any.
 * @param decimals - Digits after the point.
 */
export function grouped(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return String(value);
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) >= 1e21) return value.toExponential(decimals);
  const [whole = '', fraction] = text.split('.');
  const sign = value < 0 && Number(text) !== 0 ? '-' : '';
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${thousands}${fraction === undefined ? '' : `.${fraction}`}`;
}
