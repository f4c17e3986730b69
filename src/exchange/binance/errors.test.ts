import { describe, expect, test } from 'vitest';
import type { RefusalReason, RequestOutcome } from '../ports/errors.js';
import { errorFromAnswer, refusalReason } from './errors.js';
import { limitEnd } from './limit-end.js';

const NOW = Date.UTC(2026, 0, 2);
const PAGE = `<HTML><H1>403 ERROR</H1><H2>The request could not be satisfied.</H2>Request blocked.</HTML>`;

describe('refusalReason() lets known texts decide before codes', () => {
  test.each<[number, string, RefusalReason]>([
    [-1013, 'Market is closed.', 'market-closed'],
    [-2010, 'Market is closed.', 'market-closed'],
    [-9999, 'market is currently closed', 'market-closed'],
    [-2010, 'Rest API trading is not enabled.', 'market-closed'],
    [-1013, 'Rest API trading is not enabled.', 'market-closed'],
    [-1013, 'Trading has been suspended for this symbol.', 'market-closed'],
    [-1122, 'Invalid symbol status.', 'market-closed'],
    [-4140, 'Invalid symbol status for opening position.', 'market-closed'],
    [-1013, 'Filter failure: LOT_SIZE', 'filter'],
    [-1013, 'Filter failure: PERCENT_PRICE_BY_SIDE', 'filter'],
    [-1013, 'Invalid quantity.', 'filter'],
    [-2010, 'Account has insufficient balance for requested action.', 'insufficient-balance'],
    [-2019, 'Margin is insufficient.', 'insufficient-balance'],
    [-2010, 'Duplicate order sent.', 'duplicate-client-order-id'],
    [-2010, 'Stop price would trigger immediately.', 'would-trigger-immediately'],
    [-2021, 'Order would immediately trigger.', 'would-trigger-immediately'],
    [-2010, 'Order would immediately match and take.', 'would-match-immediately'],
    [-2022, 'ReduceOnly Order is rejected.', 'reduce-only'],
    [
      -4118,
      'ReduceOnly Order Failed. Please check your existing position and open orders.',
      'reduce-only',
    ],
    [-2010, 'Symbol not whitelisted for API key.', 'key'],
    [-2010, 'This symbol is not permitted for this account.', 'not-permitted'],
    [-2010, 'This action is disabled on this account.', 'not-permitted'],
    [-4411, 'Please sign TradFi-Perps agreement contract.', 'not-permitted'],
    [-4088, 'User can not place order currently.', 'not-permitted'],
    [-4088, 'Maximum time interval is 200 days.', 'other'],
    [-1102, "Mandatory parameter 'price' was not sent.", 'malformed'],
    [-2015, 'Invalid API-key, IP, or permissions for action.', 'key'],
    [-31_337, 'A word nobody has seen.', 'other'],
  ])('%i "%s" is %s', (code, text, reason) => {
    expect(refusalReason(code, text)).toBe(reason);
  });
});

describe('errorFromAnswer()', () => {
  const fail = (status: number, body: unknown, isWrite: boolean, text?: string) =>
    errorFromAnswer({
      status,
      body,
      host: 'api.example.com',
      isWrite,
      retryTime: undefined,
      ...(text === undefined ? {} : { text }),
    });

  test.each<[number, unknown, RequestOutcome, RequestOutcome]>([
    [
      503,
      { code: -1008, msg: 'Request throttled by system-level protection.' },
      'unknown',
      'not-sent',
    ],
    [503, { code: 0, msg: 'Service Unavailable.' }, 'not-sent', 'not-sent'],
    [
      503,
      { code: -1001, msg: 'Internal error; unable to process your request.' },
      'not-sent',
      'not-sent',
    ],
    [503, { code: 0, msg: 'Unknown error, please check your request.' }, 'unknown', 'not-sent'],
    [504, undefined, 'unknown', 'not-sent'],
    [408, { code: -1007, msg: 'Timeout waiting for response.' }, 'unknown', 'not-sent'],
    [400, { code: '-2010', msg: 'Market is closed.' }, 'refused', 'refused'],
  ])('HTTP %i %j leaves a write %s and a read %s', (status, body, write, read) => {
    expect(fail(status, body, true).outcome).toBe(write);
    expect(fail(status, body, false).outcome).toBe(read);
  });

  test.each<[number, string, RefusalReason]>([
    [403, PAGE, 'rate-limit'],
    [403, '', 'rate-limit'],
    [
      403,
      '<HTML>The Amazon CloudFront distribution is configured to block access from your country.',
      'unavailable-here',
    ],
    [451, '', 'unavailable-here'],
    [401, '', 'key'],
    [404, '<html>nginx</html>', 'malformed'],
  ])('HTTP %i with the page "%s" is %s', (status, text, reason) => {
    expect(fail(status, undefined, true, text)).toMatchObject({ outcome: 'refused', reason });
  });

  test('a missing agreement says what to sign, and where', () => {
    expect(
      fail(400, { code: -4411, msg: 'Please sign TradFi-Perps agreement contract.' }, true).message,
    ).toBe(
      'Please sign TradFi-Perps agreement contract. (-4411): Binance requires its agreement for TradFi perpetuals before this contract can be traded: sign it once on its futures page',
    );
  });
});

describe('limitEnd()', () => {
  const text = (stamp: number): string =>
    `Way too much request weight used; IP banned until ${stamp}. Please use the websocket for live updates to avoid bans.`;
  const end = (status: number, retryAfter: string | undefined, msg?: string, skewMs = 0) => {
    const body = msg === undefined ? undefined : { code: -1003, msg };
    const limit = limitEnd({ status, retryAfter, body, now: NOW, exchangeNow: NOW + skewMs });
    return limit && [limit.kind, limit.untilTime - NOW];
  };

  test.each<[string, ReturnType<typeof end>, readonly [string, number] | undefined]>([
    ['418: seconds in the header', end(418, '86400', text(NOW + 5_000)), ['ban', 86_400_000]],
    [
      '418: only a stamp in the text',
      end(418, undefined, text(NOW + 1_423_228)),
      ['ban', 1_423_228],
    ],
    [
      'the stamp is of the clock of the exchange',
      end(418, undefined, text(NOW + 60_000), 10_000),
      ['ban', 50_000],
    ],
    ['418: Retry-After 0, a stamp', end(418, '0', text(NOW + 60_000)), ['ban', 60_000]],
    ['418: neither', end(418, undefined), ['ban', 120_000]],
    ['418: the stamp is over', end(418, undefined, text(NOW - 1)), ['ban', 120_000]],
    ['418: centuries', end(418, undefined, text(9_999_999_999_999)), ['ban', 259_200_000]],
    ['418: a header that is no number', end(418, 'soon', text(NOW + 60_000)), ['ban', 60_000]],
    ['418: a date', end(418, new Date(NOW + 90_000).toUTCString()), ['ban', 90_000]],
    [
      '429 with a stamp of a ban in its text',
      end(429, undefined, text(NOW + 60_000)),
      ['ban', 60_000],
    ],
    ['429', end(429, '7', 'Too many requests.'), ['pause', 7_000]],
    ['429 without a header', end(429, undefined, 'Too many requests.'), ['pause', 1_000]],
    ['403 without a body', end(403, undefined), ['pause', 300_000]],
    ['403 that says longer', end(403, '900'), ['pause', 900_000]],
    ['503 that says how long', end(503, '2'), ['advice', 2_000]],
    ['400', end(400, undefined, 'no'), undefined],
  ])('%s', (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });
});
