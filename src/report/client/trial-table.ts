import { formatAs, formatNumber, plural, type TrialsData, trialCommand } from '../shared/index.js';
import type { ChosenCell } from './heat-explorer.js';
import { loadColumn } from './load-columns.js';
import { type GridColumn, part, RowGrid } from './row-grid.js';

/** More selects than this are no help. */
const FILTERS_MAX = 8;

interface Column extends GridColumn {
  readonly values: Float64Array;
}

/** Levels of a parameter that a filter lets through, from the first to the last. */
interface LevelRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Fills the table of trials.
 *
 * @param host - For the table.
 * @param panel - For the command line of the picked trial.
 * @param data - Packed trials.
 * @returns Lists the trials of a heat-map cell.
 */
export async function setUpTrialTable(
  host: HTMLElement,
  panel: HTMLElement,
  data: TrialsData,
): Promise<(cell: ChosenCell) => void> {
  const [codes, metrics] = await Promise.all([
    Promise.all(data.parameters.map((parameter) => loadColumn(parameter.codes))),
    Promise.all(data.metrics.map(({ values }) => loadColumn(values))),
  ]);
  const table = new TrialTable(host, panel, data, codes, metrics);
  return (cell) => table.showCell(cell);
}

class TrialTable {
  private readonly data: TrialsData;
  private readonly codes: readonly Float64Array[];
  private readonly columns: readonly Column[];
  private readonly panel: HTMLElement;
  private readonly grid: RowGrid;
  private readonly count = document.createElement('output');
  private readonly selects = new Map<number, HTMLSelectElement>();
  private readonly cellName = part('span', 'cell-name');
  private order: number[] = [];
  private ranges = new Map<number, LevelRange>();
  private isCell = false;
  private sortBy = 0;
  private descending = false;

  constructor(
    host: HTMLElement,
    panel: HTMLElement,
    data: TrialsData,
    codes: readonly Float64Array[],
    metrics: readonly Float64Array[],
  ) {
    this.data = data;
    this.codes = codes;
    this.panel = panel;
    this.columns = columnsOf(data, codes, metrics);
    // The same in head and rows, whatever they hold.
    const widths = this.columns.map(({ name, isNumber }) =>
      name === '#' ? 48 : Math.max(isNumber ? 84 : 72, name.length * 7 + 24),
    );
    const total = `${widths.reduce((sum, width) => sum + width, 0)}px`;
    host.style.setProperty('--columns', total);
    this.grid = new RowGrid(this.columns, {
      label: 'Trials. Use the arrow keys to select a trial.',
      template: widths.map((width) => `minmax(${width}px,${width}fr)`).join(' '),
      beginsDescending: (column) => column > 0 && this.columns[column]!.isNumber === true,
      onSort: (column, isDescending) => {
        this.sortBy = column;
        this.descending = isDescending;
        this.reorder();
      },
      onPick: () => this.showCommand(),
    });
    host.replaceChildren(this.filters(), this.grid.element);
    this.reorder();
    this.showCommand();
  }

  /** Lists the trials of a heat-map cell: of the best, and the best one of the cell itself. */
  showCell({ rows, columns }: ChosenCell): void {
    this.clear();
    this.isCell = true;
    const names = [rows, columns].map(([axis, label]) => {
      const { parameter, groupSize } = this.data.axes[axis]!;
      const levels = this.data.parameters[parameter]!.levels;
      const first = label * groupSize;
      const last = Math.min(levels.length, first + groupSize) - 1;
      this.ranges.set(parameter, { first, last });
      if (first === last) this.select(parameter, first);
      const text = first === last ? levels[first]! : `${levels[first]} to ${levels[last]}`;
      return `${this.data.parameters[parameter]!.name} ${text}`;
    });
    this.cellName.textContent = `Cell: ${names.join(', ')}`;
    this.grid.scrollToTop();
    this.reorder();
    document.getElementById('trials')?.scrollIntoView({ block: 'start' });
    this.grid.element.focus({ preventScroll: true });
  }

  private clear(): void {
    this.ranges.clear();
    this.isCell = false;
    this.cellName.textContent = '';
    for (const select of this.selects.values()) select.value = '';
  }

  private select(parameter: number, level: number): void {
    const select = this.selects.get(parameter);
    if (select) select.value = String(level);
  }

