import type { MetricDescription } from '../metrics/index.js';
import type { NumberUnit } from './shared/index.js';

/**
 * Returns how a report prints a metric.
 *
 * @param metric - Gains and losses are printed with their sign.
 */
export function metricUnit({ unit, isGainOrLoss }: MetricDescription): NumberUnit {
  switch (unit) {
    case 'fraction per year':
    case 'fraction':
      return isGainOrLoss ? 'signed-fraction' : 'fraction';
    case 'quote':
      return isGainOrLoss ? 'signed-quote' : 'quote';
    case 'percent':
      return isGainOrLoss ? 'signed-percent' : 'percent';
    case 'ms':
      return 'duration';
    default:
      return unit;
  }
}
