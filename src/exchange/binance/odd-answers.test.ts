import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { Clock, ReadingNote, UserEvent } from '../ports/index.js';
import { noteOnce } from '../ports/index.js';
import { HttpClient } from './http-client.js';
import { hmacSigner } from './signing.js';
import type { SocketEvents } from './socket.js';
import { spotBroker } from './spot-broker.js';
import { usdmBroker } from './usdm-broker.js';
import { usdmUserEvents } from './usdm-user-stream.js';
import { spotUserEvents } from './user-stream.js';

type Answers = Record<string, unknown>;
type Row = Record<string, unknown>;

/** Brokers whose paths answer as given; the notes are those that a person gets. */
function brokers(answers: Answers) {
  const notes: string[] = [];
  const onNote = noteOnce(({ text }: ReadingNote) => void notes.push(text));
  const caller = {
    call: ({ path }: { path: string }): Promise<unknown> => {
      const found = Object.entries(answers).find(([end]) => path.endsWith(end));
      if (found === undefined) throw new Error(`${path} was not expected`);
      return Promise.resolve(found[1]);
    },
  };
  return { notes, spot: spotBroker(caller, { onNote }), usdm: usdmBroker(caller, { onNote }) };
}

const POSITION: Row = {
  symbol: 'ADAUSDT',
  positionSide: 'BOTH',
  positionAmt: '120',
  entryPrice: '0.41250000',
  markPrice: '0.41860000',
  unRealizedProfit: '0.7',
  liquidationPrice: '0',
  initialMargin: '2.5',
  maintMargin: '0.3',
  updateTime: 1,
};
const WALLET: Row = {
  asset: 'USDT',
  walletBalance: '1000',
  marginBalance: '1000.7',
  availableBalance: '900',
  initialMargin: '2.5',
  maintMargin: '0.3',
  unrealizedProfit: '0.7',
};
const USDM_ACCOUNT: Answers = {
  positionRisk: [POSITION],
  accountConfig: { canTrade: true, dualSidePosition: false, multiAssetsMargin: false },
  commissionRate: { makerCommissionRate: '0.0002', takerCommissionRate: '0.0005' },
  'v3/account': { assets: [WALLET] },
  balance: [],
};
const USDM_SYMBOL: Row = {
  symbol: 'ADAUSDT',
  status: 'TRADING',
  contractType: 'PERPETUAL',
  baseAsset: 'ADA',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  marketTakeBound: '0.05',
  liquidationFee: '0.0125',
  orderTypes: ['MARKET', 'LIMIT', 'STOP_MARKET'],
  timeInForce: ['GTC'],
  filters: [
    { filterType: 'PRICE_FILTER', tickSize: '0.0001', minPrice: '0.01', maxPrice: '100' },
    { filterType: 'LOT_SIZE', stepSize: '1', minQty: '1', maxQty: '1000000' },
  ],
};
const SPOT_SYMBOL: Row = {
  symbol: 'ADAUSDT',
  status: 'TRADING',
  baseAsset: 'ADA',
  quoteAsset: 'USDT',
  orderTypes: ['MARKET', 'LIMIT'],
  filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.0001', minPrice: '0.01', maxPrice: '9' }],
};
const SPOT_ACCOUNT: Row = {
  canTrade: true,
  commissionRates: { maker: '0.001', taker: '0.001' },
  balances: [
    { asset: 'ADA', free: '1', locked: '2' },
    { asset: 'USDT', free: '500', locked: '0' },
  ],
};

/** What a number that only informs may be. */
const ODD_NUMBERS = [
  '0.4125178093412',
  '2.8E-4',
  '1e-9',
  '-0.0',
  '',
  null,
  undefined,
  'NaN',
  0.5,
  {},
];

