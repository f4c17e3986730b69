import { z } from 'zod';
import type { Clock, ReadingNote, UserEvent, UserEvents } from '../ports/index.js';
import { parseExactJson } from './http-client.js';
import { keepConnected } from './kept-connection.js';
import { lookAtAccount } from './look-at-account.js';
import { userEvent } from './mapper.js';
import { type Signer, signedSocketParameters } from './signing.js';
import type { OpenSocket } from './socket.js';

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
  /** Multiple of real time at which the clock goes: networks do not go faster with it. Default 1. */
  readonly pace?: number;
  /** Limits and bans of the address hold for this connection as well: waits for them, and gets those that it is told of. */
  readonly limits?: {
    readonly untilAllowed: (weight: number) => Promise<void>;
    readonly reportLimit: (status: number, body: unknown) => void;
  };
  /** Gets frames that could not be read. */
  readonly onMalformed?: (frame: string) => void;
  /** Gets word of what could not be read, or nobody knows. */
  readonly onNote?: (note: ReadingNote) => void;
}

const SILENCE_MS = 45_000;
const ANSWER_MS = 10_000;
const SUBSCRIBE_ID = 'subscribe';

const SUBSCRIBE_WEIGHT = 2;

const answerSchema = z.object({
  id: z.literal(SUBSCRIBE_ID),
  status: z.number(),
  error: z.unknown().optional(),
});
const eventSchema = z.object({ event: z.looseObject({}) });

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
  const { clock, signer, onMalformed, pace = 1 } = options;
  let isSubscribed = false;
  const look = lookAtAccount({ clock, pace, listener, onNote: options.onNote });
  return keepConnected({
    clock,
    openSocket: options.openSocket,
    silenceMs: (options.silenceMs ?? SILENCE_MS) * pace,
    address: async () => {
      await options.limits?.untilAllowed(SUBSCRIBE_WEIGHT);
      return options.url;
    },
    onOpen: (link) => {
      isSubscribed = false;
      const params = signedSocketParameters(signer, { timestamp: options.exchangeNow() });
      const method = 'userDataStream.subscribe.signature';
      link.send(JSON.stringify({ id: SUBSCRIBE_ID, method, params }));
      link.after((options.answerMs ?? ANSWER_MS) * pace, () => {
        if (!isSubscribed) link.end('the subscription was not answered');
      });
    },
    onEnd: (reason) => listener({ type: 'disconnected', time: clock.now(), reason }),
    onMessage: (text, link) => {
      const frame = parseExactJson(text);
      const answer = answerSchema.safeParse(frame);
      if (answer.success) {
        if (answer.data.status !== 200) {
          options.limits?.reportLimit(answer.data.status, answer.data.error);
          link.end(`the subscription was refused: ${text.slice(0, 200)}`);
          return;
        }
        isSubscribed = true;
        link.succeeded();
        listener({ type: 'gap', time: clock.now() });
        return;
      }
      const envelope = eventSchema.safeParse(frame);
      if (!envelope.success) {
        onMalformed?.(text.slice(0, 1_000));
        look.afterMalformed(link);
        return;
      }
      const { event } = envelope.data;
      if (event.e === 'serverShutdown' || event.e === 'eventStreamTerminated') {
        link.end(event.e);
        return;
      }
      const mapped = userEvent(event, look.onNote);
      if (mapped === 'malformed') {
        onMalformed?.(text.slice(0, 1_000));
        look.afterMalformed(link);
      } else if (mapped !== undefined) listener(mapped);
      look.ifNoted(link);
    },
  });
}
