import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from './access.js';
import type { Faults } from './faults.js';
import { json } from './json.js';
import type { MarketName } from './listing.js';
import { Parameters } from './parameters.js';
import { Refusal, refusals } from './refusal.js';
import type { Route, Routes } from './route.js';

const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;
const LATE_MS = 1_500;
/** Weight of a minute, and orders of ten seconds. */
const LIMITS: Readonly<Record<MarketName, { weight: number; orders: number }>> = {
  spot: { weight: 6_000, orders: 100 },
  usdm: { weight: 2_400, orders: 300 },
};

/** A request that was refused, for who looks on. */
export interface RefusedRequest {
  readonly request: string;
  readonly code: number;
  readonly message: string;
}

export interface RestOptions {
  readonly market: MarketName;
  readonly routes: Routes;
  readonly access: Access;
  readonly faults: Faults;
  readonly now: () => number;
  readonly speed: number;
}

/** The REST side: limits, signatures, errors. */
export class Rest {
  readonly #options: RestOptions;
  readonly refused: RefusedRequest[] = [];
  /** Requests that there is no endpoint for. */
  readonly unknown: string[] = [];
  readonly seen = new Set<string>();
  #weight = { window: 0, used: 0 };
  #orders = { window: 0, used: 0 };

  constructor(options: RestOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, now, speed } = this.#options;
    const url = new URL(request.url ?? '/', 'http://localhost');
    const name = `${request.method} ${url.pathname}`;
    if (name === 'GET /control/status') {
      // Not Binance's: says how fast this clock goes.
      return send(response, 200, { time: now(), pace: { kind: 'real', speed } });
    }
    const query = (request.url ?? '').split('?')[1] ?? '';
    const body = await bodyOf(request);
    if (faults.strikes('request-lost', name)) return void request.socket.destroy();
    if (faults.strikes('bad-gateway', name)) return sendHtml(response);
    if (faults.strikes('unknown-not-executed', name)) return this.#sendUnknown(response);
    const answer = this.#answer(name, query, body, request.headers['x-mbx-apikey']);
    if (faults.strikes('reply-lost', name)) return void request.socket.destroy();
    if (faults.strikes('unknown-executed', name)) return this.#sendUnknown(response);
    if (faults.strikes('reply-late', name)) await new Promise((done) => setTimeout(done, LATE_MS));
    send(response, answer.status, answer.body, answer.headers);
  }

  #answer(
    name: string,
    query: string,
    body: string,
    apiKey: string | string[] | undefined,
  ): { status: number; body: unknown; headers: Record<string, string> } {
    const route = this.#options.routes[name];
    const entries = [...pairs(query), ...pairs(body)];
    this.seen.add(name);
    try {
      if (route === undefined) throw this.#noRoute(name);
      this.#count(route, Object.fromEntries(entries));
      this.#authorize(route, query, body, String(apiKey ?? ''));
      if (route.lags === true && this.#options.faults.strikes('lagging', name))
        throw refusals.noSuchOrder();
      const parameters = new Parameters(entries);
      for (const common of ['timestamp', 'recvWindow', 'signature']) parameters.optional(common);
      const result = route.run(parameters);
      const orders: Record<string, string> =
        route.orders === undefined ? {} : { 'x-mbx-order-count-10s': String(this.#orders.used) };
      return { status: 200, body: result, headers: { ...this.#weightHeader(), ...orders } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refused.push({
        request: `${name}?${hidden(query)}`,
        code: error.code,
        message: error.message,
      });
      const retry: Record<string, string> = error.status === 429 ? { 'retry-after': '5' } : {};
      return {
        status: error.status,
        body: error.body,
        headers: { ...this.#weightHeader(), ...retry },
      };
    }
  }

  #noRoute(name: string): Refusal {
    this.unknown.push(name);
    const [method, path] = name.split(' ');
    return new Refusal(-5000, `Path ${path}, Method ${method} is invalid`, 404);
  }

  #authorize(route: Route, query: string, body: string, apiKey: string): void {
    if (route.security === 'none') return;
    const { access } = this.#options;
    const key = access.requireKey(apiKey);
    if (route.security === 'key') return;
    // The payload is query and body without a separator; the signature is its last parameter.
    const payload = query + body;
    const match = /(?:^|&)signature=([^&]*)$/.exec(payload);
    if (match === null) throw refusals.mandatory('signature');
    const signed = payload.slice(0, match.index);
    const values = Object.fromEntries([...pairs(query), ...pairs(body)]);
    const { timestamp, recvWindow } = values;
    access.requireSignature(key, signed, decodeURIComponent(match[1] ?? ''), {
      timestamp,
      recvWindow,
    });
  }

  /** Windows are aligned to the clock of the exchange, they do not slide. */
  #count(route: Route, values: Readonly<Record<string, string>>): void {
    const { market, now } = this.#options;
    const limits = LIMITS[market];
    const minute = Math.floor(now() / MINUTE_MS);
    if (this.#weight.window !== minute) this.#weight = { window: minute, used: 0 };
    this.#weight.used += typeof route.weight === 'number' ? route.weight : route.weight(values);
    if (this.#weight.used > limits.weight) {
      const message = `Too many requests; current limit is ${limits.weight} requests per minute. Please use the websocket for live updates to avoid polling the API.`;
      throw new Refusal(-1003, message, 429);
    }
    if (route.orders === undefined) return;
    const window = Math.floor(now() / TEN_SECONDS_MS);
    if (this.#orders.window !== window) this.#orders = { window, used: 0 };
    this.#orders.used += route.orders;
    if (this.#orders.used > limits.orders) {
      const message = `Too many new orders; current limit is ${limits.orders} orders per 10 SECOND.`;
      throw new Refusal(-1015, message, 429);
    }
  }

  #weightHeader(): Record<string, string> {
    return { 'x-mbx-used-weight-1m': String(this.#weight.used) };
  }

  /** Both documents name these texts as "execution status unknown". */
  #sendUnknown(response: ServerResponse): void {
    const timeout =
      'Timeout waiting for response from backend server. Send status unknown; execution status unknown.';
    const unknown = 'Unknown error, please check your request or try again later.';
    if (this.#options.market === 'spot') send(response, 504, { code: -1007, msg: timeout });
    else send(response, 503, { code: -1000, msg: unknown });
  }
}

function pairs(query: string): [string, string][] {
  return query === '' ? [] : [...new URLSearchParams(query.replaceAll('+', '%2B'))];
}

function hidden(query: string): string {
  return query.replace(/&?(signature|timestamp|recvWindow)=[^&]*/g, '');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers });
  response.end(json(body));
}

/** As recorded: the page of the load balancer. */
function sendHtml(response: ServerResponse): void {
  response.writeHead(502, { 'content-type': 'text/html', server: 'awselb/2.0' });
  response.end(
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body>\r\n</html>\r\n',
  );
}
