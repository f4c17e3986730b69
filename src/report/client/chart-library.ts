import type * as Library from 'lightweight-charts';

declare const LightweightCharts: typeof Library;

/** The chart library, which the page loads as a classic script before this one. */
export function chartLibrary(): typeof Library {
  return LightweightCharts;
}
