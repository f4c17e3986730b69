import { plainNumber } from '../../domain/index.js';
import type { Payload } from '../simulated/index.js';

/** Members that Binance computes as doubles: they come with as many digits as those have. */
const QUOTIENTS = [
  'ap',
  'ep',
  'up',
  'avgPrice',
  'entryPrice',
  'breakEvenPrice',
  'liquidationPrice',
];
/** Rows of trades: pages of them are counted, and each is needed. */
const COUNTED = ['commissionAsset', 'income'];

/** Writes the numbers of a payload as Binance writes some of them, and adds members that nobody knows. */
export function oddNumbers(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((part) => oddNumbers(part));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, part]) => [key, oddNumbers(part, key)]);
    return Object.fromEntries([...entries, ['newMember', { of: ['unknown', 1] }]]);
  }
  return typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? oddNumber(value, name) : value;
}

function oddNumber(text: string, name: string): string {
  const plain = plainNumber(text) ?? text;
  if (plain === '0') return '-0.0';
  const [whole = '', fraction = ''] = plain.split('.');
  if (QUOTIENTS.includes(name)) return `${whole}.${fraction.padEnd(8, '0')}78093`;
  return fraction.length > 3 ? `${whole}${fraction}E-${fraction.length}` : `${text}00000`;
}

/** Puts rows that cannot be read before the others of a list, and writes numbers oddly. */
export function oddRows(body: unknown): unknown {
  if (Array.isArray(body)) return withOddRows(body);
  if (typeof body !== 'object' || body === null) return body;
  const { symbols, balances, assets } = body as Record<string, unknown>;
  const lists = Object.entries({ symbols, balances, assets }).filter(([, list]) =>
    Array.isArray(list),
  );
  const odd = lists.map(([name, list]) => [name, withOddRows(list as unknown[])]);
  return { ...body, ...Object.fromEntries(odd) };
}

function withOddRows(rows: readonly unknown[]): unknown[] {
  const [first] = rows;
  const isList =
    typeof first === 'object' && first !== null && ('symbol' in first || 'asset' in first);
  if (!isList || COUNTED.some((name) => name in first)) return [...rows];
  return [null, { symbol: 'ODDUSDT', asset: 'ODD' }, ...(oddNumbers(rows) as unknown[])];
}

/** Takes out of an event what it is about. */
export function unreadable(event: Payload): Payload {
  const spoilt = (part: Payload): Payload => ({
    ...part,
    i: null,
    z: null,
    X: null,
    aid: null,
    B: null,
  });
  const { o, a } = event;
  if (typeof o === 'object' && o !== null) return { ...event, o: spoilt(o as Payload) };
  return typeof a === 'object' && a !== null
    ? { ...event, a: spoilt(a as Payload) }
    : { ...spoilt(event), a: null };
}
