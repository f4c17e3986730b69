import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { UserError } from '../../domain/index.js';
import type { AccessControl } from './access.js';
import { archiveFile } from './archives.js';
import { CONTROL_ROUTES, type ControlActions } from './control.js';
import type { Endpoints } from './endpoints.js';
import type { ExchangeClock } from './exchange-clock.js';
import type { FaultBox } from './faults.js';
import type { LimitCounter } from './limits.js';
import { RETIRED_PATHS } from './spot-routes.js';
import { jsonIn, parseTimeUnit, type TimeUnit } from './time-unit.js';
import type { Venue } from './venue.js';
import type { VisitorRule } from './visitor-rule.js';
import { RETIRED } from './wire-answers.js';

const BODY_BYTES_MAX = 1_000_000;
const KEEP_ALIVE_MS = 60_000;
const SLOW_ARCHIVE_MS = 5_000;

/** What a request asks for. */
interface Target {
  readonly path: string;
  readonly query: string;
  readonly body: string;
}

/** What the server answers from. */
export interface HttpSurroundings {
  readonly venues: readonly Venue[];
  readonly endpoints: Endpoints;
  readonly access: AccessControl;
  readonly faults: FaultBox;
  readonly clock: ExchangeClock;
  readonly control: ControlActions;
  /** Moves the market to where the clock says it is. */
  readonly follow: () => void;
  readonly visitors: VisitorRule;
}

/** REST, the archives and the control interface over HTTP. */
export class HttpFront {
  readonly server: Server;
  readonly #around: HttpSurroundings;

  constructor(around: HttpSurroundings) {
    this.#around = around;
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      this.#receive(request, response);
    });
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET') {
      this.#answer(request, response, '');
      return;
    }
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > BODY_BYTES_MAX) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => this.#answer(request, response, Buffer.concat(chunks).toString()));
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    this.#around.follow();
    const refusal = this.#around.visitors.turnAway(request.headers);
    if (refusal !== undefined) {
      respond(response, refusal.status, refusal.body);
      return;
    }
    const target = request.url ?? '/';
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? '' : target.slice(mark + 1);
    if (path.startsWith('/control')) this.#control(request, response, { path, query, body });
    else if (path.startsWith('/data/')) this.#archive(response, path);
    else this.#rest(request, response, { path, query, body });
  }

  #rest(request: IncomingMessage, response: ServerResponse, { path, query, body }: Target): void {
    if (RETIRED_PATHS.some((retired) => path.startsWith(retired))) {
      respond(response, RETIRED.status, RETIRED.body);
      return;
    }
    const { endpoints, access, clock } = this.#around;
    const routeName = `${request.method} ${path}`;
    const parameters = { ...parseQuery(body), ...parseQuery(query) };
    const address = request.socket.remoteAddress ?? '';
    const apiKey = request.headers['x-mbx-apikey'] as string | undefined;
    const performed = endpoints.perform(routeName, address, parameters, (security) =>
      security === 'key'
        ? access.key(apiKey)
        : access.checkRest(apiKey, query, body, parameters, clock.now()),
    );
    if (performed.isCut) {
      const { lastBytes } = performed;
      if (lastBytes === undefined) request.socket.destroy();
      else request.socket.end(lastBytes, 'latin1');
      return;
    }
    const isOrder = request.method !== 'GET' && performed.status === 200;
    const { limits } = performed;
    const headers =
      limits === undefined ? {} : limitHeaders(limits, address, isOrder, clock.limitNow());
    if (performed.retryAfterMs !== undefined) {
      headers['Retry-After'] = String(Math.ceil(performed.retryAfterMs / 1_000));
    }
    const timeUnit = parseTimeUnit(request.headers['x-mbx-time-unit']);
    const { status, body: answer } = performed;
    const send = (): void => respond(response, status, answer, { headers, timeUnit });
    if (performed.delayMs === 0) send();
    else setTimeout(send, performed.delayMs).unref();
  }

  #control(
    request: IncomingMessage,
    response: ServerResponse,
    { path, query, body }: Target,
  ): void {
    const handler = CONTROL_ROUTES[`${request.method} ${path}`];
    try {
      if (handler === undefined)
        throw new UserError('No such control; GET /control lists all of them');
      const parsed = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>;
      respond(response, 200, handler({ ...parseQuery(query), ...parsed }, this.#around.control));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      respond(response, handler === undefined ? 404 : 400, { error: message });
    }
  }

  #archive(response: ServerResponse, path: string): void {
    const { venues, faults, clock } = this.#around;
    const time = clock.now();
    const file = archiveFile((kind) => venues.find((venue) => venue.kind === kind), path, time);
    if (file === undefined) {
      respond(response, 404, '<Error><Code>NoSuchKey</Code></Error>');
      return;
    }
    const bytes = Buffer.from(file.bytes);
    const half = bytes.length >> 1;
    if (!file.isChecksum && faults.strike('archive-bit-flip', path, time)) {
      bytes[half] = bytes[half]! ^ 1;
    }
    response.writeHead(200, {
      'Content-Length': bytes.length,
      'Content-Type': 'application/octet-stream',
    });
    if (!file.isChecksum && faults.strike('archive-truncated', path, time)) {
      response.write(bytes.subarray(0, half), () => response.destroy());
      return;
    }
    const slow = file.isChecksum ? undefined : faults.strike('archive-slow', path, time);
    if (slow === undefined) {
      response.end(bytes);
      return;
    }
    response.write(bytes.subarray(0, half));
    setTimeout(() => response.end(bytes.subarray(half)), slow.value ?? SLOW_ARCHIVE_MS).unref();
  }
}

function limitHeaders(
  limits: LimitCounter,
  address: string,
  isOrder: boolean,
  now: number,
): Record<string, string> {
  const headers: Record<string, string> = {
    'X-MBX-USED-WEIGHT-1M': String(limits.usedWeight(address, now)),
  };
  if (!isOrder) return headers;
  for (const { header, count } of limits.orderCounts(now)) {
    headers[`X-MBX-ORDER-COUNT-${header}`] = String(count);
  }
  return headers;
}

function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  {
    headers = {},
    timeUnit = 'ms',
  }: { readonly headers?: Record<string, string>; readonly timeUnit?: TimeUnit } = {},
): void {
  const isText = typeof body === 'string';
  const text = isText ? body : jsonIn(timeUnit, body);
  response.writeHead(status, {
    'Content-Type': isText ? 'text/html' : 'application/json;charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

function parseQuery(text: string): Record<string, string> {
  return text === '' ? {} : Object.fromEntries(new URLSearchParams(text));
}
