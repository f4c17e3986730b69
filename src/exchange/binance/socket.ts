import { WebSocket } from 'ws';

/** An open WebSocket. */
export interface SocketHandle {
  send(text: string): void;
  /** Ends it without waiting for the other side. */
  terminate(): void;
}

/** What a WebSocket tells; nothing is told after `onClose`. */
export interface SocketEvents {
  onOpen(): void;
  onMessage(text: string): void;
  /** The server pinged: the connection lives although no data came. */
  onPing(): void;
  onClose(reason: string): void;
}

/** Opens WebSockets; injected, so that tests can cut them. */
export type OpenSocket = (url: string, events: SocketEvents) => SocketHandle;

const HANDSHAKE_MS = 10_000;
const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
const DELAY_MS = 250;
const DELAY_MS_MAX = 30_000;

/** Opens sockets with the `ws` package; pings are answered by it. */
export const openWebSocket: OpenSocket = (url, events) => {
  const socket = new WebSocket(url, {
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  });
  let reason = '';
  socket.on('open', () => events.onOpen());
  socket.on('message', (data: Buffer) => events.onMessage(data.toString()));
  socket.on('ping', () => events.onPing());
  socket.on('error', (error) => {
    reason = error.message;
  });
  socket.on('close', (code, text) => {
    events.onClose(reason || `closed with ${code} ${text.toString()}`.trim());
  });
  return {
    send: (text) => {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    terminate: () => socket.terminate(),
  };
};

/**
 * Returns how long to wait before connecting again: longer after every failure, at most half a minute.
 *
 * @param failures - Connections in a row that came to nothing.
 */
export function reconnectDelayMs(failures: number): number {
  return Math.min(DELAY_MS * 2 ** Math.min(failures, 10), DELAY_MS_MAX);
}
