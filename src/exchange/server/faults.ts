import { UsageError } from '../../domain/index.js';
import { didYouMean, type Random, seededRandom } from '../../util/index.js';

/** What can be made to go wrong, by name, and what it does. `value` is named where a fault has one. */
export const FAULTS = {
  'request-lost': 'the connection is cut before the request is read',
  'reply-lost': 'the request is executed, then the connection is cut',
  'unknown-executed': 'executed, but answered with -1007 (HTTP 504; USD-M: 503)',
  'unknown-not-executed': 'not executed, answered with -1007 (HTTP 504; USD-M: 503)',
  overloaded: 'not executed, answered with -1008 (HTTP 503)',
  unavailable: 'not executed, answered with HTTP 503 and HTML',
  'reply-delayed': 'executed at once, answered after `value` ms of real time (default 30,000)',
  'rate-limited': 'answered with 429 and Retry-After `value` s (default 1)',
  banned: 'answered with 418; the address is banned for `value` s (default 120)',
  'html-answer': 'answered with HTTP 200 and HTML, as a proxy would',
  'not-http': 'answered with bytes that are not HTTP, as when TLS or a proxy fails',
  'bad-json': 'answered with HTTP 200 and half a JSON text',
  'banned-by-text':
    'as `banned`, but with the end of the ban only in the text, without Retry-After',
  waf: 'answered with HTTP 403 and HTML, as by the firewall of the exchange',
  'region-blocked': 'answered with HTTP 451',
  'key-refused': 'while active, signed requests are refused with -2015, as with a revoked key',
  'hedge-mode':
    'while active, the USD-M account is in hedge mode: orders without a position side are refused with -4061',
  'multi-assets': 'while active, the USD-M account is in multi-assets mode',
  'query-lag': 'queries do not find orders younger than `value` ms (default 3,000)',
  'replace-half': 'cancelReplace cancels, but refuses the new order (HTTP 409)',
  'cancel-races-fill': 'the order is filled at the last price just before it is cancelled',
  'market-closed': 'an order is refused with -1013 "Market is closed."',
  'odd-rows':
    'lists start with unreadable rows of other symbols; numbers have 13 decimals or exponents',
  'stop-refused': 'a stop order is refused with "Order would trigger immediately."',
  'archive-bit-flip': 'one bit of an archive file is flipped',
  'archive-truncated': 'the connection is cut in the middle of an archive file',
  'archive-slow': 'an archive file takes `value` ms of real time (default 5,000)',
  'connection-refused': 'a WebSocket is closed as soon as it opens',
  'half-open': 'a WebSocket stays open but sends nothing for `value` ms (default: forever)',
  'stream-silent': 'a stream sends nothing while the others continue',
  'closed-candle-lost': 'the last frame of a candle is not sent',
  'closed-candle-twice': 'the last frame of a candle is sent twice',
  'closed-candle-wrong': 'the last frame of a candle has a different close than REST',
  'bad-message': 'a market frame is followed by one that is not JSON',
  'bad-utf8': 'a market frame is followed by bytes that are not UTF-8',
  'huge-message': 'a market frame is followed by one of 10 MB',
  'odd-numbers': 'a market frame has NaN, 1e-7 and negative prices',
  'member-missing': 'a market frame has no prices and quantities',
  'future-frame': 'the times of a market frame are a day ahead',
  'late-frame': 'a market frame is sent after the one that follows it',
  maintenance: 'while active, nothing is executed (HTTP 503), and sockets are closed and refused',
  'rest-down': 'while active, every REST connection is cut; sockets continue',
  'sockets-down': 'while active, sockets are closed and refused; REST continues',
  'event-lost': 'a user event is not sent',
  'event-odd': 'a user event has numbers of 13 decimals and with exponents, and unknown members',
  'event-unknown': 'a user event comes after one of an unknown type',
  'event-unreadable': 'a user event has unreadable quantities, statuses and ids',
  'event-twice': 'a user event is sent twice',
  'event-delayed': 'a user event is sent after `value` ms of real time (default 1,000)',
  'events-reordered': 'a user event is sent after the one that follows it',
} as const;

