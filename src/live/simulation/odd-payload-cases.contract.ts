import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Market } from '../../domain/index.js';
import type { Fill, Payload, UserEvent } from '../../exchange/index.js';
import { seededRandom } from '../../util/index.js';
import { OddStream, oddPayload } from './odd-payload.contract.js';
import { randomDay, runRandomDay } from './random-days.contract.js';

const WILD = join(import.meta.dirname, '../../../../shared/fixtures/binance/wild');
if (!existsSync(WILD)) console.warn(`SKIPPED in part: no recorded payloads at ${WILD}`);

/** Events of orders and wallets: recorded ones where they are, and one of each kind of our own. */
function corpus(market: Market): Payload[] {
  const own = market === 'spot' ? SPOT_EVENTS : USDM_EVENTS;
  const folder = join(WILD, market);
  if (!existsSync(folder)) return own;
  const recorded = readdirSync(folder)
    .filter((name) => name.startsWith('uds.') && !name.includes('sequence'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { payload?: Payload })
    .flatMap(({ payload }) => (payload === undefined ? [] : [bare(payload)]));
  return [...own, ...recorded];
}

function bare(payload: Payload): Payload {
  return (payload.event ?? payload.data ?? payload) as Payload;
}

const EXECUTION = {
  S: 'SELL',
  q: '5.00000000',
  l: '2.50000000',
  z: '2.50000000',
  L: '0.29100000',
  n: '0.00072750',
  N: 'USDT',
  x: 'TRADE',
  X: 'PARTIALLY_FILLED',
  i: 77,
  t: 11,
  T: 1_700_000_000_004,
  m: true,
};
const SPOT_EVENTS: Payload[] = [
  {
    e: 'executionReport',
    E: 1_700_000_000_005,
    s: 'ADAUSDT',
    c: 'c-7',
    C: '',
    o: 'LIMIT',
    f: 'GTC',
    p: '0.29100000',
    P: '0.00000000',
    g: -1,
    r: 'NONE',
    Z: '0.72750000',
    ...EXECUTION,
  },
];
const USDM_EVENTS: Payload[] = [
  {
    e: 'ORDER_TRADE_UPDATE',
    E: 1_700_000_000_005,
    T: 1_700_000_000_004,
    o: {
      s: 'ADAUSDT',
      c: 'c-7',
      o: 'LIMIT',
      f: 'GTC',
      p: '0.29100',
      ap: '0.29100',
      sp: '0',
      R: true,
      rp: '-1.250000',
      ...EXECUTION,
    },
  },
  {
    e: 'ACCOUNT_UPDATE',
    E: 1,
    T: 1,
    a: {
      m: 'ORDER',
      B: [{ a: 'USDT', wb: '100.25000000', bc: '0' }],
      P: [{ s: 'ADAUSDT', pa: '-5.0', ep: '0.29100', up: '0.1', ps: 'BOTH' }],
    },
  },
];

type OrderEvent = Extract<UserEvent, { type: 'order' }>;

/** What money and orders go by; what only informs is left out. */
function essence(event: UserEvent): unknown {
  if (event.type !== 'order') return event;
  const { symbol, orderId, clientOrderId, side, status, executedQuantity } = event.order;
  return {
    symbol,
    orderId,
    clientOrderId,
    side,
    status,
    executedQuantity,
    fill: money(event.fill),
  };
}

function money(fill: Fill | undefined): unknown {
  if (fill === undefined) return undefined;
  const { isMaker, time, realizedPnl, ...rest } = fill;
  return rest;
}

const order = (events: readonly UserEvent[]): OrderEvent | undefined =>
  events.find((event) => event.type === 'order');

/**
 * What the readers and the bot make of odd payloads.
 *
 * @param seeds - Of the variants of each payload.
 * @param days - Seeds of the days on which all user events are odd.
 */
export function oddPayloadTests(seeds: readonly number[], days: readonly number[]): void {
  describe.each(['spot', 'usdm'] as const)('odd payloads of %s', (market) => {
    test('that say the same are read as the same', () => {
      for (const payload of corpus(market)) {
        const expected = new OddStream(market, seededRandom(1)).readOne(payload);
        for (const seed of seeds) {
          const random = seededRandom(seed);
          const odd = oddPayload(payload, 'harmless', random);
          const read = new OddStream(market, random).readOne(odd);
          expect(read.map(essence), `seed ${seed}: ${JSON.stringify(odd)}`).toEqual(
            expected.map(essence),
          );
        }
      }
    });

    test('that cannot be read make the account be looked at, and never give another number', () => {
      let unread = 0;
      for (const payload of corpus(market)) {
        const before = order(new OddStream(market, seededRandom(1)).readOne(payload));
        for (const seed of seeds) {
          const random = seededRandom(seed ^ 0xbad);
          const odd = oddPayload(payload, 'unreadable', random);
          const read = new OddStream(market, random).readOne(odd);
          const after = order(read);
          const where = `seed ${seed}: ${JSON.stringify(odd)}`;
          const isLooked = read.some(({ type }) => type === 'gap');
          if (before !== undefined && after === undefined) expect(isLooked, where).toBe(true);
          if (before === undefined || after === undefined) continue;
          // What is not known is nothing, and is looked at.
          if (after.order.executedQuantity === 0n && before.order.executedQuantity > 0n)
            expect(isLooked, where).toBe(true);
          else expect(after.order.executedQuantity, where).toBe(before.order.executedQuantity);
          expect(after.order.clientOrderId, where).toBe(before.order.clientOrderId);
          if (after.order.status !== before.order.status) expect(isLooked, where).toBe(true);
          // A fill is whole, or it is not there and its order is looked at.
          if (before.fill !== undefined && after.fill === undefined)
            expect(isLooked, where).toBe(true);
          if (after.fill !== undefined) {
            expect(money(after.fill), where).toEqual(money(before.fill));
          } else unread++;
        }
      }
      expect(unread).toBeGreaterThan(0);
    });

    test('are reported once a kind, whatever comes', () => {
      const random = seededRandom(5);
      const stream = new OddStream(market, random);
      const payloads = corpus(market);
      // As many, whether the recorded ones are here or not.
      for (let i = 0; i < 20_000; i++) stream.read(payloads[i % payloads.length]!);
      // Kinds are few, however many events were odd: each becomes one line for people.
      expect(new Set(stream.notes.map(({ kind }) => kind)).size).toBeLessThan(60);
      expect(stream.notes.length).toBeGreaterThan(1_000);
    });

    test('do not keep the bot from managing its positions', async () => {
      for (const seed of days) {
        const fault = { kind: 'odd-payloads', from: 0, to: 86_400_000 } as const;
        const world = randomDay(seed, market, [fault]);
        expect(await runRandomDay(world), `seed ${seed}`).toEqual([]);
      }
    }, 600_000);
  });
}
