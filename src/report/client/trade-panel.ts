import { formatAs, formatNumber, formatTime, type ReportPayload } from '../shared/index.js';
import type { TradeColumns } from './trades.js';

/**
 * Describes the picked trade below the candles, with buttons to its neighbours.
 *
 * @param panel - Element to fill.
 * @param trades - All trades.
 * @param trade - The picked one, or none.
 * @param report - Digits and asset.
 * @param step - Picks the trade before or after.
 */
export function showTradePanel(
  panel: HTMLElement,
  trades: TradeColumns,
  trade: number | undefined,
  report: ReportPayload,
  step: (direction: 1 | -1) => void,
): void {
  const buttons = document.createElement('span');
  buttons.className = 'buttons';
  for (const [text, label, direction] of [
    ['\u2039', 'Previous trade', -1],
    ['\u203a', 'Next trade', 1],
  ] as const) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.setAttribute('aria-label', label);
    button.addEventListener('click', () => step(direction));
    buttons.append(button);
  }
  const facts =
    trade === undefined
      ? [['', 'Step through the trades, or select one in the table below.'] as const]
      : tradeFacts(trades, trade, report);
  panel.replaceChildren(
    buttons,
    ...facts.map(([name, value]) => {
      const fact = document.createElement('span');
      const strong = document.createElement('b');
      if (name === '') fact.textContent = value;
      else {
        strong.textContent = value;
        fact.append(`${name} `, strong);
      }
      return fact;
    }),
  );
}

function tradeFacts(
  trades: TradeColumns,
  i: number,
  report: ReportPayload,
): (readonly [string, string])[] {
  const price = (value: number): string => formatNumber(value, report.priceDigits);
  const side = trades.sides[i] === 1 ? 'long' : 'short';
  const { stopLoss, takeProfit, trailingStop } = report.stops;
  const stops = [
    stopLoss === undefined ? '' : `stop \u2212${formatAs(stopLoss, 'fraction')}`,
    takeProfit === undefined ? '' : `target +${formatAs(takeProfit, 'fraction')}`,
    trailingStop === undefined ? '' : `trailing ${formatAs(trailingStop, 'fraction')}`,
  ].filter((text) => text !== '');
  return [
    ['Trade', `${formatNumber(i + 1, 0)}, ${side}`],
    ['in', `${formatTime(trades.entryTime[i]!)} at ${price(trades.entryPrice[i]!)}`],
    ['out', `${formatTime(trades.exitTime[i]!)} at ${price(trades.exitPrice[i]!)}`],
    ['by', trades.reasonNames[trades.reasons[i]!] ?? ''],
    [
      'net',
      `${formatAs(trades.netPnl[i]!, 'signed-quote')} ${report.quoteAsset} (${formatAs(trades.returnPct[i]!, 'signed-percent')})`,
    ],
    ...(stops.length === 0 ? [] : [['levels', stops.join(', ')] as const]),
  ];
}
