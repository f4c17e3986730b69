import { NOT_SET } from '../analysis/index.js';
import { html, type SafeHtml } from './html.js';
import { formatNumber } from './shared/index.js';
import { definitionList } from './tables.js';

/** From here on digits are grouped, as everywhere in a report. */
const GROUPED_FROM = 10_000;

/**
 * Returns a setting as a report prints it: one word for everything that is not set.
 *
 * @param value - Of a configuration or a strategy's parameters.
 */
export function settingValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return NOT_SET;
  if (Array.isArray(value))
    return value.length === 0 ? NOT_SET : value.map(settingValue).join(', ');
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) >= GROUPED_FROM) {
    return formatNumber(value, 0);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Builds a list of settings; those without effect are only named, below it.
 *
 * @param settings - By name.
 * @param idle - Names of those that do nothing because what they belong to is switched off.
 */
export function settingsList(
  settings: Readonly<Record<string, unknown>>,
  idle: ReadonlySet<string>,
): SafeHtml {
  const shown = Object.entries(settings).filter(([name]) => !idle.has(name));
  const hidden = Object.keys(settings).filter((name) => idle.has(name));
  return html`${definitionList(shown.map(([name, value]) => [name, settingValue(value)] as const))}${
    hidden.length === 0
      ? undefined
      : html`<p class="small-print">No effect, because the corresponding feature is off: ${hidden.join(', ')}.</p>`
  }`;
}
