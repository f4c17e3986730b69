import { type Decimal, decimal, UsageError } from '../../domain/index.js';
import type { RawParameters } from '../simulated/index.js';
import { FAULTS, type FaultBox, type FaultRule } from './faults.js';
import { intervalEndTime, intervalOpenTime, parseInterval } from './replay-market.js';
import { CHANGEABLE_RULES, type Venue } from './venue.js';

/** What the control interface may do. */
export interface ControlActions {
  readonly faults: FaultBox;
  /** Exchange time, ms UTC. */
  now(): number;
  /** The market that a body means by `market`; the first one if it does not say. */
  venue(name: unknown): Venue;
  advanceTo(time: number): void;
  setSkew(ms: number): void;
  dropSockets(kind: 'market' | 'user' | 'all'): number;
  silenceSockets(kind: 'market' | 'user' | 'all', durationMs: number): number;
  shutdownSockets(): void;
  terminateSubscriptions(): void;
  revokeKey(apiKey: string): void;
  publishUserEvents(): void;
  status(): Record<string, unknown>;
}

type Body = Readonly<Record<string, unknown>>;
type Handler = (body: Body, actions: ControlActions) => unknown;

const STEPS_MS_MAX = 366 * 86_400_000;
const LIMITS = [
  'weightPerMinute',
  'ordersPer10Seconds',
  'ordersPerMinute',
  'ordersPerDay',
] as const;

/** The control interface by `METHOD path`: how tests and people look into the exchange and bend it. */
export const CONTROL_ROUTES: Readonly<Record<string, Handler>> = {
  'GET /control': () => ({ routes: Object.keys(CONTROL_ROUTES) }),
  'GET /control/status': (_, actions) => actions.status(),
  'GET /control/state': (body, actions) =>
    JSON.parse(controlled(body, actions).snapshot()) as unknown,
  'POST /control/step': step,
  'GET /control/faults': (_, { faults }) => ({
    known: FAULTS,
    armed: faults.rules,
    strikes: faults.strikes,
  }),
  'POST /control/faults': (body, { faults }) => {
    faults.arm(body as unknown as FaultRule);
    return { armed: faults.rules.length };
  },
  'DELETE /control/faults': (body, { faults }) => {
    faults.clear(typeof body.name === 'string' ? body.name : undefined);
    return { armed: faults.rules.length };
  },
  'POST /control/price': (body, actions) => {
    const exchange = controlled(body, actions);
    exchange.move(text(body, 'symbol'), {
      time: exchange.time,
      price: amount(body, 'price'),
      quantity: body.quantity === undefined ? 0n : amount(body, 'quantity'),
      isJump: body.jump !== false,
    });
    actions.publishUserEvents();
    return {};
  },
  'POST /control/mark': (body, actions) => {
    controlled(body, actions).setMark(text(body, 'symbol'), amount(body, 'price'));
    actions.publishUserEvents();
    return {};
  },
  'POST /control/transfer': (body, actions) => {
    controlled(body, actions).transfer(text(body, 'asset'), amount(body, 'amount'));
    actions.publishUserEvents();
    return {};
  },
  'POST /control/order': (body, actions) => {
    const raw = Object.entries(body).map(([name, value]) => [name, String(value)]);
    const order = controlled(body, actions).place(withoutMarket(raw as [string, string][]));
    actions.publishUserEvents();
    return { orderId: order.orderId, status: order.status };
  },
  'POST /control/expire': (body, actions) => {
    const reason = typeof body.reason === 'string' ? body.reason : 'EXCHANGE_CANCELED';
    controlled(body, actions).expire(
      text(body, 'symbol'),
      {
        ...(body.orderId === undefined ? {} : { orderId: Number(body.orderId) }),
        ...(body.clientOrderId === undefined ? {} : { clientOrderId: text(body, 'clientOrderId') }),
      },
      reason,
    );
    actions.publishUserEvents();
    return {};
  },
  'POST /control/forget': (body, actions) => {
    // What was sent before is no part of it.
    actions.publishUserEvents();
    return { orders: controlled(body, actions).forgetOrders(text(body, 'symbol')) };
  },
  'POST /control/rules': changeRules,
  'POST /control/commission': (body, actions) => {
    controlled(body, actions).setCommission({
      ...(body.maker === undefined ? {} : { maker: amount(body, 'maker') }),
      ...(body.taker === undefined ? {} : { taker: amount(body, 'taker') }),
      ...(typeof body.paysWithBNB === 'boolean' ? { paysWithBNB: body.paysWithBNB } : {}),
    });
    return {};
  },
  'POST /control/limits': (body, actions) => {
    const { limits } = actions.venue(body.market);
    const { limits: current } = limits;
    for (const name of LIMITS) {
      if (typeof body[name] === 'number') current[name] = body[name];
    }
    if (body.reset === true) limits.reset();
    return current;
  },
  'POST /control/skew': (body, actions) => {
    actions.setSkew(milliseconds(body, 0));
    return {};
  },
  'POST /control/sockets': sockets,
  'POST /control/revoke': (body, actions) => {
    actions.revokeKey(text(body, 'apiKey'));
    return {};
  },
};

