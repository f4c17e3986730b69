/** The moment that the pointer is at, for all charts of the page. */
export class SharedCrosshair {
  private readonly listeners = new Map<object, (index: number | undefined) => void>();

  /**
   * Says where the pointer is.
   *
   * @param source - The chart that it is over; the others follow.
   * @param index - Stored candle; `undefined` when it left.
   */
  set(source: object, index: number | undefined): void {
    for (const [owner, listener] of this.listeners) if (owner !== source) listener(index);
  }

  onMove(owner: object, listener: (index: number | undefined) => void): void {
    this.listeners.set(owner, listener);
  }
}
