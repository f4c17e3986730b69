import { madeUpId, type Payload, usdmRefusals } from '../simulated/index.js';
import { EventDelivery } from './event-delivery.js';
import type { FaultBox } from './faults.js';
import type { ListenKeys } from './route.js';
import type { SocketConnection } from './socket-connection.js';

const LIFETIME_MS = 3_600_000;
const KEY_LENGTH = 64;

interface LivingKey {
  readonly apiKey: string;
  expiryTime: number;
}

interface Subscriber {
  readonly connection: SocketConnection;
  readonly listenKey: string;
  /** Event types wanted; `undefined` for all. */
  readonly events: ReadonlySet<string> | undefined;
  readonly isCombined: boolean;
}

/** User data of USD-M: listen keys, and the sockets that follow them. */
export class PrivateStreams implements ListenKeys {
  readonly #now: () => number;
  readonly #draws: { readonly seed: number; draws: number };
  readonly #keys = new Map<string, LivingKey>();
  readonly #subscribers = new Set<Subscriber>();
  readonly #delivery: EventDelivery;

  constructor(
    context: { readonly faults: FaultBox; readonly now: () => number },
    { seed }: { readonly seed: number },
  ) {
    this.#now = context.now;
    this.#draws = { seed, draws: 0 };
    this.#delivery = new EventDelivery(context, (event) => this.#deliver(event));
  }

  get connections(): SocketConnection[] {
    return [...this.#subscribers].map(({ connection }) => connection);
  }

  get subscriptionCount(): number {
    return [...this.#subscribers].filter(({ listenKey }) => this.#keys.has(listenKey)).length;
  }

  start(apiKey: string): string {
    const living = this.#living(apiKey);
    if (living !== undefined) return this.keepAlive(apiKey);
    const listenKey = madeUpId(this.#draws, KEY_LENGTH);
    this.#keys.set(listenKey, { apiKey, expiryTime: this.#now() + LIFETIME_MS });
    return listenKey;
  }

  keepAlive(apiKey: string): string {
    const living = this.#living(apiKey);
    if (living === undefined) throw usdmRefusals.invalidListenKey();
    const [listenKey, entry] = living;
    entry.expiryTime = this.#now() + LIFETIME_MS;
    return listenKey;
  }

  stop(apiKey: string): void {
    const living = this.#living(apiKey);
    if (living === undefined) throw usdmRefusals.invalidListenKey();
    this.#end(living[0]);
  }

  /**
   * Takes over a socket: `/private/ws/<key>`, `/private/ws?listenKey=<key>&events=A/B`, or
   * `/private/stream?streams=<key>`. With a key that nobody knows it stays silent.
   */
  attach(connection: SocketConnection, url: URL): void {
    const isCombined = url.pathname.startsWith('/private/stream');
    const listenKey =
      url.searchParams.get('listenKey') ??
      (isCombined
        ? (url.searchParams.get('streams') ?? '')
        : url.pathname.replace(/^\/private\/ws\/?/, ''));
    const events = url.searchParams.get('events')?.split('/');
    const subscriber = {
      connection,
      listenKey,
      events: events === undefined ? undefined : new Set(events),
      isCombined,
    };
    this.#subscribers.add(subscriber);
    connection.socket.on('close', () => this.#subscribers.delete(subscriber));
  }

  publish(events: readonly Payload[]): void {
    this.#delivery.publish(events);
  }

  /** Ends keys whose hour is over. */
  expireDue(): void {
    for (const [listenKey, { expiryTime }] of [...this.#keys]) {
      if (expiryTime <= this.#now()) this.#end(listenKey);
    }
  }

  /** Ends the keys of an API key, or all: their connections stay open but are dead. */
  expire(apiKey?: string): void {
    for (const [listenKey, entry] of [...this.#keys]) {
      if (apiKey === undefined || entry.apiKey === apiKey) this.#end(listenKey);
    }
  }

  #living(apiKey: string): [string, LivingKey] | undefined {
    this.expireDue();
    return [...this.#keys].find(([, entry]) => entry.apiKey === apiKey);
  }

  #end(listenKey: string): void {
    const event = { e: 'listenKeyExpired', E: this.#now(), listenKey };
    for (const subscriber of this.#subscribers) {
      if (subscriber.listenKey === listenKey) send(subscriber, event);
    }
    this.#keys.delete(listenKey);
  }

  #deliver(event: Payload): void {
    this.expireDue();
    for (const subscriber of this.#subscribers) {
      const isWanted = subscriber.events?.has(String(event.e)) ?? true;
      if (isWanted && this.#keys.has(subscriber.listenKey)) send(subscriber, event);
    }
  }
}

function send({ connection, listenKey, isCombined }: Subscriber, event: Payload): void {
  connection.send(JSON.stringify(isCombined ? { stream: listenKey, data: event } : event));
}
