import type { Clock, ReadingNote, UserEvent } from '../ports/index.js';
import type { Link } from './kept-connection.js';

export interface LookAtAccountOptions {
  readonly clock: Clock;
  /** Multiple of real time at which the clock goes. */
  readonly pace: number;
  readonly listener: (event: UserEvent) => void;
  readonly onNote: ((note: ReadingNote) => void) | undefined;
}

/** Looks because of odd events come at most this often. */
const LOOK_MS = 5_000;
/** A connection is given up because of an unreadable event at most this often. */
const RECONNECT_MS = 60_000;

/**
 * Returns what a user stream does where an event could not be read or nobody knows it: something may have happened to the
 * account, so it says `gap` and the account is looked at. An unreadable event also ends the connection: perhaps the next
 * one is read rightly.
 */
export function lookAtAccount({ clock, pace, listener, onNote }: LookAtAccountOptions) {
  let isNoted = false;
  let waiting: Link | undefined;
  let lookTime = Number.NEGATIVE_INFINITY;
  let reconnectTime = Number.NEGATIVE_INFINITY;

  const look = (link: Link): void => {
    const waitMs = lookTime + LOOK_MS * pace - clock.now();
    if (waitMs <= 0 || waitMs > LOOK_MS * pace) {
      lookTime = clock.now();
      listener({ type: 'gap', time: lookTime });
      return;
    }
    // A connection that ends takes its timer with it: the next one begins with a look.
    if (waiting === link) return;
    waiting = link;
    link.after(waitMs, () => {
      waiting = undefined;
      look(link);
    });
  };
  return {
    onNote: (note: ReadingNote): void => {
      isNoted = true;
      onNote?.(note);
    },
    /** After an event: looks at the account if there was something to report about it. */
    ifNoted: (link: Link): void => {
      if (!isNoted) return;
      isNoted = false;
      look(link);
    },
    /** After a frame that is no event that can be read. */
    afterMalformed: (link: Link): void => {
      if (!isNoted) {
        const text = 'a message of the account stream cannot be read: the account is queried';
        onNote?.({ kind: 'malformed message', text });
      }
      isNoted = false;
      look(link);
      const age = clock.now() - reconnectTime;
      if (age >= 0 && age < RECONNECT_MS * pace) return;
      reconnectTime = clock.now();
      link.end('a message could not be read');
    },
  };
}
