import { type RawParameters, Refusal, refusals } from '../simulated/index.js';
import type { ExchangeClock } from './exchange-clock.js';
import type { FaultBox, FaultName, FaultRule } from './faults.js';
import type { Authenticate, Performed } from './socket-api.js';
import type { BoundRoute, Venue } from './venue.js';
import {
  banned,
  HTML,
  limited,
  MAINTENANCE,
  NOT_HTTP,
  overloaded,
  REGION_BLOCKED,
  tooManyOrders,
  unknownOutcome,
  type WireAnswer,
} from './wire-answers.js';

interface FoundRoute {
  readonly venue: Venue;
  readonly route: BoundRoute;
}

/** A request on its way, as the faults see it. */
interface Passing extends FoundRoute {
  /** What the match of a fault is looked for in. */
  readonly target: string;
  readonly address: string;
  /** Exchange time at which it came, ms UTC. */
  readonly time: number;
}

const BAN_SECONDS = 120;
const REPLY_DELAY_MS = 30_000;

/** The endpoints of all markets: limits, faults and access stand before every handler, for REST and sockets alike. */
export class Endpoints {
  readonly #venues: readonly Venue[];
  readonly #faults: FaultBox;
  readonly #clock: ExchangeClock;

  constructor(venues: readonly Venue[], faults: FaultBox, clock: ExchangeClock) {
    this.#venues = venues;
    this.#faults = faults;
    this.#clock = clock;
  }

  /**
   * Runs an endpoint.
   *
   * @param routeName - `METHOD path`.
   * @param address - Who asks; weights are counted by it.
   * @param parameters - As sent.
   * @param authenticate - Finds out whose key it is; throws a refusal.
   */
  perform(
    routeName: string,
    address: string,
    parameters: RawParameters,
    authenticate: Authenticate,
  ): Performed {
    const found = this.find(routeName);
    if (found === undefined) return performed({ status: 404, body: HTML });
    const target = `${routeName} ${parameters.symbol ?? ''} ${parameters.newClientOrderId ?? ''}`;
    const passing = { ...found, target, address, time: this.#clock.now() };
    return (
      this.#faultBefore(passing) ??
      this.#overLimit(passing, parameters) ??
      this.#run(passing, parameters, authenticate)
    );
  }

  /** Finds an endpoint and its market. */
  find(routeName: string): FoundRoute | undefined {
    for (const venue of this.#venues) {
      const route = venue.route(routeName);
      if (route !== undefined) return { venue, route };
    }
    return undefined;
  }

  #overLimit({ route, venue, address }: Passing, parameters: RawParameters): Performed | undefined {
    const { limits, kind } = venue;
    const counted = this.#clock.limitNow();
    const decision = limits.request(address, weightOf(route, parameters), counted);
    if (decision.kind === 'limited') return performed(limited(kind, limits, decision.retryAfterMs));
    if (decision.kind === 'banned') {
      const untilTime = decision.until - counted + this.#clock.now();
      return performed(banned(kind, untilTime, decision.retryAfterMs));
    }
    const tooMany = limits.orders(route.orders ?? 0, counted);
    return tooMany === undefined
      ? undefined
      : performed(tooManyOrders(tooMany.text, tooMany.retryAfterMs));
  }

  #run(passing: Passing, parameters: RawParameters, authenticate: Authenticate): Performed {
    const { route, venue, address } = passing;
    const done = execute(route, parameters, authenticate);
    if (done.status === 200 && route.isFreeOnSuccess) {
      venue.limits.refund(address, weightOf(route, parameters), this.#clock.limitNow());
    }
    venue.publishUserEvents();
    return this.#faultAfter(performed(done), passing);
  }

  /** What a fault makes of a request before it reaches the exchange. */
  #faultBefore({ venue, target, address, time }: Passing): Performed | undefined {
    if (this.#faults.isEmpty) return undefined;
    const { kind, limits } = venue;
    const strike = (name: FaultName): FaultRule | undefined =>
      this.#faults.strike(name, target, time);
    if (strike('request-lost') ?? strike('rest-down')) return cut();
    if (strike('not-http')) return cut(NOT_HTTP);
    if (strike('maintenance')) return performed(MAINTENANCE);
    if (strike('unknown-not-executed')) return performed(unknownOutcome(kind));
    if (strike('overloaded')) return performed(overloaded(kind));
    if (strike('unavailable')) return performed({ status: 503, body: HTML });
    if (strike('html-answer')) return performed({ status: 200, body: HTML });
    if (strike('waf')) return performed({ status: 403, body: HTML });
    if (strike('region-blocked')) return performed(REGION_BLOCKED);
    const tooMuch = strike('rate-limited');
    if (tooMuch !== undefined)
      return performed(limited(kind, limits, (tooMuch.value ?? 1) * 1_000));
    const ban = strike('banned');
    if (ban === undefined) return undefined;
    const retryAfterMs = (ban.value ?? BAN_SECONDS) * 1_000;
    const counted = this.#clock.limitNow();
    limits.ban(address, counted + retryAfterMs, counted);
    return performed(banned(kind, this.#clock.now() + retryAfterMs, retryAfterMs));
  }

  /** What a fault makes of an answer; the request was executed. */
  #faultAfter(done: Performed, { venue, target, time }: Passing): Performed {
    if (this.#faults.isEmpty) return done;
    const strike = (name: FaultName): FaultRule | undefined =>
      this.#faults.strike(name, target, time);
    if (strike('reply-lost')) return { ...done, isCut: true };
    if (strike('unknown-executed')) return performed(unknownOutcome(venue.kind));
    if (strike('bad-json')) {
      const text = JSON.stringify(done.body);
      return { ...done, body: text.slice(0, text.length / 2) };
    }
    const delay = strike('reply-delayed');
    return delay === undefined ? done : { ...done, delayMs: delay.value ?? REPLY_DELAY_MS };
  }
}

function weightOf({ weight }: BoundRoute, parameters: RawParameters): number {
  return typeof weight === 'number' ? weight : weight(parameters);
}

function execute(
  route: BoundRoute,
  parameters: RawParameters,
  authenticate: Authenticate,
): WireAnswer {
  try {
    const key = route.security === 'none' ? undefined : authenticate(route.security);
    if (route.security === 'trade' && key?.canTrade !== true) throw refusals.key();
    return { status: 200, body: route.run({ parameters, key }) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, data, status } = error;
    return { status, body: { code, msg: message, ...(data === undefined ? {} : { data }) } };
  }
}

function performed(answer: WireAnswer): Performed {
  return { ...answer, isCut: false, delayMs: 0 };
}

function cut(lastBytes?: string): Performed {
  const nothing = { ...performed({ status: 0, body: '' }), isCut: true };
  return lastBytes === undefined ? nothing : { ...nothing, lastBytes };
}
