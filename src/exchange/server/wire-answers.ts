import type { Market } from '../../domain/index.js';
import type { LimitCounter } from './limits.js';

/** A status and what is sent with it. */
export interface WireAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs?: number;
}

export const HTML = '<html><body><h1>Service temporarily unavailable</h1></body></html>';
/** The first bytes of a TLS alert. */
export const NOT_HTTP = '\u0015\u0003\u0001\u0000\u0002\u0002\u0028';

export const RETIRED: WireAnswer = {
  status: 410,
  body: { code: -1020, msg: 'This operation is not supported.' },
};
export const MAINTENANCE: WireAnswer = {
  status: 503,
  body: { code: 0, msg: 'Service Unavailable.' },
};
/** What Binance's gateway answers where there is nothing: an error of the caller, never one that passes. */
export function invalidPath(routeName: string): WireAnswer {
  const [method, path] = routeName.split(' ');
  return { status: 404, body: { code: -5000, msg: `Path ${path}, Method ${method} is invalid` } };
}
export const REGION_BLOCKED: WireAnswer = {
  status: 451,
  body: {
    code: 0,
    msg: 'Service unavailable from a restricted location according to the terms of use.',
  },
};
/** A revoked key, another address, or a permission that is missing: Binance does not say which. */
export const KEY_REFUSED: WireAnswer = {
  status: 401,
  body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' },
};

/** The text says what the code does not. */
export const MARKET_CLOSED: WireAnswer = {
  status: 400,
  body: { code: -1013, msg: 'Market is closed.' },
};

/** In hedge mode an order must say which of the two positions it means. */
export const HEDGED: WireAnswer = {
  status: 400,
  body: { code: -4061, msg: "Order's position side does not match user's setting." },
};

/** The order may have been executed or not. */
export function unknownOutcome(market: Market): WireAnswer {
  return {
    status: market === 'spot' ? 504 : 503,
    body: {
      code: -1007,
      msg: 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
    },
  };
}

/** The request was surely not executed. */
export function overloaded(market: Market): WireAnswer {
  const msg =
    market === 'spot'
      ? 'Server is currently overloaded with other requests. Please try again in a few minutes.'
      : 'Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.';
  return { status: 503, body: { code: -1008, msg } };
}

/** The weight of a minute is used up. */
export function limited(
  market: Market,
  { limits: { weightPerMinute } }: LimitCounter,
  retryAfterMs: number,
): WireAnswer {
  const msg =
    market === 'spot'
      ? `Too much request weight used; current limit is ${weightPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`
      : `Too many requests; current limit is ${weightPerMinute} requests per minute. Please use the websocket for live updates to avoid polling the API.`;
  return { status: 429, body: { code: -1003, msg }, retryAfterMs };
}

/** The address is banned until an instant of the exchange's time. */
export function banned(market: Market, untilTime: number, retryAfterMs: number): WireAnswer {
  const msg =
    market === 'spot'
      ? `Way too much request weight used; IP banned until ${untilTime}. Please use WebSocket Streams for live updates to avoid bans.`
      : `Way too many requests; IP banned until ${untilTime}. Please use the websocket for live updates to avoid bans.`;
  return { status: 418, body: { code: -1003, msg }, retryAfterMs };
}

/** More new orders than a window allows. */
export function tooManyOrders(limit: string, retryAfterMs: number): WireAnswer {
  const msg = `Too many new orders; current limit is ${limit}.`;
  return { status: 429, body: { code: -1015, msg }, retryAfterMs };
}
