import { UserError } from '../domain/index.js';
import { type Clock, monotonicTime, SteadyClock, systemClock } from '../exchange/index.js';
import { hostKind } from './trading-hosts.js';

/** A clock and how much faster than the one on the wall it goes. */
export interface PacedClock {
  readonly clock: Clock;
  readonly speed: number;
}

const STATUS_MS = 3_000;

/**
 * Returns a clock that goes faster: timers end earlier by the same factor.
 *
 * @param anchorTime - Time that it shows now, ms UTC.
 * @param speed - Factor.
 * @param wall - The real clock.
 */
export function fastClock(anchorTime: number, speed: number, wall: Clock = systemClock): Clock {
  const startTime = monotonicTime(wall);
  const passedMs = (): number => (monotonicTime(wall) - startTime) * speed;
  return {
    now: () => anchorTime + Math.round(passedMs()),
    monotonic: passedMs,
    after: (delayMs, action) => wall.after(Math.max(1, Math.round(delayMs / speed)), action),
  };
}

/**
 * Returns the clock to trade with: a local exchange may run at another time and speed, everything else at ours.
 *
 * @param restUrl - Address of the exchange.
 * @throws {UserError} If it is a local exchange whose time does not go by itself.
 */
export async function clockOf(restUrl: string): Promise<PacedClock> {
  const wall = { clock: new SteadyClock(systemClock), speed: 1 };
  if (hostKind(restUrl) !== 'local') return wall;
  const before = Date.now();
  const askedAt = performance.now();
  const status = await localStatus(restUrl);
  if (status === undefined) return wall;
  const { pace, time } = status;
  if (pace.kind !== 'real') {
    throw new UserError(
      `The exchange at ${restUrl} advances its time only by steps: start it with a speed, for example wus exchange --speed 60`,
    );
  }
  const { speed = 1 } = pace;
  const isWallTime = speed === 1 && Math.abs(time - before) < 10_000;
  if (isWallTime) return wall;
  const roundTripMs = performance.now() - askedAt;
  return { clock: new SteadyClock(fastClock(time + (roundTripMs / 2) * speed, speed)), speed };
}

interface LocalStatus {
  readonly time: number;
  readonly pace: { readonly kind: string; readonly speed?: number };
}

/** What `wus exchange` says about itself; nothing of any other server. */
async function localStatus(restUrl: string): Promise<LocalStatus | undefined> {
  try {
    const url = `${restUrl.replace(/\/$/, '')}/control/status`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(STATUS_MS) });
    const body = (await answer.json()) as Partial<LocalStatus> | null;
    const isStatus = typeof body?.time === 'number' && typeof body.pace?.kind === 'string';
    return isStatus ? (body as LocalStatus) : undefined;
  } catch {
    return undefined;
  }
}
