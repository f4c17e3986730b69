import {
  formatAs,
  formatNumber,
  formatTime,
  orderTrades,
  type ReportPayload,
  type TradeFilter,
  tradesCsv,
} from '../shared/index.js';
import { type GridColumn, part, RowGrid } from './row-grid.js';
import { saveFile } from './save-file.js';
import type { TradeColumn, TradeColumns } from './trades.js';

interface Column extends GridColumn {
  readonly key: TradeColumn | 'number';
}

/** A sortable, filterable list that holds only the rows in view. */
export class TradeTable {
  private readonly trades: TradeColumns;
  private readonly subject: NonNullable<ReportPayload['subject']>;
  private readonly columns: readonly Column[];
  private readonly grid: RowGrid;
  private readonly count = document.createElement('output');
  private readonly numbers: Float64Array;
  private order: Uint32Array = new Uint32Array();
  private filter: TradeFilter = {};
  private sortKey: Column['key'] = 'number';
  private descending = false;

  constructor(
    host: HTMLElement,
    trades: TradeColumns,
    { priceDigits, quoteAsset, subject }: ReportPayload,
    onPick: (trade: number) => void,
  ) {
    this.trades = trades;
    this.subject = subject ?? { symbol: '', strategy: '' };
    this.numbers = Float64Array.from({ length: trades.length }, (_, i) => i);
    this.columns = tradeColumns(trades, priceDigits, quoteAsset);
    this.grid = new RowGrid(this.columns, {
      label: 'Trades. Use the arrow keys to select a trade.',
      beginsDescending: (column) => column > 0,
      onSort: (column, isDescending) => {
        this.sortKey = this.columns[column]!.key;
        this.descending = isDescending;
        this.reorder();
      },
      onPick,
    });
    host.replaceChildren(this.filters(), this.grid.element);
    this.reorder();
  }

  /** Marks a trade without calling back. */
  mark(trade: number): void {
    this.grid.mark(trade);
  }

  /** The trade before or after the picked one, in the order of the table. */
  neighbour(step: 1 | -1): number | undefined {
    return this.grid.neighbour(step);
  }

  private filters(): HTMLElement {
    const bar = part('div', 'filters');
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
        this.grid.scrollToTop();
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
    save.setAttribute('aria-label', 'CSV: save the listed trades in this order');
    save.title = 'Save the listed trades in this order';
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
    this.count.textContent = `${formatNumber(this.order.length, 0)} of ${formatNumber(this.trades.length, 0)} trades`;
    this.grid.show(this.order);
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
  ): Column => ({
    ...{ name, key, isNumber: true, text: (i: number) => text(trades[key][i]!) },
    ...(isTinted && { tint: (i: number) => (trades[key][i]! > 0 ? 'gain' : 'loss') }),
  });
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
