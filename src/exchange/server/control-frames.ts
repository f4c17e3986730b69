const STREAMS_MAX = 1_024;

/** The streams of one connection, as control frames see and change them. */
export interface Subscriptions {
  readonly names: ReadonlySet<string>;
  isCombined: boolean;
  /** Whether a stream can be followed here; default: all can. */
  isServed?(name: string): boolean;
  add(name: string): void;
  remove(name: string): void;
}

/** What is answered to a client that wants to follow a stream that is not there: better than silence. */
export function refusedStream(name: string): { error: { code: number; msg: string } } {
  const msg = `Invalid request: this exchange has no stream ${JSON.stringify(name)}`;
  return { error: { code: 2, msg } };
}

/**
 * Does what a control frame of a stream connection asks for.
 *
 * @param text - The frame: SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, SET_PROPERTY or GET_PROPERTY.
 * @param subscriptions - Streams of the connection.
 * @returns The answer, or `undefined` if it asks for too many streams and must be disconnected.
 */
export function answerControlFrame(text: string, subscriptions: Subscriptions): object | undefined {
  let message: { method?: unknown; params?: unknown; id?: unknown };
  try {
    message = (JSON.parse(text) ?? {}) as typeof message;
  } catch {
    return { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' };
  }
  const { method, id = null } = message;
  const names = Array.isArray(message.params) ? message.params.map(String) : [];
  const answer = (result: unknown): object => ({ result, id });
  switch (method) {
    case 'SUBSCRIBE':
      if (subscriptions.names.size + names.length > STREAMS_MAX) return undefined;
      for (const name of names) {
        if (subscriptions.isServed?.(name) === false) return { ...refusedStream(name), id };
      }
      for (const name of names) subscriptions.add(name);
      return answer(null);
    case 'UNSUBSCRIBE':
      for (const name of names) subscriptions.remove(name);
      return answer(null);
    case 'LIST_SUBSCRIPTIONS':
      return answer([...subscriptions.names]);
    case 'SET_PROPERTY':
    case 'GET_PROPERTY':
      if (names[0] !== 'combined') break;
      if (method === 'GET_PROPERTY') return answer(subscriptions.isCombined);
      subscriptions.isCombined = names[1] === 'true';
      return answer(null);
    case undefined: {
      const column = text.length;
      const msg = `Invalid request: missing field \`method\` at line 1 column ${column}`;
      return { code: 2, msg, id };
    }
  }
  return { code: 2, msg: `Invalid request: unknown variant ${JSON.stringify(method)}`, id };
}