describe('the USD-M account is readable', () => {
  const informing = [
    'entryPrice',
    'markPrice',
    'unRealizedProfit',
    'liquidationPrice',
    'initialMargin',
    'maintMargin',
    'updateTime',
    'breakEvenPrice',
  ];
  test.each(informing)('whatever %s of a position is', async (name) => {
    for (const value of ODD_NUMBERS) {
      const { usdm } = brokers({ ...USDM_ACCOUNT, positionRisk: [{ ...POSITION, [name]: value }] });
      const { positions } = await usdm.account();
      expect(positions).toMatchObject([{ symbol: 'ADAUSDT', quantity: decimal('120') }]);
    }
  });

  test.each(['marginBalance', 'initialMargin', 'maintMargin', 'unrealizedProfit'])(
    'whatever %s of the wallet is',
    async (name) => {
      for (const value of ODD_NUMBERS) {
        const wallet = { ...WALLET, [name]: value };
        const { usdm } = brokers({ ...USDM_ACCOUNT, 'v3/account': { assets: [wallet] } });
        const { margin } = await usdm.account();
        expect(margin).toMatchObject({
          walletBalance: decimal('1000'),
          availableBalance: decimal('900'),
        });
      }
    },
  );

  test('exponents and digits are read as what they are', async () => {
    const row = { ...POSITION, entryPrice: '2.8E-4', liquidationPrice: '0.3371784679089' };
    const { usdm } = brokers({ ...USDM_ACCOUNT, positionRisk: [row] });
    expect(await usdm.positions()).toMatchObject([
      { entryPrice: decimal('0.00028'), liquidationPrice: decimal('0.33717847') },
    ]);
  });

  test('whatever rows of other symbols and assets are: left out, and reported once', async () => {
    const odd = [
      null,
      7,
      { symbol: 'ODDUSDT' },
      { ...POSITION, symbol: 'WIERD', positionAmt: 'x' },
    ];
    const { usdm, notes } = brokers({
      ...USDM_ACCOUNT,
      exchangeInfo: { symbols: [USDM_SYMBOL] },
      positionRisk: [...odd, POSITION],
      'v3/account': { assets: [{ asset: 'ODD', walletBalance: 'x' }, WALLET] },
    });
    await usdm.instrumentRules(['ADAUSDT']);
    for (let look = 0; look < 3; look++) {
      const account = await usdm.account();
      expect(account.positions.map(({ symbol }) => symbol)).toEqual(['ADAUSDT']);
      expect(account.margin?.walletBalance).toBe(decimal('1000'));
    }
    expect(notes).toEqual([
      expect.stringMatching(/^v3\/positionRisk: 4 rows of other symbols left out, unreadable: /),
      'account: a row of another symbol left out, unreadable: ODD: walletBalance: "x" is not a number',
    ]);
  });

  test('but not without the position, or the wallet, of what is traded', async () => {
    const blind = brokers({
      ...USDM_ACCOUNT,
      exchangeInfo: { symbols: [USDM_SYMBOL] },
      positionRisk: [{ ...POSITION, positionAmt: 'x' }],
    });
    await blind.usdm.instrumentRules(['ADAUSDT']);
    await expect(blind.usdm.account()).rejects.toThrow(
      'v3/positionRisk: unreadable answer: ADAUSDT: positionAmt: "x" is not a number',
    );
    const poor = brokers({
      ...USDM_ACCOUNT,
      'v3/account': { assets: [{ ...WALLET, availableBalance: '?' }] },
    });
    await expect(poor.usdm.account()).rejects.toMatchObject({ outcome: 'not-sent' });
  });

  test('hedge mode and its sides are seen', async () => {
    const short = { ...POSITION, positionSide: 'SHORT', positionAmt: '-5' };
    const { usdm } = brokers({
      ...USDM_ACCOUNT,
      accountConfig: { canTrade: true, dualSidePosition: true, multiAssetsMargin: true },
      positionRisk: [{ ...POSITION, positionSide: 'LONG' }, short],
    });
    expect(await usdm.account()).toMatchObject({
      isHedged: true,
      isMultiAssets: true,
      positions: [
        { hedgeSide: 'long', quantity: decimal('120') },
        { hedgeSide: 'short', quantity: decimal('-5') },
      ],
    });
  });

  test.each<[string, Row[], string]>([
    [
      'no wallet',
      [{ ...WALLET, asset: 'BNB', walletBalance: '3' }],
      'the account has no USDT wallet, so it cannot be used for entries; it has 3 BNB',
    ],
    [
      'below zero',
      [{ ...WALLET, walletBalance: '-113.29' }],
      'the USDT wallet is below zero (-113.29 USDT): other assets cover it (multi-assets mode)',
    ],
    [
      'credits',
      [WALLET, { ...WALLET, asset: 'BNFCR', walletBalance: '6002.39' }],
      'the account uses credits (1000 USDT, 6002.39 BNFCR): the trader counts only USDT',
    ],
  ])('wallets that are not usual are reported: %s', async (_, assets, text) => {
    const { usdm, notes } = brokers({ ...USDM_ACCOUNT, 'v3/account': { assets } });
    await usdm.account();
    await usdm.account();
    expect(notes).toEqual([text]);
  });

  test('commission that cannot be read is what it was, or the usual one', async () => {
    const answers: Answers = { ...USDM_ACCOUNT, commissionRate: { takerCommissionRate: {} } };
    const { usdm, notes } = brokers(answers);
    expect((await usdm.account()).takerRate).toBe(decimal('0.0005'));
    expect(notes).toEqual(['the commission of the account cannot be read: 0.05 % is assumed']);
    answers.commissionRate = { makerCommissionRate: '1e-4', takerCommissionRate: '3E-4' };
    expect((await usdm.account()).takerRate).toBe(decimal('0.0003'));
    answers.commissionRate = null;
    expect((await usdm.account()).takerRate).toBe(decimal('0.0003'));
  });
});

