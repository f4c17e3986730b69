const ROW_HEIGHT = 30;
/** Rows kept ready above and below the visible ones. */
const ROWS_SPARE = 12;

/** A column of a grid. */
export interface GridColumn {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly text: (row: number) => string;
  /** Class of a cell, by its row. */
  readonly tint?: (row: number) => string;
}

export interface RowGridOptions {
  /** What the rows are, and how one is picked. */
  readonly label: string;
  /** Widths of the columns, where the style sheet does not say them. */
  readonly template?: string;
  /** Whether the first click on the head of a column sorts it from the largest. */
  readonly beginsDescending: (column: number) => boolean;
  readonly onSort: (column: number, isDescending: boolean) => void;
  readonly onPick: (row: number) => void;
}

/** A list with sortable heads that holds only the rows in view; arrow keys pick a row. */
export class RowGrid<Column extends GridColumn = GridColumn> {
  readonly element = part('div', 'grid-table');
  private readonly body = part('div', 'grid-body');
  private readonly columns: readonly Column[];
  private readonly options: RowGridOptions;
  private order: ArrayLike<number> = [];
  private sortBy = 0;
  private isDescending = false;
  private pickedRow: number | undefined;

  constructor(columns: readonly Column[], options: RowGridOptions) {
    this.columns = columns;
    this.options = options;
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'grid');
    this.element.setAttribute('aria-label', options.label);
    this.element.setAttribute('aria-colcount', String(columns.length));
    this.body.setAttribute('role', 'rowgroup');
    this.element.append(this.head(), this.body);
    this.element.addEventListener('scroll', () => this.paint());
    this.element.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => this.paint()).observe(this.element);
  }

  /** The row that is picked. */
  get picked(): number | undefined {
    return this.pickedRow;
  }

  /** Shows these rows, in this order. */
  show(order: ArrayLike<number>): void {
    this.order = order;
    this.body.style.height = `${order.length * ROW_HEIGHT}px`;
    this.element.setAttribute('aria-rowcount', String(order.length + 1));
    this.paint();
  }

  /** Goes to the first row. */
  scrollToTop(): void {
    this.element.scrollTop = 0;
  }

  /** Marks a row without calling back. */
  mark(row: number): void {
    this.pickedRow = row;
    this.paint();
  }

  /** The row before or after the picked one, in the order shown. */
  neighbour(step: 1 | -1): number | undefined {
    const at = this.position();
    return this.order[at < 0 ? 0 : at + step];
  }

  private position(): number {
    const { pickedRow } = this;
    return pickedRow === undefined ? -1 : Array.prototype.indexOf.call(this.order, pickedRow);
  }

  private head(): HTMLElement {
    const head = part('div', 'grid-head');
    head.setAttribute('role', 'row');
    this.setWidths(head);
    this.columns.forEach((column, k) => {
      const cell = part('div', column.isNumber ? 'num' : '');
      cell.setAttribute('role', 'columnheader');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = column.name;
      button.addEventListener('click', () => {
        this.isDescending =
          this.sortBy === k ? !this.isDescending : this.options.beginsDescending(k);
        this.sortBy = k;
        for (const other of head.children) other.removeAttribute('aria-sort');
        cell.setAttribute('aria-sort', this.isDescending ? 'descending' : 'ascending');
        this.options.onSort(k, this.isDescending);
      });
      if (k === this.sortBy) cell.setAttribute('aria-sort', 'ascending');
      cell.append(button);
      head.append(cell);
    });
    return head;
  }

  private setWidths(row: HTMLElement): void {
    const { template } = this.options;
    if (template !== undefined) row.style.gridTemplateColumns = template;
  }

  private paint(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW_HEIGHT) - ROWS_SPARE);
    const visible = Math.ceil(this.element.clientHeight / ROW_HEIGHT) + 2 * ROWS_SPARE;
    const last = Math.min(this.order.length, first + visible);
    const rows = document.createDocumentFragment();
    for (let at = first; at < last; at++) rows.append(this.row(at));
    this.body.replaceChildren(rows);
  }

  private row(at: number): HTMLElement {
    const id = this.order[at]!;
    const row = part('div', 'grid-row');
    row.setAttribute('role', 'row');
    row.setAttribute('aria-rowindex', String(at + 2));
    row.setAttribute('aria-selected', String(id === this.pickedRow));
    row.style.top = `${at * ROW_HEIGHT}px`;
    row.dataset.row = String(id);
    this.setWidths(row);
    for (const column of this.columns) {
      const cell = part('span', column.isNumber ? 'num' : '');
      cell.setAttribute('role', 'gridcell');
      cell.textContent = column.text(id);
      const tint = column.tint?.(id);
      if (tint !== undefined) cell.classList.add(tint);
      row.append(cell);
    }
    row.addEventListener('click', () => this.pick(id));
    return row;
  }

  private pick(row: number): void {
    this.mark(row);
    this.options.onPick(row);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.element || this.order.length === 0) return;
    const at = this.position();
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - 2);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.order.length - 1,
    };
    const wanted = targets[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    const next = Math.min(this.order.length - 1, Math.max(0, wanted));
    const top = next * ROW_HEIGHT;
    const room = this.element.clientHeight - 3 * ROW_HEIGHT;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top > this.element.scrollTop + room) this.element.scrollTop = top - room;
    this.pick(this.order[next]!);
  }
}

/** An element of a class. */
export function part(tag: string, className: string): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  return made;
}
