import type { Payload } from '../simulated/index.js';
import type { FaultBox } from './faults.js';
import { oddNumbers, unreadable } from './odd-payloads.js';

/** Hands user events on, one by one, through the faults that lose, double, delay or reorder them. */
export class EventDelivery {
  readonly #faults: FaultBox;
  readonly #now: () => number;
  readonly #deliver: (event: Payload) => void;
  #held: Payload[] = [];

  constructor(
    { faults, now }: { readonly faults: FaultBox; readonly now: () => number },
    deliver: (event: Payload) => void,
  ) {
    this.#faults = faults;
    this.#now = now;
    this.#deliver = deliver;
  }

  publish(events: readonly Payload[]): void {
    for (const event of events) this.#publishOne(event);
  }

  #publishOne(event: Payload): void {
    const faults = this.#faults;
    if (faults.isEmpty) {
      this.#deliver(event);
      this.#deliverHeld();
      return;
    }
    const time = this.#now();
    const target = targetOf(event);
    if (faults.strike('event-lost', target, time)) return;
    if (faults.strike('events-reordered', target, time)) {
      this.#held.push(event);
      return;
    }
    if (faults.strike('event-unknown', target, time)) {
      this.#deliver({ e: 'SOMETHING_NEW', E: event.E, T: event.T, x: [{ y: '1e-9' }] });
    }
    if (faults.strike('event-unreadable', target, time)) {
      this.#deliver(unreadable(event));
      return;
    }
    if (faults.strike('event-odd', target, time)) {
      this.#deliver(oddNumbers(event) as Payload);
      return;
    }
    const delay = faults.strike('event-delayed', target, time);
    if (delay !== undefined) {
      setTimeout(() => this.#deliver(event), delay.value ?? 1_000).unref();
      return;
    }
    this.#deliver(event);
    if (faults.strike('event-twice', target, time)) this.#deliver(event);
    this.#deliverHeld();
  }

  #deliverHeld(): void {
    for (const held of this.#held.splice(0)) this.#deliver(held);
  }
}

/** What a rule matches an event by: type, execution and status; futures keep the last two in `o`, reasons in `a`. */
function targetOf(event: Payload): string {
  const inner = (event.o ?? event.a ?? {}) as Payload;
  const source = typeof inner === 'object' ? inner : {};
  return [event.e, event.x, event.X, source.x, source.X, source.m]
    .filter((word) => typeof word === 'string')
    .join(' ');
}
