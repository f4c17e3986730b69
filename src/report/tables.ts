import { breakable, type HtmlPart, html, type SafeHtml } from './html.js';

/** A column of a static table; numbers are aligned right. */
export interface TableColumn<Row> {
  readonly name: HtmlPart;
  readonly cell: (row: Row) => HtmlPart;
  readonly isText?: boolean;
}

/**
 * Builds a static table that scrolls inside its card on narrow screens.
 *
 * @param columns - From left to right.
 * @param rows - From top to bottom.
 * @param caption - What the table shows, with its units.
 */
export function table<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  caption: string,
): SafeHtml {
  return html`<div class="scroll-x" tabindex="0" role="group" aria-label="${caption}"><table class="plain"><caption><span>${caption}</span></caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${column.isText ? '' : html` class="num"`}>${column.name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${columns.map((column) => html`<td${column.isText ? '' : html` class="num"`}>${column.cell(row)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/**
 * Builds a list of names and values.
 *
 * @param pairs - Name and value.
 */
export function definitionList(pairs: readonly (readonly [string, HtmlPart])[]): SafeHtml {
  return html`<dl class="pairs">${pairs.map(([name, value]) => html`<div><dt>${breakable(name)}</dt><dd>${value}</dd></div>`)}</dl>`;
}
