import { type HeatChoice, type HeatData, heatGrid } from '../shared/index.js';

/** Levels of two parameters, as a cell of the map joins them. */
export interface ChosenCell {
  /** Index of an axis, and which of its labels. */
  readonly rows: readonly [axis: number, label: number];
  readonly columns: readonly [axis: number, label: number];
}

/**
 * Lets the reader choose both parameters, the metric, and best or median.
 *
 * @param host - Holds the drawn map, and the selects above it.
 * @param data - All maps.
 * @param onCell - Called when a cell is clicked; without it cells are no buttons.
 */
export function setUpHeatExplorer(
  host: HTMLElement,
  data: HeatData,
  onCell: ((cell: ChosenCell) => void) | undefined,
): void {
  const table = host.querySelector<HTMLElement>('[data-heat-map]');
  const controls = host.querySelector<HTMLElement>('[data-heat-controls]');
  if (!table || !controls) return;
  const select = (name: string): HTMLSelectElement | null =>
    controls.querySelector<HTMLSelectElement>(`select[name="${name}"]`);
  const [rows, columns] = [select('rows'), select('columns')];
  const [metric, statistic] = [select('metric'), select('statistic')];
  if (!rows || !columns || !metric || !statistic) return;
  controls.hidden = false;
  let shown: readonly [string, string] = [rows.value, columns.value];
  const draw = (): void => {
    // The same parameter on both sides: the other side takes what this one had.
    if (rows.value === columns.value) {
      if (rows.value === shown[0]) rows.value = shown[1];
      else columns.value = shown[0];
    }
    shown = [rows.value, columns.value];
    const choice: HeatChoice = {
      rows: Number(rows.value),
      columns: Number(columns.value),
      metric: Number(metric.value),
      statistic: statistic.value === 'median' ? 'median' : 'best',
    };
    table.replaceChildren(heatTable(data, choice, onCell));
  };
  for (const control of [rows, columns, metric, statistic])
    control.addEventListener('change', draw);
  draw();
}

function heatTable(
  data: HeatData,
  choice: HeatChoice,
  onCell: ((cell: ChosenCell) => void) | undefined,
): HTMLTableElement {
  const grid = heatGrid(data, choice);
  const element = <Name extends keyof HTMLElementTagNameMap>(
    name: Name,
    text: string,
    attributes: Record<string, string> = {},
  ): HTMLElementTagNameMap[Name] => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const table = element('table', '', { class: 'heat pair' });
  const head = element('tr', '');
  head.append(element('th', `${grid.rowName} ↓  ${grid.columnName} →`, { class: 'side-name' }));
  for (const name of grid.columns) head.append(element('th', name, { scope: 'col' }));
  const top = element('thead', '');
  top.append(head);
  const body = element('tbody', '');
  grid.rows.forEach((row, rowLabel) => {
    const line = element('tr', '');
    line.append(element('th', row.name, { scope: 'row' }));
    row.cells.forEach((cell, columnLabel) => {
      const made = element('td', cell.text, {
        class: cell.isTop ? 'shade mark' : 'shade',
        title: cell.title,
      });
      made.style.setProperty('--tint', `${cell.tint}%`);
      if (onCell && cell.text !== '') {
        const button = element('button', cell.text, { type: 'button' });
        button.addEventListener('click', () =>
          onCell({ rows: [choice.rows, rowLabel], columns: [choice.columns, columnLabel] }),
        );
        made.replaceChildren(button);
      }
      line.append(made);
    });
    body.append(line);
  });
  table.append(top, body);
  return table;
}
