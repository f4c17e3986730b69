import type { Clock, UserEvent, UserEvents } from '../exchange/index.js';

/**
 * Returns user events that several bots of one account follow over one connection.
 *
 * @param source - Of the account.
 * @param clock - For those who come when the connection is already there.
 */
export function sharedUserEvents(source: UserEvents, clock: Clock): UserEvents {
  const listeners = new Set<(event: UserEvent) => void>();
  let end: (() => void) | undefined;
  let isConnected = false;
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      if (end === undefined) {
        end = source.subscribe((event) => {
          if (event.type === 'gap') isConnected = true;
          if (event.type === 'disconnected') isConnected = false;
          for (const tell of listeners) tell(event);
        });
      } else if (isConnected) {
        clock.after(1, () => {
          if (listeners.has(listener)) listener({ type: 'gap', time: clock.now() });
        });
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        end?.();
        end = undefined;
        isConnected = false;
      };
    },
  };
}
