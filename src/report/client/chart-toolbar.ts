import { zoomView } from '../shared/index.js';
import type { SharedView } from './shared-view.js';

const DAY_MS = 86_400_000;
const SPANS: readonly (readonly [string, number])[] = [
  ['1y', 365 * DAY_MS],
  ['3m', 91 * DAY_MS],
  ['1m', 30 * DAY_MS],
  ['1w', 7 * DAY_MS],
  ['1d', DAY_MS],
];

/**
 * Adds the zoom buttons of a chart.
 *
 * @param toolbar - Its toolbar element.
 * @param view - View to change.
 * @param candleMs - Length of a stored candle, ms.
 */
export function setUpToolbar(toolbar: HTMLElement, view: SharedView, candleMs: number): void {
  const add = (text: string, label: string, action: () => void): void => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.setAttribute('aria-label', label);
    button.addEventListener('click', action);
    toolbar.append(button);
  };
  add('All', 'All: show the whole period', () => view.set({ from: 0, to: view.length }));
  for (const [name, ms] of SPANS) {
    const candles = ms / candleMs;
    if (candles < 20 || candles > view.length) continue;
    add(name, `Show ${name}`, () => {
      const { from, to } = view.get();
      // From the whole period, the end is what one wants to see; otherwise the middle stays.
      const middle = to - from >= view.length ? view.length - candles / 2 : (from + to) / 2;
      view.set({ from: middle - candles / 2, to: middle + candles / 2 });
    });
  }
  const zoom = (factor: number): void => {
    const { from, to } = view.get();
    view.set(zoomView(view.get(), factor, (from + to) / 2, view.length));
  };
  add('+', 'Zoom in', () => zoom(1 / 2));
  add('\u2212', 'Zoom out', () => zoom(2));
  const hint = document.createElement('span');
  hint.className = 'hint';
  hint.textContent = 'Drag to move. Click, then scroll to zoom.';
  toolbar.append(hint);
}
