import { zoomView } from '../shared/index.js';
import { saveChart } from './save-chart.js';
import type { SharedView } from './shared-view.js';
import type { TimeChart } from './time-chart.js';

const DAY_MS = 86_400_000;
const SPANS: readonly (readonly [string, number])[] = [
  ['1y', 365 * DAY_MS],
  ['3m', 91 * DAY_MS],
  ['1m', 30 * DAY_MS],
  ['1w', 7 * DAY_MS],
  ['1d', DAY_MS],
];

/**
 * Adds the buttons of a chart: zoom, scales, benchmark, and files.
 *
 * @param toolbar - Its toolbar element.
 * @param chart - The chart.
 * @param view - View to change.
 * @param candleMs - Length of a stored candle, ms.
 */
export function setUpToolbar(
  toolbar: HTMLElement,
  chart: TimeChart,
  view: SharedView,
  candleMs: number,
): void {
  addZoom(toolbar, view, candleMs);
  addSwitches(toolbar, chart);
  const name = toolbar.dataset.chart ?? 'chart';
  for (const kind of ['SVG', 'PNG'] as const) {
    addButton(toolbar, kind, `${kind}: save the visible range as an image`, () =>
      saveChart(chart.picture(), name, kind),
    );
  }
  const hint = document.createElement('span');
  hint.className = 'hint';
  hint.textContent = 'Drag to move. Click, then scroll to zoom.';
  toolbar.append(hint);
}

function addZoom(toolbar: HTMLElement, view: SharedView, candleMs: number): void {
  addButton(toolbar, 'All', 'All: show the whole period', () =>
    view.set({ from: 0, to: view.length }),
  );
  for (const [name, ms] of SPANS) {
    const candles = ms / candleMs;
    if (candles < 20 || candles > view.length) continue;
    addButton(toolbar, name, `Show ${name}`, () => {
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
  addButton(toolbar, '+', 'Zoom in', () => zoom(1 / 2));
  addButton(toolbar, '\u2212', 'Zoom out', () => zoom(2));
}

function addSwitches(toolbar: HTMLElement, chart: TimeChart): void {
  if (chart.hasLog) {
    addSwitch(toolbar, 'Log', 'Log: logarithmic scale', false, (isOn) => chart.setLog(isOn));
  }
  if (chart.hasPercent) {
    addSwitch(
      toolbar,
      '%',
      'Switch between percent of the initial value and money',
      chart.showsPercent,
      (isOn) => chart.setPercent(isOn),
    );
  }
  const benchmark = chart.lines.findIndex(({ payload }) => payload.isBenchmark === true);
  if (benchmark < 0) return;
  const label = chart.lines[benchmark]!.payload.label;
  const button = addSwitch(toolbar, label, `${label}: hide or show`, true, (isOn) =>
    chart.showLine(benchmark, isOn),
  );
  chart.onLines(() => {
    button.setAttribute('aria-pressed', String(chart.lines[benchmark]?.isShown));
  });
}

function addButton(
  toolbar: HTMLElement,
  text: string,
  label: string,
  action: () => void,
): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.setAttribute('aria-label', label);
  button.title = label;
  button.addEventListener('click', action);
  toolbar.append(button);
  return button;
}

function addSwitch(
  toolbar: HTMLElement,
  text: string,
  label: string,
  isOn: boolean,
  action: (isOn: boolean) => void,
): HTMLButtonElement {
  const button = addButton(toolbar, text, label, () => {
    const next = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(next));
    action(next);
  });
  button.setAttribute('aria-pressed', String(isOn));
  return button;
}
