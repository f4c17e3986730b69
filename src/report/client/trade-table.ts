import {
  formatAs,
  formatNumber,
  formatTime,
  orderTrades,
  type ReportPayload,
  type TradeFilter,
  tradesCsv,
} from '../shared/index.js';
import { saveFile } from './save-file.js';
import type { TradeColumn, TradeColumns } from './trades.js';

const ROW_HEIGHT = 30;
/** Rows kept ready above and below the visible ones. */
const ROWS_SPARE = 12;

interface Column {
  readonly name: string;
  readonly key: TradeColumn | 'number';
  readonly isNumber?: boolean;
  readonly isTinted?: boolean;
  readonly text: (trade: number) => string;
}

/** A sortable, filterable list that holds only the rows in view. */
export class TradeTable {
  private readonly trades: TradeColumns;
  private readonly subject: NonNullable<ReportPayload['subject']>;
  private readonly columns: readonly Column[];
  private readonly onPick: (trade: number) => void;
  private readonly scroller = element('div', 'grid-table');
  private readonly body = element('div', 'grid-body');
  private readonly count = document.createElement('output');
  private readonly numbers: Float64Array;
  private order: Uint32Array = new Uint32Array();
  private filter: TradeFilter = {};
  private sortKey: Column['key'] = 'number';
  private descending = false;
  private picked: number | undefined;

  constructor(
    host: HTMLElement,
    trades: TradeColumns,
    { priceDigits, quoteAsset, subject }: ReportPayload,
    onPick: (trade: number) => void,
  ) {
    this.trades = trades;
    this.subject = subject ?? { symbol: '', strategy: '' };
    this.onPick = onPick;
    this.numbers = Float64Array.from({ length: trades.length }, (_, i) => i);
    this.columns = tradeColumns(trades, priceDigits, quoteAsset);
    this.scroller.tabIndex = 0;
    this.scroller.setAttribute('role', 'grid');
    this.scroller.setAttribute('aria-label', 'Trades. Arrow keys pick a trade.');
    this.scroller.setAttribute('aria-colcount', String(this.columns.length));
    this.body.setAttribute('role', 'rowgroup');
    this.scroller.append(this.head(), this.body);
    host.replaceChildren(this.filters(), this.scroller);
    this.scroller.addEventListener('scroll', () => this.paint());
    this.scroller.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => this.paint()).observe(this.scroller);
    this.reorder();
  }

  /** Marks a trade without calling back. */
  mark(trade: number): void {
    this.picked = trade;
    this.paint();
  }

  /** The trade before or after the picked one, in the order of the table. */
  neighbour(step: 1 | -1): number | undefined {
    const at = this.picked === undefined ? -1 : this.order.indexOf(this.picked);
    return this.order[at < 0 ? 0 : at + step];
  }

  private head(): HTMLElement {
    const head = element('div', 'grid-head');
    head.setAttribute('role', 'row');
    for (const column of this.columns) {
      const cell = element('div', column.isNumber ? 'num' : '');
      cell.setAttribute('role', 'columnheader');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = column.name;
      button.addEventListener('click', () => {
        this.descending = this.sortKey === column.key ? !this.descending : column.key !== 'number';
        this.sortKey = column.key;
        this.reorder();
        for (const other of head.children) other.removeAttribute('aria-sort');
        cell.setAttribute('aria-sort', this.descending ? 'descending' : 'ascending');
      });
      if (column.key === this.sortKey) cell.setAttribute('aria-sort', 'ascending');
      cell.append(button);
      head.append(cell);
    }
    return head;
  }

  private filters(): HTMLElement {
    const bar = element('div', 'filters');
    const add = (
      name: string,
      choices: readonly (readonly [string, Partial<TradeFilter>])[],
      key: keyof TradeFilter,
    ): void => {
      const label = document.createElement('label');
      const select = document.createElement('select');
      choices.forEach(([text], k) => {
        select.add(new Option(text, String(k)));
      });
      select.addEventListener('change', () => {
        const { [key]: _, ...others } = this.filter;
        this.filter = { ...others, ...choices[Number(select.value)]?.[1] };
        this.scroller.scrollTop = 0;
        this.reorder();
      });
      label.append(name, select);
      bar.append(label);
    };
    add(
      'Side',
      [
        ['all', {}],
        ['long', { side: 1 }],
        ['short', { side: -1 }],
      ],
      'side',
    );
    add(
      'Outcome',
      [
        ['all', {}],
        ['wins', { outcome: 'win' }],
        ['losses', { outcome: 'loss' }],
        ['ambiguous', { outcome: 'ambiguous' }],
      ],
      'outcome',
    );
    add(
      'Exit reason',
      [['all', {}], ...this.trades.reasonNames.map((name, reason) => [name, { reason }] as const)],
      'reason',
    );
    const save = document.createElement('button');
    save.type = 'button';
    save.textContent = 'CSV';
    save.setAttribute('aria-label', 'CSV: save the trades shown, in this order');
    save.title = 'Save the trades shown, in this order';
    save.addEventListener('click', () => this.save());
    this.count.setAttribute('aria-live', 'polite');
    bar.append(save, this.count);
    return bar;
  }

  private save(): void {
    const { symbol, strategy } = this.subject;
    const text = tradesCsv(this.trades, this.order, this.subject);
    const name = `${symbol}_${strategy}_${this.order.length}_trades.csv`;
    saveFile(
      new Blob([text], { type: 'text/csv' }),
      name.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').slice(-120),
    );
  }

  private reorder(): void {
    const key = this.sortKey === 'number' ? this.numbers : this.trades[this.sortKey];
    this.order = orderTrades(this.trades, this.filter, key, this.descending);
    this.body.style.height = `${this.order.length * ROW_HEIGHT}px`;
    this.scroller.setAttribute('aria-rowcount', String(this.order.length + 1));
    this.count.textContent = `${formatNumber(this.order.length, 0)} of ${formatNumber(this.trades.length, 0)} trades`;
    this.paint();
  }

  private paint(): void {
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW_HEIGHT) - ROWS_SPARE);
    const visible = Math.ceil(this.scroller.clientHeight / ROW_HEIGHT) + 2 * ROWS_SPARE;
    const last = Math.min(this.order.length, first + visible);
    const rows = document.createDocumentFragment();
    for (let at = first; at < last; at++) rows.append(this.row(at));
    this.body.replaceChildren(rows);
  }

  private row(at: number): HTMLElement {
    const trade = this.order[at]!;
    const row = element('div', 'grid-row');
    row.setAttribute('role', 'row');
    row.setAttribute('aria-rowindex', String(at + 2));
    row.setAttribute('aria-selected', String(trade === this.picked));
    row.style.top = `${at * ROW_HEIGHT}px`;
    row.dataset.trade = String(trade);
    for (const column of this.columns) {
      const cell = element('span', column.isNumber ? 'num' : '');
      cell.setAttribute('role', 'gridcell');
      cell.textContent = column.text(trade);
      if (column.isTinted && column.key !== 'number') {
        cell.classList.add(this.trades[column.key][trade]! > 0 ? 'gain' : 'loss');
      }
      row.append(cell);
    }
    row.addEventListener('click', () => this.choose(trade));
    return row;
  }

  private choose(trade: number): void {
    this.mark(trade);
    this.onPick(trade);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.scroller) return;
    const at = this.picked === undefined ? -1 : this.order.indexOf(this.picked);
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 2);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.order.length - 1,
    };
    const wanted = targets[event.key];
    if (wanted === undefined || this.order.length === 0) return;
    event.preventDefault();
    const next = Math.min(this.order.length - 1, Math.max(0, wanted));
    const top = next * ROW_HEIGHT;
    const room = this.scroller.clientHeight - 3 * ROW_HEIGHT;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top > this.scroller.scrollTop + room) this.scroller.scrollTop = top - room;
    this.mark(this.order[next]!);
    this.onPick(this.order[next]!);
  }
}