export type FaultName = keyof typeof FAULTS;

/** When a fault strikes. */
export interface FaultRule {
  readonly name: FaultName;
  /** Strikes only where this is part of the target: method and path, stream name, or event type. */
  readonly match?: string;
  /** Opportunities that pass first; default 0. */
  readonly skip?: number;
  /** How often it strikes; 0 is for ever. Default 1, for what lasts 0. */
  readonly count?: number;
  /** Chance to strike at each opportunity; default 1. */
  readonly chance?: number;
  /** Exchange time from which, and until which, it may strike; ms UTC. */
  readonly fromTime?: number;
  readonly untilTime?: number;
  /** Meaning depends on the fault. */
  readonly value?: number;
}

/** States rather than accidents: they last until they are cleared or their time is over. */
const LASTING: readonly FaultName[] = [
  'maintenance',
  'rest-down',
  'sockets-down',
  'key-refused',
  'hedge-mode',
  'multi-assets',
];

interface ArmedFault extends FaultRule {
  seen: number;
  struck: number;
}

/** A fault that struck: what the log of faults shows. */
export interface FaultStrike {
  readonly time: number;
  readonly name: FaultName;
  readonly target: string;
}

const STRIKES_KEPT = 10_000;
const RULES_MAX = 1_000;

/** Decides by rule and seed what goes wrong: the same seed and the same requests fail alike. */
export class FaultBox {
  #rules: ArmedFault[] = [];
  readonly #random: Random;
  readonly #strikes: FaultStrike[] = [];

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Whether nothing can go wrong: lets hot paths skip the questions. */
  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /**
   * Arms a fault.
   *
   * @throws {UsageError} If there is none of this name.
   */
  arm(rule: FaultRule): void {
    if (!Object.hasOwn(FAULTS, rule.name)) {
      throw new UsageError(
        `Unknown fault "${String(rule.name)}"${didYouMean(String(rule.name), Object.keys(FAULTS))}; GET /control/faults lists them`,
      );
    }
    if (this.#rules.length >= RULES_MAX) throw new UsageError(`More than ${RULES_MAX} faults`);
    const lasting = LASTING.includes(rule.name) ? { count: 0 } : {};
    this.#rules.push({ ...lasting, ...rule, seen: 0, struck: 0 });
  }

  /** Disarms all faults, or those of one name. */
  clear(name?: string): void {
    this.#rules = name === undefined ? [] : this.#rules.filter((rule) => rule.name !== name);
  }

  /** Asks whether a fault strikes here and now. */
  strike(name: FaultName, target: string, time: number): FaultRule | undefined {
    for (const rule of this.#rules) {
      if (rule.name !== name || !this.#applies(rule, target, time)) continue;
      rule.struck++;
      this.#strikes.push({ time, name, target });
      if (this.#strikes.length > STRIKES_KEPT) this.#strikes.shift();
      return rule;
    }
    return undefined;
  }

  /** What struck so far, oldest first. */
  get strikes(): readonly FaultStrike[] {
    return this.#strikes;
  }

  /** The armed faults and how often they struck. */
  get rules(): readonly Readonly<ArmedFault>[] {
    return this.#rules;
  }

  #applies(rule: ArmedFault, target: string, time: number): boolean {
    const count = rule.count ?? 1;
    if (count > 0 && rule.struck >= count) return false;
    if (rule.match !== undefined && !target.includes(rule.match)) return false;
    if (time < (rule.fromTime ?? Number.NEGATIVE_INFINITY)) return false;
    if (time > (rule.untilTime ?? Number.POSITIVE_INFINITY)) return false;
    if (rule.seen++ < (rule.skip ?? 0)) return false;
    return rule.chance === undefined || this.#random() < rule.chance;
  }
}
