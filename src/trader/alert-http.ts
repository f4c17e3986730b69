/** Sends a request; the one of the platform, or that of a test. */
export type AlertFetch = (url: string, init: RequestInit) => Promise<Response>;

/** What a host made of a request. */
export type HostAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** `undefined` where it was not wanted. */
      readonly body: string | undefined;
      /** Seconds of a `Retry-After` header. */
      readonly retryAfterSeconds: number | undefined;
    }
  /** Nothing that could be read: why, in words. */
  | { readonly kind: 'none'; readonly why: string };

export interface PostOptions {
  readonly fetch: AlertFetch;
  /** For the whole of the answer, ms. */
  readonly timeLimitMs: number;
  /** Whether the body of a success matters; those of refusals are always read, for their reason. */
  readonly readsBody: boolean;
  /** Default 65,536. */
  readonly bodyBytesMax?: number;
  /** Ends the request early. */
  readonly signal?: AbortSignal;
}

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Longer answers are cut: no host that takes alerts has that much to say. */
const BODY_BYTES_MAX = 65_536;

/**
 * Posts something, with a limit for the time and for the answer, and follows no redirect.
 *
 * @param post - Address, headers and body.
 * @param options - Limits.
 * @returns Never throws; the words never contain the address, which may be a secret.
 */
export async function post(
  { url, body, headers }: Post,
  options: PostOptions,
): Promise<HostAnswer> {
  const limit = AbortSignal.timeout(options.timeLimitMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  try {
    const response = await options.fetch(url, {
      method: 'POST',
      headers,
      body,
      signal,
      redirect: 'manual',
    });
    const isWanted = options.readsBody || !response.ok;
    const text = isWanted ? await bodyOf(response, options.bodyBytesMax) : undefined;
    if (!isWanted) await response.body?.cancel().catch(() => undefined);
    return {
      kind: 'answer',
      status: response.status,
      body: text,
      retryAfterSeconds: secondsOf(response.headers.get('retry-after')),
    };
  } catch (error) {
    if (limit.aborted)
      return { kind: 'none', why: `no complete answer within ${options.timeLimitMs / 1_000} s` };
    return { kind: 'none', why: networkTrouble(error) };
  }
}

/** The beginning of a body; the rest is not waited for. */
async function bodyOf(response: Response, bytesMax = BODY_BYTES_MAX): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; bytes < bytesMax; ) {
    const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
    if (done || value === undefined) return Buffer.concat(chunks).toString();
    chunks.push(value);
    bytes += value.length;
  }
  await reader.cancel().catch(() => undefined);
  return Buffer.concat(chunks).subarray(0, bytesMax).toString();
}

function secondsOf(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

const TROUBLES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused, no server at that address',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name cannot be resolved now',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'its answer was not complete in time',
  ENETUNREACH: 'the network cannot be reached',
  EHOSTUNREACH: 'its host cannot be reached',
  EACCES: 'this machine does not allow the connection',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by a trusted authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by a trusted authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not use TLS: should the address begin with http://?',
  HPE_INVALID_CONSTANT: 'its answer is not HTTP',
};

/**
 * Says in words why a request got no answer.
 *
 * @param error - What `fetch` threw.
 */
export function networkTrouble(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) return `the request failed${plainCause(error)}`;
  if (code.startsWith('HPE_')) return 'its answer is not HTTP';
  return TROUBLES[code] ?? `the connection failed (${code})`;
}

/** A cause without a code, such as `bad port`: only plain words, which hold no address. */
function plainCause(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const isPlain = cause instanceof Error && /^[a-z ]{3,60}$/i.test(cause.message);
  return isPlain ? ` (${cause.message})` : '';
}

/** The code of the innermost cause that has one. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const { code, cause, errors } = error as Error & {
    readonly code?: unknown;
    readonly cause?: unknown;
    readonly errors?: readonly unknown[];
  };
  const inner = codeOf(cause, depth + 1) ?? codeOf(errors?.[0], depth + 1);
  return inner ?? (typeof code === 'string' ? code : undefined);
}
