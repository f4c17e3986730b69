import { type Market, plainNumber } from '../../domain/index.js';
import {
  type Payload,
  type ReadingNote,
  UsdmEventMapper,
  type UserEvent,
  userEvent,
} from '../../exchange/index.js';
import type { Random } from '../../util/index.js';

/** Members of events that no money goes by: they may hold anything. */
const INFORMATIVE: Readonly<Record<string, readonly string[]>> = {
  executionReport: ['E', 'o', 'f', 'p', 'P', 'g', 'r', 'm', 'Z', 'Q', 'W', 'w', 'V', 'O', 'I', 'F'],
  ORDER_TRADE_UPDATE: [
    'o',
    'f',
    'p',
    'ap',
    'sp',
    'm',
    'rp',
    'er',
    'pP',
    'V',
    'pm',
    'gtd',
    'wt',
    'b',
  ],
  ALGO_UPDATE: ['o', 'q', 'ap', 'tp', 'p', 'R', 'V', 'pm', 'tt', 'gtd', 'rm'],
  ACCOUNT_UPDATE: [],
};
const GARBAGE = [null, undefined, '', 'NaN', 'odd', {}, [], -1, 1e300, '9'.repeat(500)] as const;
/** What is no word, number or time: an event that has it where money goes by it cannot be read. */
const UNREADABLE = [null, undefined, {}, []] as const;
const UNKNOWN_EVENTS = ['SOMETHING_NEW', 'externalLockUpdate', 'liabilityChange', 'TRADE_LITE'];

/** What is done to a payload: nothing that changes what it says, or something that makes a part of it unreadable. */
export type Oddness = 'harmless' | 'unreadable';

/**
 * Returns a payload as an exchange might send it some day: other notations of numbers, another order of members, unknown
 * and missing ones, parts that cannot be read.
 *
 * @param payload - As it is sent today; not changed.
 * @param oddness - How odd.
 * @param random - Seeded.
 */
export function oddPayload(payload: Payload, oddness: Oddness, random: Random): Payload {
  const copy = clone(payload);
  const inner = innerOf(copy);
  renote(copy, random);
  for (const name of INFORMATIVE[String(copy.e)] ?? []) {
    if (random() < 0.3 && name in inner) set(inner, name, pick(GARBAGE, random));
  }
  if (random() < 0.5) inner[`new${Math.floor(random() * 10)}`] = { deep: ['1e5', -0] };
  if (oddness === 'unreadable') spoil(copy, inner, random);
  return shuffled(copy, random);
}

function spoil(outer: Payload, inner: Payload, random: Random): void {
  const isOuter = inner !== outer && random() < 0.1;
  const target = isOuter ? outer : inner;
  const name = pick(Object.keys(target), random);
  // A commission that is left out together with its asset is none, as the exchange says.
  if (name !== 'e' && name !== 'N') set(target, name, pick(UNREADABLE, random));
  if (random() < 0.2 && 'X' in inner) inner.X = 'PONDERING';
  if (random() < 0.2 && 'x' in inner) inner.x = 'SOMETHING';
}

/** Reads odd payloads with the readers of production, and says `gap` where they ask for a look at the account. */
export class OddStream {
  readonly #random: Random;
  readonly #market: Market;
  readonly #mapper: UsdmEventMapper;
  #isNoted = false;
  readonly notes: ReadingNote[] = [];

  /**
   * @param market - Whose events.
   * @param random - Seeded.
   */
  constructor(market: Market, random: Random) {
    this.#market = market;
    this.#random = random;
    this.#mapper = new UsdmEventMapper((note) => this.#note(note));
  }

  /** What a user stream makes of a payload that arrives oddly, and of what arrives with it. */
  read(payload: Payload): readonly UserEvent[] {
    const random = this.#random;
    const oddness = random() < 0.25 ? 'unreadable' : 'harmless';
    const arriving = [oddPayload(payload, oddness, random)];
    if (random() < 0.1)
      arriving.push({ e: pick(UNKNOWN_EVENTS, random), E: 'x', a: { b: [null] } });
    return arriving.flatMap((one) => this.readOne(one));
  }

  /** What it makes of one payload as it is. */
  readOne(payload: Payload): readonly UserEvent[] {
    this.#isNoted = false;
    const mapped = this.#mapped(payload);
    const time = Number(payload.E) || 0;
    return [...mapped, ...(this.#isNoted ? [{ type: 'gap', time } as const] : [])];
  }

  #mapped(payload: Payload): readonly UserEvent[] {
    const mapped =
      this.#market === 'spot'
        ? userEvent(payload, (note) => this.#note(note))
        : this.#mapper.map(payload);
    return mapped === undefined || mapped === 'malformed' ? [] : [mapped].flat();
  }

  #note(note: ReadingNote): void {
    this.#isNoted = true;
    this.notes.push(note);
  }
}

/** The part of an event that speaks of an order. */
function innerOf(payload: Payload): Payload {
  const { o } = payload;
  return typeof o === 'object' && o !== null && !Array.isArray(o) ? (o as Payload) : payload;
}

/** Writes the numbers of a payload in other notations. */
function renote(part: Payload, random: Random): void {
  for (const [name, value] of Object.entries(part)) {
    if (typeof value === 'string' && /^-?\d+\.\d+$/.test(value)) part[name] = noted(value, random);
    else if (typeof value === 'object' && value !== null) renote(value as Payload, random);
  }
}

function noted(text: string, random: Random): string | number {
  const plain = plainNumber(text) ?? text;
  const [whole = '', fraction = ''] = plain.replace('-', '').split('.');
  const sign = plain.startsWith('-') ? '-' : '';
  const forms = [
    text,
    plain === '0' ? '-0.0' : plain,
    `${sign}${whole}.${fraction.padEnd(13, '0')}`,
    `${sign}${whole}${fraction}E-${fraction.length}`,
    `${sign}0.${whole}${fraction}e+${whole.length}`,
    ...(plain.length < 15 ? [Number(plain)] : []),
  ];
  return pick(forms, random);
}

function shuffled(payload: Payload, random: Random): Payload {
  const entries = Object.entries(payload).map(([name, value]) => ({ name, value, at: random() }));
  entries.sort((a, b) => a.at - b.at);
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

function set(target: Payload, name: string, value: unknown): void {
  if (value === undefined) delete target[name];
  else target[name] = value;
}

function clone(payload: Payload): Payload {
  return JSON.parse(JSON.stringify(payload)) as Payload;
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)]!;
}