function tradeColumns(
  trades: TradeColumns,
  priceDigits: number,
  quoteAsset: string,
): readonly Column[] {
  const number = (
    name: string,
    key: TradeColumn,
    text: (value: number) => string,
    isTinted = false,
  ): Column => ({ name, key, isNumber: true, isTinted, text: (i) => text(trades[key][i]!) });
  const price = (value: number): string => formatNumber(value, priceDigits);
  const percent = (value: number): string => formatAs(value, 'percent');
  return [
    { name: '#', key: 'number', isNumber: true, text: (i) => formatNumber(i + 1, 0) },
    { name: 'Side', key: 'sides', text: (i) => (trades.sides[i] === 1 ? 'long' : 'short') },
    { name: 'Entry (UTC)', key: 'entryTime', text: (i) => formatTime(trades.entryTime[i]!) },
    number('Entry price', 'entryPrice', price),
    { name: 'Exit (UTC)', key: 'exitTime', text: (i) => formatTime(trades.exitTime[i]!) },
    number('Exit price', 'exitPrice', price),
    number('Units', 'units', (value) => formatAs(value, 'quantity')),
    number(`Net (${quoteAsset})`, 'netPnl', (value) => formatAs(value, 'signed-quote'), true),
    number('Return', 'returnPct', (value) => formatAs(value, 'signed-percent'), true),
    {
      name: 'Exit reason',
      key: 'reasons',
      text: (i) =>
        `${trades.reasonNames[trades.reasons[i]!] ?? ''}${(trades.flags[i]! & 1) === 1 ? ' (?)' : ''}`,
    },
    number('Candles', 'candlesHeld', (value) => formatAs(value, 'count')),
    number('MAE', 'maePct', percent),
    number('MFE', 'mfePct', percent),
    number(`Balance (${quoteAsset})`, 'balance', (value) => formatAs(value, 'quote')),
  ];
}

function element(tag: 'div' | 'span', className: string): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  return made;
}
