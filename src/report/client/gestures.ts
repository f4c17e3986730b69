import { panView, zoomView } from '../shared/index.js';
import type { SharedView } from './shared-view.js';

const KEY_PAN = 0.1;
const KEY_ZOOM = 1.5;

/**
 * Moves and zooms the view: drag, pinch, keys, and the wheel once the chart was clicked (or with Ctrl), so that the page scrolls past it.
 *
 * @param element - Chart element; it can be focused.
 * @param view - View to change.
 * @param plotWidth - Width of the candles' area now, pixels.
 */
export function setUpGestures(
  element: HTMLElement,
  view: SharedView,
  plotWidth: () => number,
): void {
  const positionAt = (clientX: number): number => {
    const { from, to } = view.get();
    const x = clientX - element.getBoundingClientRect().left;
    return from + (x / plotWidth()) * (to - from);
  };
  const zoom = (factor: number, anchor: number): void =>
    view.set(zoomView(view.get(), factor, anchor, view.length));
  const pan = (pixels: number): void => {
    const { from, to } = view.get();
    view.set(panView(view.get(), (pixels / plotWidth()) * (to - from), view.length));
  };

  element.addEventListener(
    'wheel',
    (event) => {
      if (document.activeElement !== element && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(event.deltaX);
      else zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 400))), positionAt(event.clientX));
    },
    { passive: false },
  );

  setUpPointers(element, positionAt, pan, zoom);

  element.addEventListener('keydown', (event) => {
    const { from, to } = view.get();
    const middle = (from + to) / 2;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => pan(-KEY_PAN * plotWidth()),
      ArrowRight: () => pan(KEY_PAN * plotWidth()),
      '+': () => zoom(1 / KEY_ZOOM, middle),
      '=': () => zoom(1 / KEY_ZOOM, middle),
      '-': () => zoom(KEY_ZOOM, middle),
      Home: () => view.set({ from: 0, to: view.length }),
      End: () => view.set({ from: view.length - (to - from), to: view.length }),
    };
    const action = actions[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
}

function setUpPointers(
  element: HTMLElement,
  positionAt: (clientX: number) => number,
  pan: (pixels: number) => void,
  zoom: (factor: number, anchor: number) => void,
): void {
  const pointers = new Map<number, number>();
  const spread = (): number => {
    const [a = 0, b = 0] = pointers.values();
    return Math.max(10, Math.abs(a - b));
  };
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, event.clientX);
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
  });
  element.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const spreadBefore = spread();
    pointers.set(event.pointerId, event.clientX);
    if (pointers.size === 1) pan(before - event.clientX);
    else {
      const [a = 0, b = 0] = pointers.values();
      zoom(spreadBefore / spread(), positionAt((a + b) / 2));
    }
  });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    element.addEventListener(end, (event) => pointers.delete(event.pointerId));
  }
}
