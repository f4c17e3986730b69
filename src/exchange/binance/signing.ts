import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';

/** Parameters of a request; numbers are integers, decimals are texts. */
export type RequestParameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** Signs payloads; the secret stays inside. */
export interface Signer {
  readonly apiKey: string;
  /** Ed25519 keys may also log on to a WebSocket session. */
  readonly kind: 'hmac' | 'ed25519';
  sign(payload: string): string;
}

/**
 * Creates a signer with a shared secret (HMAC-SHA256, hex).
 *
 * @param apiKey - Public part.
 * @param secret - Secret part.
 */
export function hmacSigner(apiKey: string, secret: string): Signer {
  return { apiKey, kind: 'hmac', sign: (payload) => hmac(secret, payload) };
}

/**
 * Creates a signer with a private key (Ed25519, base64).
 *
 * @param apiKey - Public part.
 * @param privateKeyPem - PKCS#8 PEM.
 * @throws {Error} If the text is no Ed25519 private key.
 */
export function ed25519Signer(apiKey: string, privateKeyPem: string): Signer {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('The private key is not an Ed25519 key');
  return {
    apiKey,
    kind: 'ed25519',
    sign: (payload) => sign(null, Buffer.from(payload, 'utf8'), key).toString('base64'),
  };
}

/**
 * Writes parameters as a query: in the order given, percent-encoded before they are signed.
 *
 * @param parameters - Undefined ones are left out.
 */
export function encodeQuery(parameters: RequestParameters): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');
}

/**
 * Writes a query with its signature, which is always last.
 *
 * @param signer - Key to sign with.
 * @param parameters - With `timestamp`.
 */
export function signedQuery(signer: Signer, parameters: RequestParameters): string {
  const payload = encodeQuery(parameters);
  return `${payload}&signature=${encodeURIComponent(signer.sign(payload))}`;
}

/**
 * Returns what a WebSocket request signs: all parameters but the signature, sorted by name, not encoded.
 *
 * @param parameters - With `apiKey` and `timestamp`.
 */
export function socketPayload(parameters: RequestParameters): string {
  return Object.entries(parameters)
    .filter(([name, value]) => value !== undefined && name !== 'signature')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&');
}

/**
 * Returns the parameters of a WebSocket request with `apiKey` and `signature`.
 *
 * @param signer - Key to sign with.
 * @param parameters - With `timestamp`.
 */
export function signedSocketParameters(
  signer: Signer,
  parameters: RequestParameters,
): RequestParameters {
  const withKey = { ...parameters, apiKey: signer.apiKey };
  return { ...withKey, signature: signer.sign(socketPayload(withKey)) };
}

/** Reads a public Ed25519 key in PEM. */
export function ed25519PublicKey(pem: string): KeyObject {
  return createPublicKey(pem);
}

/** Whether an HMAC signature (hex, any case) belongs to a payload. */
export function isHmacSignature(secret: string, payload: string, signature: string): boolean {
  const expected = Buffer.from(hmac(secret, payload));
  const given = Buffer.from(signature.toLowerCase());
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Whether an Ed25519 signature (base64) belongs to a payload. */
export function isEd25519Signature(key: KeyObject, payload: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  return bytes.length === 64 && verify(null, Buffer.from(payload, 'utf8'), key, bytes);
}

function hmac(secret: string, payload: string): string {
  return createHmac('sha256', secret).update(payload, 'utf8').digest('hex');
}