test('the spot account is readable whatever other assets and commissions are', async () => {
  const { spot, notes } = brokers({
    exchangeInfo: { symbols: [SPOT_SYMBOL] },
    account: {
      ...SPOT_ACCOUNT,
      canTrade: null,
      commissionRates: 'none',
      balances: [{ asset: 'ODD', free: '' }, null, ...(SPOT_ACCOUNT.balances as Row[])],
    },
  });
  await spot.instrumentRules(['ADAUSDT']);
  expect(await spot.account()).toMatchObject({
    takerRate: decimal('0.001'),
    balances: [
      { asset: 'ADA', free: decimal('1'), locked: decimal('2') },
      { asset: 'USDT', free: decimal('500') },
    ],
  });
  expect(notes).toHaveLength(2);
  const broken = brokers({
    exchangeInfo: { symbols: [SPOT_SYMBOL] },
    account: { ...SPOT_ACCOUNT, balances: [{ asset: 'ADA', free: '', locked: '0' }] },
  });
  await broken.spot.instrumentRules(['ADAUSDT']);
  await expect(broken.spot.account()).rejects.toThrow('account: unreadable answer: ADA: free');
});

test('what may be spent is never rounded up', async () => {
  const balances = [{ asset: 'USDT', free: '0.123456789', locked: '0' }];
  const { spot } = brokers({ account: { ...SPOT_ACCOUNT, balances } });
  expect((await spot.account()).balances[0]!.free).toBe(decimal('0.12345678'));
});

describe.each([
  ['spot', SPOT_SYMBOL],
  ['usdm', USDM_SYMBOL],
] as const)('the rules of %s are readable', (market, row) => {
  const rulesOf = (symbols: unknown[]) => {
    const answers: Answers = { exchangeInfo: { symbols } };
    const { [market]: broker, notes } = brokers(answers);
    return { broker, notes, answers };
  };

  test('whatever the rows of other symbols hold', async () => {
    for (const name of Object.keys(row)) {
      for (const value of [null, undefined, {}, 'odd', 7]) {
        const { broker } = rulesOf([null, { ...row, symbol: 'ODDUSDT', [name]: value }, row]);
        const rules = await broker.instrumentRules(['ADAUSDT']);
        expect(rules.get('ADAUSDT')).toMatchObject({ tickSize: decimal('0.0001') });
      }
    }
  });

  test('in any notation', async () => {
    const filters = [
      { filterType: 'PRICE_FILTER', tickSize: '1E-4', minPrice: '1e-2', maxPrice: 9 },
    ];
    const { broker } = rulesOf([{ ...row, filters }]);
    expect((await broker.instrumentRules(['ADAUSDT'])).get('ADAUSDT')).toMatchObject({
      tickSize: decimal('0.0001'),
      priceMin: decimal('0.01'),
      priceMax: decimal('9'),
    });
  });

  test('as they were, where they become unreadable; a bound is never lost', async () => {
    const { broker, notes, answers } = rulesOf([row]);
    await broker.instrumentRules(['ADAUSDT']);
    const filters = [{ filterType: 'PRICE_FILTER', tickSize: 'one' }];
    answers.exchangeInfo = { symbols: [{ ...row, filters }] };
    for (let look = 0; look < 2; look++) {
      const rules = (await broker.instrumentRules(['ADAUSDT'])).get('ADAUSDT');
      expect(rules?.tickSize).toBe(decimal('0.0001'));
    }
    expect(notes).toEqual([
      'the rules of ADAUSDT cannot be read (PRICE_FILTER.tickSize is not a number): the previous rules stay in force',
    ]);
    const fresh = rulesOf([{ ...row, filters }]).broker;
    await expect(fresh.instrumentRules(['ADAUSDT'])).rejects.toThrow(
      'exchangeInfo: the rules of ADAUSDT cannot be read: PRICE_FILTER.tickSize is not a number',
    );
    await expect(rulesOf([row]).broker.instrumentRules(['NOPE'])).rejects.toMatchObject({
      reason: 'unknown-symbol',
    });
  });
});

