import { html, type SafeHtml } from '../html.js';
import { formatNumber } from '../shared/index.js';

/** A cell of a heat map; `undefined` values stay empty. */
export interface HeatRow {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

/**
 * Draws a table whose cells are tinted by their value: blue gains, orange losses, with the number in it.
 *
 * @param columns - Column names, the row name's first.
 * @param rows - Values in percent.
 * @param options - `caption` says what and in which unit; the columns named in `plain` are not tinted.
 */
export function heatMap(
  columns: readonly string[],
  rows: readonly HeatRow[],
  options: { readonly caption: string; readonly plainLast?: boolean; readonly className?: string },
): SafeHtml {
  const tinted = rows.flatMap((row) => (options.plainLast ? row.values.slice(0, -1) : row.values));
  const sizes = tinted.filter((value) => value !== undefined).map(Math.abs);
  sizes.sort((a, b) => a - b);
  // One extreme month must not fade all the others: the tint is full from the 90th percentile on.
  const full = sizes[Math.floor(sizes.length * 0.9)] || 1;
  const cell = (value: number | undefined, isPlain: boolean): SafeHtml => {
    if (value === undefined) return html`<td></td>`;
    const tint = isPlain ? 0 : Math.round(Math.min(1, Math.abs(value) / full) * 55);
    const text = formatNumber(value, Math.abs(value) >= 100 ? 0 : 1);
    return html`<td class="${value >= 0 ? 'gain' : 'loss'}${isPlain ? ' total' : ''}" style="--tint:${tint}%">${value > 0 ? '+' : ''}${text}</td>`;
  };
  return html`<div class="scroll-x" tabindex="0" role="group" aria-label="${options.caption}"><table class="heat${options.className === undefined ? '' : ` ${options.className}`}"><caption><span>${options.caption}</span></caption>
<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row">${row.name}</th>${row.values.map((value, k) => cell(value, options.plainLast === true && k === row.values.length - 1))}</tr>`,
  )}</tbody></table></div>`;
}
