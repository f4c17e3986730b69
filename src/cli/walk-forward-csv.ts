import type { WalkForwardWindowResult } from '../forward-test/index.js';
import { METRICS, type Metrics, metricText } from '../metrics/index.js';
import type { Parameters, ParameterValue } from '../strategies/index.js';

/**
 * Writes the windows of a walk-forward as CSV: periods, what was chosen, and every metric in-sample (`is_`) and
 * out-of-sample (`oos_`).
 *
 * @param windows - In order.
 * @returns Header and one line per window; the same windows give the same bytes.
 */
export function walkForwardCsv(windows: readonly WalkForwardWindowResult[]): string {
  const settingsOf = ({ settings }: WalkForwardWindowResult): Parameters => ({
    ...settings.parameters,
    ...settings.filters,
    ...settings.stops,
  });
  const names = windows.length === 0 ? [] : Object.keys(settingsOf(windows[0]!));
  const header = [
    'window',
    'train_start',
    'train_end',
    'test_start',
    'test_end',
    'combinations',
    ...names,
    ...METRICS.map(({ name }) => `is_${name}`),
    ...METRICS.map(({ name }) => `oos_${name}`),
  ];
  const metricCells = (metrics: Metrics): string[] =>
    METRICS.map(({ key }) => metricText(metrics[key]));
  const rows = windows.map((window) => {
    const settings = settingsOf(window);
    return [
      window.number,
      ...[window.trainStart, window.trainEnd, window.testStart, window.testEnd].map((time) =>
        new Date(time).toISOString(),
      ),
      window.combinations,
      ...names.map((name) => cell(settings[name])),
      ...metricCells(window.inSample),
      ...metricCells(window.outOfSample.metrics),
    ].join(',');
  });
  return `${[header.map(cell).join(','), ...rows].join('\n')}\n`;
}

function cell(value: ParameterValue | undefined): string {
  if (value === null || value === undefined) return '';
  // Spreadsheets run a text that starts like a formula; numbers may start with a minus.
  const isFormula = typeof value === 'string' && /^[=+\-@\t\r\n]/.test(value);
  const text = isFormula ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