test('open orders of other symbols do not matter, own ones must be readable', async () => {
  const order = {
    symbol: 'ADAUSDT',
    orderId: 7,
    clientOrderId: 'c-7',
    side: 'SELL',
    status: 'NEW',
    origQty: '5',
    executedQty: '0',
    updateTime: 'late',
  };
  const foreign = { ...order, symbol: 'ODDUSDT', origQty: 'x' };
  const { usdm, notes } = brokers({ '/openOrders': [foreign, order], openAlgoOrders: [] });
  expect(await usdm.openOrders('ADAUSDT')).toMatchObject([{ clientOrderId: 'c-7' }]);
  expect(notes).toHaveLength(1);
  const own = brokers({ '/openOrders': [{ ...order, executedQty: '' }] });
  await expect(own.spot.openOrders('ADAUSDT')).rejects.toThrow('ADAUSDT: executedQty');
});

test('an order whose status nobody knows is reported once, and goes by what is executed', async () => {
  const row = { symbol: 'ADAUSDT', orderId: 7, clientOrderId: 'c-7', side: 'SELL', origQty: '5' };
  const answers: Answers = { '/order': { ...row, status: 'PONDERING', executedQty: '0' } };
  const { spot, notes } = brokers(answers);
  expect((await spot.queryById('ADAUSDT', '7'))?.status).toBe('new');
  answers['/order'] = { ...row, status: 'PONDERING', executedQty: '5' };
  expect((await spot.queryById('ADAUSDT', '7'))?.status).toBe('filled');
  expect(notes).toEqual([
    'the exchange reported an order with the unknown status PONDERING: it is queried again',
  ]);
});

