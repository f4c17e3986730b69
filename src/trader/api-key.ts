import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../domain/index.js';
import { ed25519Signer, hmacSigner, type Signer } from '../exchange/index.js';
import { fileError } from '../files/index.js';

/** A key ready to sign, and every text of it that must never be written anywhere. */
export interface ApiKey {
  readonly signer: Signer;
  readonly secrets: readonly string[];
  /** Where it came from, for people. */
  readonly source: string;
}

export interface ApiKeyOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** Secret of AWS Secrets Manager; wins over the environment. */
  readonly awsSecretName: string | undefined;
  readonly awsRegion: string | undefined;
  /** Fetches such a secret; default by the SDK. */
  readonly fetchSecret?: (name: string, region: string | undefined) => Promise<string>;
}

/** Names under which keys are found, in the environment and in a secret. */
const KEY = 'BINANCE_API_KEY';
const SECRET = 'BINANCE_API_SECRET';
const KEY_FILE = 'BINANCE_PRIVATE_KEY_FILE';
const KEY_PEM = 'BINANCE_PRIVATE_KEY';
/** Bits of a file mode that let others in. */
const OTHERS = 0o077;

/**
 * Loads the key of an account: from AWS Secrets Manager when a secret is named, otherwise an Ed25519 key file
 * (`BINANCE_PRIVATE_KEY_FILE`, readable by its owner alone) or a shared secret (`BINANCE_API_SECRET`) of the environment.
 *
 * @param options - Where to look.
 * @throws {UserError} If there is none, or it cannot be used. Messages never contain any of it.
 */
export async function loadApiKey(options: ApiKeyOptions): Promise<ApiKey> {
  const { awsSecretName, environment } = options;
  if (awsSecretName !== undefined) return awsKey(options, awsSecretName);
  const apiKey = environment[KEY]?.trim();
  const file = environment[KEY_FILE]?.trim();
  if (!apiKey) {
    throw new UserError(
      `No API key: set ${KEY} and ${KEY_FILE} (an Ed25519 key, recommended) or ${SECRET}, or give a secret with --aws-secret-name`,
    );
  }
  if (file) {
    const pem = await readPrivateKey(path.resolve(options.workingFolder, file));
    return pemKey(apiKey, pem, `${KEY_FILE} ${file}`);
  }
  const secret = environment[SECRET]?.trim();
  if (!secret) {
    throw new UserError(`${KEY} is set, but neither ${KEY_FILE} nor ${SECRET} is`);
  }
  return secretKey(apiKey, secret, 'the environment');
}

async function awsKey(options: ApiKeyOptions, name: string): Promise<ApiKey> {
  const { fetchSecret = fetchAwsSecret, awsRegion } = options;
  const text = await fetchSecret(name, awsRegion);
  const source = `the AWS secret ${name}`;
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    values = undefined;
  }
  const of = (key: string): string | undefined => {
    const value = (values as Record<string, unknown> | null | undefined)?.[key];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const apiKey = of(KEY);
  const pem = of(KEY_PEM);
  const secret = of(SECRET);
  if (apiKey === undefined || (pem ?? secret) === undefined) {
    throw new UserError(
      `${source} must be JSON with ${KEY} and ${KEY_PEM} (Ed25519, PEM) or ${SECRET}`,
    );
  }
  return pem === undefined ? secretKey(apiKey, secret!, source) : pemKey(apiKey, pem, source);
}

/** The SDK is big, and few need it: it is loaded only here. */
async function fetchAwsSecret(name: string, region: string | undefined): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import(
    '@aws-sdk/client-secrets-manager'
  );
  const client = new SecretsManagerClient(region === undefined ? {} : { region });
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    if (SecretString !== undefined) return SecretString;
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : 'it failed';
    throw new UserError(`AWS Secrets Manager did not return ${name}: ${what}`);
  } finally {
    client.destroy();
  }
  throw new UserError(`The AWS secret ${name} contains no text`);
}

async function readPrivateKey(file: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    // Windows keeps rights elsewhere and shows every file as open to all.
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new UserError(
        `${file} is readable by other users (mode ${(mode & 0o777).toString(8)}): chmod 600 it, and create a new key if others may have seen it`,
      );
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw fileError('read', file, error);
  }
}

function pemKey(apiKey: string, pem: string, source: string): ApiKey {
  let signer: Signer;
  try {
    signer = ed25519Signer(apiKey, pem);
  } catch {
    // The cause may quote the key.
    throw new UserError(`${source} is not an Ed25519 private key in PEM (PKCS#8)`);
  }
  const lines = pem.split('\n').map((line) => line.trim());
  const secrets = lines.filter((line) => line !== '' && !line.startsWith('-----'));
  return { signer, secrets: [apiKey, ...secrets], source };
}

function secretKey(apiKey: string, secret: string, source: string): ApiKey {
  return { signer: hmacSigner(apiKey, secret), secrets: [apiKey, secret], source };
}

/**
 * Returns a function that takes secrets out of texts, whatever way they are written: the last guard before anything is shown,
 * written or sent.
 *
 * @param secrets - Texts that must not appear.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => {
    const bytes = Buffer.from(secret);
    return [
      secret,
      encodeURIComponent(secret),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
    ];
  });
  const known = [...new Set(forms)]
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length);
  return (text) => known.reduce((rest, form) => rest.replaceAll(form, '[redacted]'), text);
}
