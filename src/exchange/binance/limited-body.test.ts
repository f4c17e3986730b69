import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { BodyRefused, readLimitedBody } from './limited-body.js';
import { wrongPageText } from './wrong-page.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function answerOf(listener: RequestListener): Promise<Response> {
  server = createServer(listener);
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    redirect: 'manual',
  });
}

describe('readLimitedBody()', () => {
  const zeros = Buffer.alloc(8 << 20);

  test.each([
    ['gzip', gzipSync(zeros)],
    ['br', brotliCompressSync(zeros)],
    ['deflate', deflateSync(zeros)],
  ])('counts what %s unpacks to', async (encoding, packed) => {
    expect(packed.length).toBeLessThan(20_000);
    const response = await answerOf((_, answer) => {
      answer.writeHead(200, { 'content-encoding': encoding }).end(packed);
    });
    await expect(readLimitedBody(response, { bytesMax: 1 << 20 })).rejects.toThrow('too large');
  });

  test('returns a body up to its limit', async () => {
    const response = await answerOf((_, answer) => answer.end('x'.repeat(1000)));
    expect((await readLimitedBody(response, { bytesMax: 1000 })).length).toBe(1000);
  });

  test.each([
    ['that hangs', { bytesMax: 1000, idleMs: 100 }, 100_000],
    ['that drips without end', { bytesMax: 1000, idleMs: 5_000, totalMs: 200 }, 20],
  ])('gives up a body %s', async (_, limits, dripMs) => {
    const response = await answerOf((_request, answer) => {
      answer.writeHead(200);
      answer.write('x');
      const timer = setInterval(() => answer.write('x'), dripMs);
      answer.on('close', () => clearInterval(timer));
    });
    const attempt = readLimitedBody(response, limits);
    await expect(attempt).rejects.toThrow(BodyRefused);
    await expect(attempt).rejects.toMatchObject({ problem: 'too-slow' });
  });
});

describe('wrongPageText()', () => {
  const text = (status: number, headers: Record<string, string>, body = ''): string | undefined =>
    wrongPageText('h', { status, headers: new Headers(headers) }, body);

  test.each([
    [301, { location: 'http://x/y' }, '', 'h answered with a redirect to http://x/y;'],
    [302, {}, '', 'h answered with a redirect to an unknown address;'],
    [200, {}, ' <!DOCTYPE html><p>', 'h answered with a web page (HTML) instead of data;'],
    [200, {}, '<HTML>', 'h answered with a web page (HTML) instead of data;'],
  ])('names %i %j %s', (status, headers, body, start) => {
    expect(text(status, headers as Record<string, string>, body)).toContain(start);
  });

  test.each([
    [200, '{"a":1}'],
    [502, '<html>'],
    [304, ''],
  ])('leaves %i %s alone', (status, body) => expect(text(status, {}, body)).toBeUndefined());
});