  private filters(): HTMLElement {
    const bar = part('div', 'filters');
    varyingOf(this.data)
      .slice(0, FILTERS_MAX)
      .forEach((parameter) => {
        const { name, levels } = this.data.parameters[parameter]!;
        const label = document.createElement('label');
        const select = document.createElement('select');
        select.add(new Option('all', ''));
        levels.forEach((level, code) => {
          select.add(new Option(level, String(code)));
        });
        select.addEventListener('change', () => {
          if (select.value === '') this.ranges.delete(parameter);
          else
            this.ranges.set(parameter, { first: Number(select.value), last: Number(select.value) });
          this.isCell = false;
          this.cellName.textContent = '';
          this.grid.scrollToTop();
          this.reorder();
        });
        this.selects.set(parameter, select);
        label.append(name, select);
        bar.append(label);
      });
    const clear = document.createElement('button');
    clear.type = 'button';
    clear.textContent = 'Clear';
    clear.title = 'Show all listed trials';
    clear.addEventListener('click', () => {
      this.clear();
      this.reorder();
    });
    this.count.setAttribute('aria-live', 'polite');
    bar.append(clear, this.cellName, this.count);
    return bar;
  }

  private reorder(): void {
    // What stands below the best is there for the cells of heat maps alone.
    const length = this.isCell ? this.data.length : this.data.best;
    const passes = (row: number): boolean =>
      [...this.ranges].every(([parameter, { first, last }]) => {
        const code = this.codes[parameter]![row]!;
        return code >= first && code <= last;
      });
    const { values } = this.columns[this.sortBy]!;
    const direction = this.descending ? -1 : 1;
    // What is undefined comes last, whatever the direction.
    const key = (row: number): number =>
      Number.isNaN(values[row]!) ? Infinity : direction * values[row]!;
    this.order = Array.from({ length }, (_, row) => row)
      .filter(passes)
      .sort((a, b) => (key(a) === key(b) ? a - b : key(a) - key(b)));
    const all = this.isCell ? plural(this.data.counted, 'trial') : plural(length, 'trial');
    this.count.textContent = `${formatNumber(this.order.length, 0)} of ${all}${this.isCell ? ` (the best; ${this.data.file} has all)` : ''}`;
    this.grid.show(this.order);
  }

  private showCommand(): void {
    const title = document.createElement('h3');
    const { data } = this;
    const { picked } = this.grid;
    if (picked === undefined) {
      title.textContent = 'Run again';
      const text = document.createElement('p');
      text.textContent = 'Select a trial in the table to see the command that runs it again.';
      this.panel.replaceChildren(title, text);
      return;
    }
    title.textContent = `Run again: trial ${formatNumber(picked + 1, 0)}`;
    if (data.command === undefined) {
      const text = document.createElement('p');
      text.textContent =
        'The command is unknown: this details file does not record it. Optimize again with --save-details.';
      this.panel.replaceChildren(title, text);
      return;
    }
    const line = part('div', 'command');
    const command = document.createElement('pre');
    command.tabIndex = 0;
    command.textContent = trialCommand(data, (parameter) => this.codes[parameter]![picked]!);
    const copy = document.createElement('button');
    copy.type = 'button';
    copy.textContent = 'Copy';
    copy.addEventListener('click', () => {
      getSelection()?.selectAllChildren(command);
      navigator.clipboard
        ?.writeText(command.textContent ?? '')
        .then(() => {
          copy.textContent = 'Copied';
        })
        .catch(() => {
          copy.textContent = 'Selected: press Ctrl+C';
        });
    });
    line.append(command, copy);
    this.panel.replaceChildren(title, line);
  }
}

/** Parameters with more than one value, those of the heat maps first. */
function varyingOf({ parameters, axes }: TrialsData): readonly number[] {
  const first = axes.map(({ parameter }) => parameter);
  const others = parameters.flatMap(({ levels }, k) =>
    levels.length > 1 && !first.includes(k) ? [k] : [],
  );
  return [...first, ...others];
}

function columnsOf(
  data: TrialsData,
  codes: readonly Float64Array[],
  metrics: readonly Float64Array[],
): readonly Column[] {
  const metric = (k: number): Column => {
    const { label, unit } = data.metrics[k]!;
    const values = metrics[k]!;
    return {
      name: label,
      values,
      isNumber: true,
      text: (row) => (values[row]! >= 1e9 ? '∞' : formatAs(values[row]!, unit)),
    };
  };
  const others = data.metrics.flatMap((_, k) => (k === data.metric ? [] : [metric(k)]));
  return [
    {
      name: '#',
      values: Float64Array.from({ length: data.length }, (_, k) => k),
      isNumber: true,
      text: (row) => formatNumber(row + 1, 0),
    },
    metric(data.metric),
    ...varyingOf(data).map((k): Column => {
      const { name, levels } = data.parameters[k]!;
      return { name, values: codes[k]!, isNumber: false, text: (row) => levels[codes[k]![row]!]! };
    }),
    ...others,
  ];
}
