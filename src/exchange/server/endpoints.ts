import { type RawParameters, Refusal, refusals } from '../simulated/index.js';
import type { ExchangeClock } from './exchange-clock.js';
import type { FaultBox, FaultName, FaultRule } from './faults.js';
import type { LimitCounter } from './limits.js';
import { oddRows } from './odd-payloads.js';
import type { Authenticate, Performed } from './socket-api.js';
import type { UnservedReport } from './unserved-report.js';
import type { BoundRoute, Venue } from './venue.js';
import {
  banned,
  HEDGED,
  HTML,
  invalidPath,
  KEY_REFUSED,
  limited,
  MAINTENANCE,
  MARKET_CLOSED,
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
  readonly routeName: string;
  readonly address: string;
  readonly parameters: RawParameters;
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
  readonly #unserved: UnservedReport;

  constructor(
    venues: readonly Venue[],
    {
      faults,
      clock,
      unserved,
    }: {
      readonly faults: FaultBox;
      readonly clock: ExchangeClock;
      readonly unserved: UnservedReport;
    },
  ) {
    this.#venues = venues;
    this.#faults = faults;
    this.#clock = clock;
    this.#unserved = unserved;
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
    const found = this.#find(routeName);
    if (found === undefined) {
      this.#unserved.report(routeName);
      return performed(invalidPath(routeName));
    }
    const { route, venue } = found;
    const passing = { route, venue, routeName, address, parameters, time: this.#clock.now() };
    return (
      this.#faultBefore(passing) ?? this.#overLimit(passing) ?? this.#run(passing, authenticate)
    );
  }

  #find(routeName: string): FoundRoute | undefined {
    for (const venue of this.#venues) {
      const route = venue.route(routeName);
      if (route !== undefined) return { venue, route };
    }
    const venue = this.#venues[0]!;
    const route = venue.walletRoute(routeName);
    return route === undefined ? undefined : { venue, route };
  }

  #overLimit({ route, venue, address, parameters }: Passing): Performed | undefined {
    const { limits, kind } = venue;
    const counted = this.#clock.limitNow();
    const decision = limits.request(address, weightOf(route, parameters), counted);
    if (decision.kind === 'limited')
      return performed(limited(kind, limits, decision.retryAfterMs), limits);
    if (decision.kind === 'banned') {
      const untilTime = decision.until - counted + this.#clock.now();
      return performed(banned(kind, untilTime, decision.retryAfterMs), limits);
    }
    const tooMany = limits.orders(route.orders ?? 0, counted);
    return tooMany === undefined
      ? undefined
      : performed(tooManyOrders(tooMany.text, tooMany.retryAfterMs), limits);
  }

  #run(passing: Passing, authenticate: Authenticate): Performed {
    const { route, venue, address, parameters } = passing;
    const done = execute(route, parameters, authenticate);
    if (done.status === 200 && route.isFreeOnSuccess) {
      venue.limits.refund(address, weightOf(route, parameters), this.#clock.limitNow());
    }
    venue.publishUserEvents();
    return this.#faultAfter(performed(done, venue.limits), passing);
  }

  /** What a fault makes of a request before it reaches the exchange. */
  #faultBefore(passing: Passing): Performed | undefined {
    if (this.#faults.isEmpty) return undefined;
    const { kind, limits } = passing.venue;
    const { address } = passing;
    const strike = this.#strikes(passing);
    if (strike('request-lost') ?? strike('rest-down')) return cut();
    if (strike('not-http')) return cut(NOT_HTTP);
    if (strike('maintenance')) return performed(MAINTENANCE, limits);
    if (strike('unknown-not-executed')) return performed(unknownOutcome(kind), limits);
    if (strike('overloaded')) return performed(overloaded(kind), limits);
    if (strike('unavailable')) return performed({ status: 503, body: HTML }, limits);
    if (strike('html-answer')) return performed({ status: 200, body: HTML }, limits);
    if (strike('waf')) return performed({ status: 403, body: HTML }, limits);
    if (strike('region-blocked')) return performed(REGION_BLOCKED, limits);
    if (passing.route.security !== 'none' && strike('key-refused'))
      return performed(KEY_REFUSED, limits);
    const tooMuch = strike('rate-limited');
    if (tooMuch !== undefined)
      return performed(limited(kind, limits, (tooMuch.value ?? 1) * 1_000), limits);
    const byText = strike('banned-by-text');
    const ban = byText ?? strike('banned');
    if (ban === undefined) return this.#closed(passing);
    const retryAfterMs = (ban.value ?? BAN_SECONDS) * 1_000;
    const counted = this.#clock.limitNow();
    limits.ban(address, counted + retryAfterMs, counted);
    const answer = banned(kind, this.#clock.now() + retryAfterMs, retryAfterMs);
    if (byText === undefined) return performed(answer, limits);
    const { status, body } = answer;
    return performed({ status, body }, limits);
  }

  /** What a closed market, or an account in another mode, answers to an order. */
  #closed(passing: Passing): Performed | undefined {
    const { routeName, venue, parameters } = passing;
    if (!/^POST .*[oO]rder/.test(routeName)) return undefined;
    const isOneWay = (parameters.positionSide ?? 'BOTH') === 'BOTH';
    if (venue.kind === 'usdm' && isOneWay && this.#strikes(passing)('hedge-mode'))
      return performed(HEDGED, venue.limits);
    return this.#strikes(passing)('market-closed') && performed(MARKET_CLOSED, venue.limits);
  }

  /** What a fault makes of an answer; the request was executed. */
  #faultAfter(done: Performed, passing: Passing): Performed {
    if (this.#faults.isEmpty) return done;
    const strike = this.#strikes(passing);
    if (strike('reply-lost')) return { ...done, isCut: true };
    const { kind, limits } = passing.venue;
    if (strike('unknown-executed')) return performed(unknownOutcome(kind), limits);
    if (strike('bad-json')) {
      const text = JSON.stringify(done.body);
      return { ...done, body: text.slice(0, text.length / 2) };
    }
    if (strike('odd-rows')) return { ...done, body: oddRows(done.body) };
    const delay = strike('reply-delayed');
    return delay === undefined ? done : { ...done, delayMs: delay.value ?? REPLY_DELAY_MS };
  }

  /** Faults that strike a request; they are matched against its endpoint, symbol and client id. */
  #strikes({ routeName, parameters, time }: Passing): (name: FaultName) => FaultRule | undefined {
    const target = `${routeName} ${parameters.symbol ?? ''} ${parameters.newClientOrderId ?? ''}`;
    return (name) => this.#faults.strike(name, target, time);
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

function performed({ status, body, retryAfterMs }: WireAnswer, limits?: LimitCounter): Performed {
  return { status, body, retryAfterMs, limits, isCut: false, delayMs: 0, lastBytes: undefined };
}

function cut(lastBytes?: string): Performed {
  return { ...performed({ status: 0, body: '' }), isCut: true, lastBytes };
}
