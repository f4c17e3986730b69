import { type Clock, monotonicTime } from '../ports/index.js';
import { type OpenSocket, reconnectDelayMs } from './socket.js';

/** One connection while it lasts. */
export interface Link {
  send(text: string): void;
  /** Gives the connection up; another one follows. */
  end(reason: string): void;
  /** Says that the connection does what it is for: the next failure waits briefly again. */
  succeeded(): void;
  /** Calls an action after a delay, unless the connection ends before. */
  after(delayMs: number, action: () => void): void;
}

export interface KeptConnectionOptions {
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  /** Time without a ping or a frame after which a connection is dead; ms. */
  readonly silenceMs: number;
  /** Finds the address of the next connection; if it fails, it is asked again later. */
  address(): Promise<string>;
  onOpen(link: Link): void;
  onMessage(text: string, link: Link): void;
  /** A connection ended, or none came about. */
  onEnd(reason: string): void;
}

/**
 * Keeps a connection: opens it anew whenever it ends or falls silent, waiting longer after every failure.
 *
 * @param options - Where to, and what to do with it.
 * @returns A function that ends it for good.
 */
export function keepConnected(options: KeptConnectionOptions): () => void {
  const { clock, openSocket, silenceMs } = options;
  let isStopped = false;
  let failures = 0;
  let endCurrent: () => void = () => {};

  const retry = (reason: string): void => {
    if (isStopped) return;
    options.onEnd(reason);
    clock.after(reconnectDelayMs(failures++), () => {
      if (!isStopped) connect();
    });
  };
  const connect = (): void => {
    options.address().then(
      (url) => {
        if (!isStopped) open(url);
      },
      (error: unknown) => retry(error instanceof Error ? error.message : String(error)),
    );
  };
  const open = (url: string): void => {
    let lastSign = monotonicTime(clock);
    let isOver = false;
    const timers = new Set<() => void>();
    const close = (): void => {
      isOver = true;
      for (const stop of timers) stop();
      socket.terminate();
    };
    const link: Link = {
      send: (text) => socket.send(text),
      end: (reason) => {
        if (isOver) return;
        close();
        retry(reason);
      },
      succeeded: () => {
        failures = 0;
      },
      after: (delayMs, action) => {
        const stop = clock.after(delayMs, () => {
          timers.delete(stop);
          if (!isOver) action();
        });
        timers.add(stop);
      },
    };
    const watch = (): void => {
      const idle = monotonicTime(clock) - lastSign;
      if (idle >= silenceMs) link.end(`nothing received for ${silenceMs} ms`);
      else link.after(silenceMs - idle, watch);
    };
    const alive = (): void => {
      lastSign = monotonicTime(clock);
    };
    const socket = openSocket(url, {
      onOpen: () => {
        alive();
        if (!isOver) options.onOpen(link);
      },
      onPing: alive,
      onClose: (reason) => link.end(reason),
      onMessage: (text) => {
        if (isOver) return;
        alive();
        options.onMessage(text, link);
      },
    });
    endCurrent = close;
    watch();
  };
  connect();
  return () => {
    isStopped = true;
    endCurrent();
  };
}
