import { z } from 'zod';
import type { Clock, UserEvent, UserEvents } from '../ports/index.js';
import { parseExactJson } from './http-client.js';
import { userEvent } from './mapper.js';
import { type Signer, signedSocketParameters } from './signing.js';
import { type OpenSocket, reconnectDelayMs, type SocketHandle } from './socket.js';

export interface UserStreamOptions {
  /** For example `wss://ws-api.binance.com/ws-api/v3`. */
  readonly url: string;
  readonly signer: Signer;
  readonly clock: Clock;
  /** Clock of the exchange, ms UTC: timestamps are signed with it. */
  readonly exchangeNow: () => number;
  readonly openSocket: OpenSocket;
  /** Time without a ping or a frame after which a connection is dead; default 45,000 ms (pings come every 20 s). */
  readonly silenceMs?: number;
  /** Time that a subscription may take; default 10,000 ms. */
  readonly answerMs?: number;
  /** Told of frames that could not be read. */
  readonly onMalformed?: (frame: string) => void;
}

const SILENCE_MS = 45_000;
const ANSWER_MS = 10_000;
const SUBSCRIBE_ID = 'subscribe';

const answerSchema = z.object({ id: z.literal(SUBSCRIBE_ID), status: z.number() });
const eventSchema = z.object({ event: z.looseObject({ e: z.string() }) });

/**
 * Follows the user events of a spot account over the WebSocket API. After every (re)connection it subscribes anew
 * and says `gap`: what happened meanwhile is not repeated by Binance and has to be fetched.
 *
 * @param options - Address, key, clock and sockets.
 */
export function spotUserEvents(options: UserStreamOptions): UserEvents {
  return { subscribe: (listener) => followUser(options, listener) };
}

function followUser(options: UserStreamOptions, listener: (event: UserEvent) => void): () => void {
  const { clock, signer } = options;
  let isEnded = false;
  let failures = 0;
  let stopTimers: (() => void)[] = [];
  let socket: SocketHandle | undefined;

  const connect = (): void => {
    let lastSign = clock.now();
    let isSubscribed = false;
    let isOver = false;
    const alive = (): void => {
      lastSign = clock.now();
    };
    const end = (reason: string): void => {
      if (isOver) return;
      isOver = true;
      for (const stop of stopTimers.splice(0)) stop();
      own.terminate();
      if (isEnded) return;
      listener({ type: 'disconnected', time: clock.now(), reason });
      clock.after(reconnectDelayMs(failures++), () => {
        if (!isEnded) connect();
      });
    };
    const watch = (): void => {
      const silenceMs = options.silenceMs ?? SILENCE_MS;
      const idle = clock.now() - lastSign;
      if (idle >= silenceMs) end(`nothing received for ${silenceMs} ms`);
      else stopTimers.push(clock.after(silenceMs - idle, watch));
    };
    const own = options.openSocket(options.url, {
      onOpen: () => {
        alive();
        const params = signedSocketParameters(signer, { timestamp: options.exchangeNow() });
        const method = 'userDataStream.subscribe.signature';
        own.send(JSON.stringify({ id: SUBSCRIBE_ID, method, params }));
        stopTimers.push(
          clock.after(options.answerMs ?? ANSWER_MS, () => {
            if (!isSubscribed) end('the subscription was not answered');
          }),
        );
      },
      onPing: alive,
      onClose: (reason) => end(reason),
      onMessage: (text) => {
        if (isOver) return;
        alive();
        const frame = parseExactJson(text);
        const answer = answerSchema.safeParse(frame);
        if (answer.success) {
          if (answer.data.status !== 200) {
            end(`the subscription was refused: ${text.slice(0, 200)}`);
            return;
          }
          isSubscribed = true;
          failures = 0;
          listener({ type: 'gap', time: clock.now() });
          return;
        }
        const envelope = eventSchema.safeParse(frame);
        if (!envelope.success) {
          options.onMalformed?.(text.slice(0, 1_000));
          return;
        }
        const { event } = envelope.data;
        if (event.e === 'serverShutdown' || event.e === 'eventStreamTerminated') {
          end(event.e);
          return;
        }
        const mapped = userEvent(event);
        if (mapped === 'malformed') options.onMalformed?.(text.slice(0, 1_000));
        else if (mapped !== undefined) listener(mapped);
      },
    });
    socket = own;
    watch();
  };
  connect();
  return () => {
    isEnded = true;
    for (const stop of stopTimers.splice(0)) stop();
    stopTimers = [];
    socket?.terminate();
  };
}
