import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ApiKeyOptions, loadApiKey, redactor } from './api-key.js';

const pem = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

const options = (changes: Partial<ApiKeyOptions> = {}): ApiKeyOptions => ({
  environment: {},
  workingFolder: '/',
  awsSecretName: undefined,
  awsRegion: undefined,
  ...changes,
});

function keyFile(content: string, mode: number): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'key.pem');
  writeFileSync(file, content, { mode });
  return file;
}

describe('loadApiKey()', () => {
  test('takes a shared secret of the environment', async () => {
    const environment = { BINANCE_API_KEY: 'key', BINANCE_API_SECRET: 'secret\n' };
    const key = await loadApiKey(options({ environment }));
    expect(key).toMatchObject({ source: 'the environment', secrets: ['key', 'secret'] });
    expect(key.signer.kind).toBe('hmac');
    expect(JSON.stringify(key.signer)).not.toContain('secret');
  });

  test('an Ed25519 key file wins over a shared secret', async () => {
    const environment = {
      BINANCE_API_KEY: 'key',
      BINANCE_API_SECRET: 'secret',
      BINANCE_PRIVATE_KEY_FILE: keyFile(pem, 0o600),
    };
    const key = await loadApiKey(options({ environment }));
    expect(key.signer.kind).toBe('ed25519');
    expect(key.secrets).toContain(pem.split('\n')[1]);
  });

  test.each([0o640, 0o604, 0o666])('refuses a key file of mode %o', async (mode) => {
    const file = keyFile(pem, 0o600);
    const { chmodSync } = await import('node:fs');
    chmodSync(file, mode);
    const environment = { BINANCE_API_KEY: 'key', BINANCE_PRIVATE_KEY_FILE: file };
    await expect(loadApiKey(options({ environment }))).rejects.toThrow(
      'is readable by other users',
    );
  });

  test('takes it on Windows, where files have no modes', async () => {
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    onTestFinished(() => platform.mockRestore());
    const file = keyFile(pem, 0o644);
    const environment = { BINANCE_API_KEY: 'key', BINANCE_PRIVATE_KEY_FILE: file };
    expect((await loadApiKey(options({ environment }))).signer.kind).toBe('ed25519');
  });

  test('says what is missing or wrong, and nothing of what is secret', async () => {
    await expect(loadApiKey(options())).rejects.toThrow('No API key: set BINANCE_API_KEY');
    const half = options({ environment: { BINANCE_API_KEY: 'key' } });
    await expect(loadApiKey(half)).rejects.toThrow('neither');
    const environment = {
      BINANCE_API_KEY: 'key',
      BINANCE_PRIVATE_KEY_FILE: keyFile('-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n', 0o600),
    };
    const error = await loadApiKey(options({ environment })).catch((cause: unknown) => cause);
    expect(String(error)).toContain('UserError: BINANCE_PRIVATE_KEY_FILE');
    expect(String((error as Error).stack)).not.toContain('hunter2');
  });

  test('reads JSON of AWS Secrets Manager', async () => {
    const secret = { BINANCE_API_KEY: 'key', BINANCE_PRIVATE_KEY: pem };
    const fetchSecret = (): Promise<string> => Promise.resolve(JSON.stringify(secret));
    const key = await loadApiKey(options({ awsSecretName: 'bot', fetchSecret }));
    expect(key).toMatchObject({ source: 'the AWS secret bot' });
    expect(key.signer.kind).toBe('ed25519');
    for (const text of ['hunter2', '{"BINANCE_API_KEY":"hunter2"}']) {
      const bad = options({ awsSecretName: 'bot', fetchSecret: () => Promise.resolve(text) });
      const error = await loadApiKey(bad).catch((cause: unknown) => cause);
      expect(String(error)).toContain('must be JSON with BINANCE_API_KEY');
      expect(String(error)).not.toContain('hunter2');
    }
  });

  test('asks AWS itself, in the region that was named', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (data: Buffer) => asked.push(data.toString()));
      request.on('end', () => {
        asked.push(String(request.headers['x-amz-target']), String(request.headers.authorization));
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        response.end(
          JSON.stringify({
            SecretString: JSON.stringify({ BINANCE_API_KEY: 'key', BINANCE_API_SECRET: 'secret' }),
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDTEST');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'notasecret');
    onTestFinished(() => void vi.unstubAllEnvs());
    const key = await loadApiKey(options({ awsSecretName: 'bot', awsRegion: 'eu-central-1' }));
    expect(key.secrets).toEqual(['key', 'secret']);
    expect(asked[0]).toBe('{"SecretId":"bot"}');
    expect(asked[1]).toBe('secretsmanager.GetSecretValue');
    expect(asked[2]).toContain('/eu-central-1/secretsmanager/');
  });
});

describe('redactor()', () => {
  test.each([
    ['raw', 'my+secret/key'],
    ['URL-encoded', encodeURIComponent('my+secret/key')],
    ['base64', Buffer.from('my+secret/key').toString('base64')],
    ['hex', Buffer.from('my+secret/key').toString('hex')],
  ])('takes a secret out, written %s', (_, text) => {
    const redact = redactor(['my+secret/key']);
    expect(redact(`before ${text} after ${text}`)).toBe('before [redacted] after [redacted]');
  });

  test('leaves everything alone without secrets', () => {
    expect(redactor([])('text')).toBe('text');
    expect(redactor([''])('text')).toBe('text');
  });
});
