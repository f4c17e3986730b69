import type { Clock, ReadingNote, UserEvent, UserEvents } from '../ports/index.js';
import { parseExactJson } from './http-client.js';
import { keepConnected } from './kept-connection.js';
import { lookAtAccount } from './look-at-account.js';
import { readAnswer } from './read-answer.js';
import type { OpenSocket } from './socket.js';
import type { EndpointCaller } from './spot-broker.js';
import { UsdmEventMapper } from './usdm-mapper.js';
import { listenKeySchema } from './usdm-schemas.js';

export interface UsdmUserStreamOptions {
  /** Without class, for example `wss://fstream.binance.com`. */
  readonly url: string;
  /** Gets and renews the listen key. */
  readonly caller: EndpointCaller;
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  /** Time without a ping or a frame after which a connection is dead; default 400,000 ms (pings come every 3 min). */
  readonly silenceMs?: number;
  /** How often the listen key is renewed; default 1,800,000 ms (it lives for an hour). */
  readonly renewMs?: number;
  /** As of the spot stream. */
  readonly pace?: number;
  /** Gets frames that could not be read. */
  readonly onMalformed?: (frame: string) => void;
  /** Gets word of what could not be read, or nobody knows. */
  readonly onNote?: (note: ReadingNote) => void;
}

const SILENCE_MS = 400_000;
const RENEW_MS = 1_800_000;
const PATH = '/fapi/v1/listenKey';

/**
 * Follows the user events of a USD-M account: gets a listen key, renews it, and connects anew with another one when
 * it ends. After every (re)connection it says `gap`: what happened meanwhile has to be fetched.
 *
 * @param options - Address, key, clock and sockets.
 */
export function usdmUserEvents(options: UsdmUserStreamOptions): UserEvents {
  return { subscribe: (listener) => followUser(options, listener) };
}

function followUser(
  options: UsdmUserStreamOptions,
  listener: (event: UserEvent) => void,
): () => void {
  const { clock, caller, onMalformed, pace = 1 } = options;
  const look = lookAtAccount({ clock, pace, listener, onNote: options.onNote });
  const mapper = new UsdmEventMapper(look.onNote);
  const keyCall = (method: 'POST' | 'PUT'): Promise<unknown> =>
    caller.call({ method, path: PATH, weight: 1, isKeyed: true });
  return keepConnected({
    clock,
    openSocket: options.openSocket,
    silenceMs: (options.silenceMs ?? SILENCE_MS) * pace,
    address: async () => {
      const answer = await keyCall('POST');
      const { listenKey } = readAnswer(listenKeySchema, answer, 'listenKey', false);
      return `${options.url}/private/ws/${listenKey}`;
    },
    onOpen: (link) => {
      link.succeeded();
      listener({ type: 'gap', time: clock.now() });
      const renew = (): void => {
        // A key that could not be renewed may be dead already, and a dead one is silent: begin anew.
        keyCall('PUT').then(
          () => link.after(options.renewMs ?? RENEW_MS, renew),
          (error: unknown) => link.end(`the listen key was not renewed: ${String(error)}`),
        );
      };
      link.after(options.renewMs ?? RENEW_MS, renew);
    },
    onEnd: (reason) => listener({ type: 'disconnected', time: clock.now(), reason }),
    onMessage: (text, link) => {
      const event = parseExactJson(text) as { e?: unknown } | null | undefined;
      if (event?.e === 'listenKeyExpired' || event?.e === 'serverShutdown') {
        link.end(event.e);
        return;
      }
      const isEvent = typeof event === 'object' && event !== null;
      const mapped = isEvent ? mapper.map(event) : 'malformed';
      if (mapped === 'malformed') {
        onMalformed?.(text.slice(0, 1_000));
        look.afterMalformed(link);
      } else for (const one of mapped) listener(one);
      look.ifNoted(link);
    },
  });
}
