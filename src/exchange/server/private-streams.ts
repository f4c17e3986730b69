import { generateId, type Payload, usdmRefusals } from '../simulated/index.js';
import { answerControlFrame } from './control-frames.js';
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
  readonly listenKeys: Set<string>;
  /** Event types wanted; `undefined` for all. */
  readonly events: ReadonlySet<string> | undefined;
  isCombined: boolean;
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
    const keys = [...this.#subscribers].flatMap(({ listenKeys }) => [...listenKeys]);
    return keys.filter((key) => this.#keys.has(key)).length;
  }

  start(apiKey: string): string {
    const living = this.#living(apiKey);
    if (living !== undefined) return this.keepAlive(apiKey);
    const listenKey = generateId(this.#draws, KEY_LENGTH);
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
   * `/private/stream?streams=<key>`; or the keys are subscribed to like streams. With a key that nobody knows it
   * stays silent.
   */
  attach(connection: SocketConnection, url: URL): void {
    const isCombined = url.pathname.startsWith('/private/stream');
    const named =
      url.searchParams.get('listenKey') ??
      (isCombined
        ? (url.searchParams.get('streams') ?? '')
        : url.pathname.replace(/^\/private\/ws\/?/, ''));
    const events = url.searchParams.get('events')?.split('/');
    const listenKeys = new Set(named.split('/').filter((key) => key !== ''));
    const subscriber: Subscriber = {
      connection,
      listenKeys,
      events: events === undefined ? undefined : new Set(events),
      isCombined,
    };
    this.#subscribers.add(subscriber);
    connection.socket.on('message', (data: Buffer) => receive(subscriber, data.toString()));
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
      if (subscriber.listenKeys.has(listenKey)) send(subscriber, listenKey, event);
    }
    this.#keys.delete(listenKey);
  }

  #deliver(event: Payload): void {
    this.expireDue();
    for (const subscriber of this.#subscribers) {
      if (subscriber.events?.has(String(event.e)) === false) continue;
      for (const key of subscriber.listenKeys) {
        if (this.#keys.has(key)) send(subscriber, key, event);
      }
    }
  }
}

function receive(subscriber: Subscriber, text: string): void {
  const { connection, listenKeys } = subscriber;
  const answer = answerControlFrame(text, {
    names: listenKeys,
    get isCombined() {
      return subscriber.isCombined;
    },
    set isCombined(value) {
      subscriber.isCombined = value;
    },
    add: (key) => void listenKeys.add(key),
    remove: (key) => void listenKeys.delete(key),
  });
  if (answer === undefined) connection.socket.close(1008, 'Too many streams');
  else connection.send(JSON.stringify(answer));
}

function send({ connection, isCombined }: Subscriber, listenKey: string, event: Payload): void {
  connection.send(JSON.stringify(isCombined ? { stream: listenKey, data: event } : event));
}