/** Moves the market on: by `ms`, to `time`, or to the end of the candle of `interval`. */
function step(body: Body, actions: ControlActions): unknown {
  const now = actions.now();
  let target = now + Number(body.ms ?? 0);
  if (body.time !== undefined) target = Number(body.time);
  if (body.interval !== undefined) {
    const name = text(body, 'interval');
    const interval = parseInterval(name);
    if (interval === undefined) throw new UsageError(`step: unknown interval "${name}"`);
    target = intervalEndTime(intervalOpenTime(now, interval), interval);
  }
  if (!Number.isFinite(target) || target < now || target - now > STEPS_MS_MAX) {
    throw new UsageError(
      'step: give ms >= 0, a later time, or an interval; at most a year at once',
    );
  }
  actions.advanceTo(target);
  return actions.status();
}

function changeRules(body: Body, actions: ControlActions): unknown {
  const changed: Partial<Record<(typeof CHANGEABLE_RULES)[number], Decimal>> = {};
  for (const name of CHANGEABLE_RULES) {
    if (body[name] !== undefined) changed[name] = amount(body, name);
  }
  const status = typeof body.status === 'string' ? { status: body.status } : {};
  const rules = controlled(body, actions).changeRules(text(body, 'symbol'), {
    ...changed,
    ...status,
  });
  return { symbol: rules.symbol, status: rules.status };
}

function controlled(body: Body, actions: ControlActions): Venue['control'] {
  return actions.venue(body.market).control;
}

function withoutMarket(raw: readonly [string, string][]): RawParameters {
  return Object.fromEntries(raw.filter(([name]) => name !== 'market'));
}

function sockets(body: Body, actions: ControlActions): unknown {
  const kind = body.kind === 'market' || body.kind === 'user' ? body.kind : 'all';
  switch (body.action) {
    case 'drop':
      return { sockets: actions.dropSockets(kind) };
    case 'silence':
      return { sockets: actions.silenceSockets(kind, milliseconds(body, 3_600_000)) };
    case 'shutdown':
      actions.shutdownSockets();
      return {};
    case 'terminate-subscriptions':
      actions.terminateSubscriptions();
      return {};
    default:
      throw new UsageError('sockets: action is drop, silence, shutdown or terminate-subscriptions');
  }
}

function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`"${name}" must be a text`);
}

function milliseconds({ ms }: Body, normal: number): number {
  const value = Number(ms ?? normal);
  if (Number.isFinite(value)) return value;
  throw new UsageError('"ms" must be a number');
}

function amount(body: Body, name: string): Decimal {
  return decimal(String(body[name]));
}
