import { clampView, type View } from '../shared/index.js';

/** The view that all charts of the page share: moving one moves the others. */
export class SharedView {
  readonly length: number;
  private current: View;
  private readonly listeners: (() => void)[] = [];

  constructor(length: number) {
    this.length = length;
    this.current = { from: 0, to: length };
  }

  get(): View {
    return this.current;
  }

  set(view: View): void {
    this.current = clampView(view, this.length);
    for (const listener of this.listeners) listener();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }
}
