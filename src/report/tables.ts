import { breakable, type HtmlPart, html, type SafeHtml } from './html.js';

/** A column of a static table; numbers are aligned right. */
export interface TableColumn<Row> {
  readonly name: HtmlPart;
  readonly cell: (row: Row) => HtmlPart;
  readonly isText?: boolean;
  /** Names the cell where rows stand as blocks. Default: it needs no name. */
  readonly label?: string;
}

/** How a table is shown. */
export interface TableOptions {
  /** On narrow screens each row becomes a block with one line per cell. Default: the table scrolls inside its card. */
  readonly stacks?: boolean;
}

/**
 * Builds a static table.
 *
 * @param columns - From left to right.
 * @param rows - From top to bottom.
 * @param caption - What the table shows, with its units.
 * @param options - For narrow screens.
 */
export function table<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  caption: string,
  { stacks = false }: TableOptions = {},
): SafeHtml {
  return html`<div class="scroll-x" tabindex="0" role="group" aria-label="${caption}"><table class="plain${stacks ? ' stacks' : ''}"><caption><span>${caption}</span></caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${column.isText ? '' : html` class="num"`}>${column.name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${columns.map((column) => html`<td${column.isText ? '' : html` class="num"`}${column.label === undefined ? '' : html` data-label="${column.label}"`}>${column.cell(row)}</td>`)}</tr>`,
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
