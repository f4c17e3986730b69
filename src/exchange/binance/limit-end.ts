import { bannedUntil, isBan, readBody } from './errors.js';

/** The parts of an answer that speak of limits. */
export interface LimitedAnswer {
  readonly status: number;
  /** The `Retry-After` header: seconds, or a date. */
  readonly retryAfter: string | undefined;
  /** Parsed JSON; `undefined` if there was none. */
  readonly body: unknown;
  /** Our clock and that of the exchange, ms UTC. */
  readonly now: number;
  readonly exchangeNow: number;
}

/**
 * `pause`: nothing may be sent; `ban`: nor after a restart; `advice`: the same request should wait. `untilTime`: by our
 * clock, ms UTC.
 */
export interface LimitEnd {
  readonly kind: 'pause' | 'ban' | 'advice';
  readonly untilTime: number;
}

/** The shortest and the longest ban that Binance documents. */
const BAN_MS = 120_000;
const BAN_MS_MAX = 3 * 86_400_000;
/** The firewall in front of the exchange does not say how long; its blocks were seen to end within ten minutes. */
const BLOCK_MS = 300_000;
const PAUSE_MS_MIN = 1_000;

/**
 * Returns until when an answer forbids to send: 429, the page of the firewall (403), and bans (418), whose end may be
 * in the header or only in the text.
 *
 * @param answer - Status, header, body and clocks.
 * @returns `undefined` if it forbids nothing.
 */
export function limitEnd(answer: LimitedAnswer): LimitEnd | undefined {
  const { status, body, now, exchangeNow } = answer;
  const { code, msg } = readBody(body);
  const headerMs = retryAfterMs(answer);
  if (isBan(status, code, msg)) {
    const stamp = msg === undefined ? undefined : bannedUntil(msg);
    const textMs = stamp === undefined || stamp <= exchangeNow ? BAN_MS : stamp - exchangeNow;
    return { kind: 'ban', untilTime: now + Math.min(headerMs ?? textMs, BAN_MS_MAX) };
  }
  if (status === 429) {
    return { kind: 'pause', untilTime: now + Math.max(headerMs ?? 0, PAUSE_MS_MIN) };
  }
  if (status === 403 && code === undefined) {
    return { kind: 'pause', untilTime: now + Math.max(headerMs ?? 0, BLOCK_MS) };
  }
  return headerMs === undefined ? undefined : { kind: 'advice', untilTime: now + headerMs };
}

/** Positive, and no longer than the longest ban. */
function retryAfterMs({ retryAfter, now }: LimitedAnswer): number | undefined {
  if (retryAfter === undefined) return undefined;
  const isSeconds = /^\d+(\.\d+)?$/.test(retryAfter.trim());
  const ms = isSeconds ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now;
  return ms > 0 ? Math.min(ms, BAN_MS_MAX) : undefined;
}