/** A user stream fed by hand: what it says, reports and does. */
async function stream(market: 'spot' | 'usdm') {
  let now = 0;
  const timers: { at: number; action: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after: (delayMs, action) => {
      const timer = { at: now + delayMs, action };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
  };
  const sockets: SocketEvents[] = [];
  const events: UserEvent[] = [];
  const notes: string[] = [];
  const frames: string[] = [];
  const common = {
    url: 'wss://example.com',
    clock,
    exchangeNow: () => now,
    silenceMs: 1e12,
    openSocket: (_: string, opened: SocketEvents) => {
      sockets.push(opened);
      return { send: () => {}, terminate: () => {} };
    },
    onMalformed: (frame: string) => void frames.push(frame),
    onNote: noteOnce(({ text }) => void notes.push(text)),
  };
  const source =
    market === 'spot'
      ? spotUserEvents({ ...common, signer: hmacSigner('key', 'secret') })
      : usdmUserEvents({ ...common, caller: { call: () => Promise.resolve({ listenKey: 'k' }) } });
  source.subscribe((event) => void events.push(event));
  await new Promise((resolve) => setImmediate(resolve));
  sockets[0]!.onOpen();
  if (market === 'spot') sockets[0]!.onMessage('{"id":"subscribe","status":200,"result":{}}');
  return {
    notes,
    frames,
    sockets,
    /** Kinds of events since the last call. */
    said: () => events.splice(0).map(({ type }) => type),
    send: (event: unknown) => {
      const body = market === 'spot' ? { subscriptionId: 0, event } : event;
      sockets.at(-1)!.onMessage(typeof event === 'string' ? event : JSON.stringify(body));
    },
    pass: async (ms: number) => {
      now += ms;
      for (const timer of timers.splice(0)) {
        if (timer.at <= now) timer.action();
        else timers.push(timer);
      }
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const EXECUTION: Row = {
  spot: {
    e: 'executionReport',
    E: 5,
    s: 'ADAUSDT',
    c: 'c-7',
    C: '',
    S: 'SELL',
    o: 'STOP_LOSS',
    q: '5',
    p: '0',
    P: '0.3',
    g: -1,
    x: 'TRADE',
    X: 'FILLED',
    r: 'NONE',
    i: 7,
    l: '5',
    z: '5',
    L: '0.29',
    n: '0.001',
    N: 'USDT',
    T: 4,
    t: 11,
    m: false,
    Z: '1.45',
  },
  usdm: {
    s: 'ADAUSDT',
    c: 'c-7',
    S: 'SELL',
    o: 'MARKET',
    q: '5',
    p: '0',
    ap: '0.29',
    sp: '0',
    x: 'TRADE',
    X: 'FILLED',
    i: 7,
    l: '5',
    z: '5',
    L: '0.29',
    n: '0.001',
    N: 'USDT',
    T: 4,
    t: 11,
    m: false,
    R: true,
    rp: '0',
    er: '0',
  },
};

describe.each(['spot', 'usdm'] as const)('user events of %s', (market) => {
  const execution = EXECUTION[market] as Row;
  const send = (under: Awaited<ReturnType<typeof stream>>, change: Row): void => {
    const report = { ...execution, ...change };
    under.send(market === 'spot' ? report : { e: 'ORDER_TRADE_UPDATE', E: 5, T: 5, o: report });
  };
  const informing =
    market === 'spot'
      ? ['E', 'o', 'p', 'P', 'g', 'r', 'm', 'Z', 'eR', 'V']
      : ['o', 'p', 'ap', 'sp', 'm', 'R', 'rp', 'er', 'si', 'st', 'ot', 'ps', 'AP', 'cr'];

  test.each(informing)('no fill is lost for %s', async (name) => {
    const under = await stream(market);
    under.said();
    for (const value of [...ODD_NUMBERS, '0.3371784679089', [], 'odd']) {
      const events: UserEvent['type'][] = [];
      send(under, { [name]: value });
      events.push(...under.said());
      expect(events, JSON.stringify(value)).toEqual(['order']);
    }
    expect(under.frames).toEqual([]);
    expect(under.notes).toEqual([]);
  });

  test.each([
    ['l', 'quantity'],
    ['L', 'price'],
    ['n', 'commission'],
    ['N', 'commission'],
  ])(
    'an execution whose %s cannot be read comes without its fill, and makes the account be looked at',
    async (name, word) => {
      const under = await stream(market);
      under.said();
      send(under, { [name]: name === 'N' ? null : 'odd' });
      expect(under.said()).toEqual(['order', 'gap']);
      const what = market === 'spot' ? 'executionReport' : 'ORDER_TRADE_UPDATE';
      expect(under.notes).toEqual([
        `the ${word} of an execution cannot be read (${what}): its fills are fetched`,
      ]);
    },
  );

  test.each(['z', 'i', 'X', 'S', 's'])(
    'an event whose %s cannot be read: a look, once a word, a new connection',
    async (name) => {
      const under = await stream(market);
      under.said();
      send(under, { [name]: null });
      expect(under.said()).toEqual(['gap', 'disconnected']);
      expect(under.frames).toHaveLength(1);
      expect(under.notes).toHaveLength(1);
      await under.pass(1_000);
      expect(under.sockets).toHaveLength(2);
      under.sockets[1]!.onOpen();
      if (market === 'spot') under.send('{"id":"subscribe","status":200,"result":{}}');
      under.said();
      // Again at once: connecting anew did not help.
      send(under, { [name]: null });
      expect(under.sockets).toHaveLength(2);
      expect(under.notes).toHaveLength(1);
      await under.pass(6_000);
      expect(under.said()).toContain('gap');
    },
  );

  test('what is no event: the same', async () => {
    const under = await stream(market);
    under.said();
    under.send('{"half');
    expect(under.said()).toEqual(['gap', 'disconnected']);
    expect(under.notes).toEqual([
      'a message of the account stream cannot be read: the account is queried',
    ]);
  });

  test('an event that nobody knows: a look, one word for each kind, at most one look in five seconds', async () => {
    const under = await stream(market);
    under.said();
    for (let i = 0; i < 50; i++) under.send({ e: 'SOMETHING_NEW', E: 1, x: i });
    expect(under.said()).toEqual(['gap']);
    await under.pass(5_001);
    expect(under.said()).toEqual(['gap']);
    under.send({ e: 'externalLockUpdate', E: 1 });
    under.send({ E: 1 });
    await under.pass(5_001);
    expect(under.said()).toEqual(['gap']);
    expect(under.notes.map((text) => text.match(/\((.*)\)/)?.[1])).toEqual([
      'SOMETHING_NEW',
      'externalLockUpdate',
      'without a name',
    ]);
    expect(under.sockets).toHaveLength(1);
  });
});

test('USD-M: events that say nothing to the trader say nothing', async () => {
  const under = await stream('usdm');
  under.said();
  for (const e of ['TRADE_LITE', 'STRATEGY_UPDATE', 'GRID_UPDATE']) under.send({ e, E: 1 });
  expect([under.said(), under.notes]).toEqual([[], []]);
});

test('USD-M: a stop that the exchange did not carry out', async () => {
  const under = await stream('usdm');
  under.said();
  under.send({
    e: 'CONDITIONAL_ORDER_TRIGGER_REJECT',
    E: 1,
    T: 1,
    or: { s: 'ADAUSDT', i: 155618472834, r: 'Due to the order could not be filled immediately' },
  });
  expect(under.said()).toEqual(['stop-rejected']);
});

test('USD-M: one odd part of ACCOUNT_UPDATE does not lose the others', async () => {
  const under = await stream('usdm');
  under.said();
  const B = [
    { a: 'ODD', wb: 'x' },
    { a: 'USDT', wb: '-113.29', bc: '' },
  ];
  const P = [
    { s: 'ADAUSDT', pa: '5', ep: '2.8E-4', up: '', ps: 'BOTH' },
    { s: 'ODDUSDT', pa: null },
  ];
  under.send({ e: 'ACCOUNT_UPDATE', E: 1, a: { m: 'ORDER', B, P } });
  expect(under.said()).toEqual(['balances', 'positions', 'gap']);
  expect(under.notes).toHaveLength(1);
});

test('spot: a stream that is refused because of a ban does not ask again before its end', async () => {
  let now = 1_700_000_000_000;
  const timers: { at: number; action: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after: (delayMs, action) => {
      timers.push({ at: now + delayMs, action });
      return () => {};
    },
  };
  const client = new HttpClient({ baseUrl: 'https://api.example.com', clock });
  let opened = 0;
  const sockets: SocketEvents[] = [];
  spotUserEvents({
    url: 'wss://example.com',
    signer: hmacSigner('key', 'secret'),
    clock,
    exchangeNow: () => now,
    silenceMs: 1e12,
    limits: client,
    openSocket: (_, events) => {
      opened++;
      sockets.push(events);
      return { send: () => {}, terminate: () => {} };
    },
  }).subscribe(() => {});
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    for (const timer of timers.splice(0)) {
      if (timer.at <= now) timer.action();
      else timers.push(timer);
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  await pass(0);
  sockets[0]!.onOpen();
  const msg = `Way too many requests; IP banned until ${now + 600_000}.`;
  sockets[0]!.onMessage(
    JSON.stringify({ id: 'subscribe', status: 418, error: { code: -1003, msg } }),
  );
  expect(client.budget.bannedUntil).toBe(1_700_000_600_000);
  for (let minute = 1; minute <= 9; minute++) await pass(60_000);
  expect(opened).toBe(1);
  await pass(61_000);
  await pass(1_000);
  expect(opened).toBe(2);
});
