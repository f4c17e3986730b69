import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** What is sent to a visitor that is turned away. */
export interface TurnedAway {
  readonly status: 403;
  readonly body: { readonly code: 0; readonly msg: string };
}

const OWN_NAMES = ['localhost', 'localhost.localdomain'];

/**
 * Keeps web pages out. A page may send requests to any address, this machine included, and a name of its own may lead
 * here (DNS rebinding): so requests must name this server by an address or by a name that is its own, and must not come
 * from a page of another origin. Programs send no origin, or this server's own.
 */
export class VisitorRule {
  readonly #names: ReadonlySet<string>;

  /** @param allowedHosts - Names besides `localhost` by which the server may be reached. */
  constructor(allowedHosts: readonly string[] = []) {
    this.#names = new Set([...OWN_NAMES, ...allowedHosts].map((name) => name.toLowerCase()));
  }

  /** What a visitor is answered who has no business here; `undefined` for everyone else. */
  turnAway(headers: IncomingHttpHeaders): TurnedAway | undefined {
    const { host = '', origin } = headers;
    const named = hostOf(`http://${host}`);
    if (named === undefined || !this.#isOwn(named)) {
      return refused(
        `Host "${printable(host)}" is not a name of this exchange; allow it with --allow-host`,
      );
    }
    if (origin !== undefined && hostOf(origin)?.host !== named.host) {
      return refused(`Origin "${printable(origin)}" may not use this exchange`);
    }
    const site = headers['sec-fetch-site'];
    if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
    return refused('Pages of other sites may not use this exchange');
  }

  #isOwn({ hostname }: URL): boolean {
    const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    return isIP(name) > 0 || this.#names.has(name);
  }
}

function hostOf(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return url.host === '' || url.username !== '' ? undefined : url;
  } catch {
    return undefined;
  }
}

function refused(msg: string): TurnedAway {
  return { status: 403, body: { code: 0, msg } };
}

/** Header values as text without surprises. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
