import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { absolute, type Exact, exact, fixed } from '../exact.js';
import { Access, type AccountKey } from './access.js';
import { Faults } from './faults.js';
import { type ListingTexts, listing, type MarketName } from './listing.js';
import { InstrumentMarket, klineEvent, MINUTE_MS } from './market.js';
import { Rest } from './rest.js';
import type { Routes } from './route.js';
import { Sockets } from './sockets.js';
import { SpotAccount } from './spot-account.js';
import { isConditional } from './spot-order.js';
import { rateTexts, spotRoutes } from './spot-routes.js';
import { UsdmAccount } from './usdm-account.js';
import { usdmRoutes } from './usdm-routes.js';

export interface OtherExchangeOptions {
  readonly market: MarketName;
  readonly listings: readonly ListingTexts[];
  /** Free balances, or wallets. */
  readonly balances: Readonly<Record<string, string>>;
  readonly keys: readonly AccountKey[];
  /** Exchange time at the start, ms UTC. */
  readonly startTime: number;
  /** Times as fast as the clock. */
  readonly speed: number;
  readonly seed: number;
  /** Commission is paid in BNB at these prices, by quote asset; default: in what is received. */
  readonly bnbPrices?: Readonly<Record<string, string>>;
  /** Of every eight hours, fraction; default 0.0001. */
  readonly fundingRate?: string;
  /** Mark price over last price; default 1.00012345, which is off every tick. */
  readonly markRatio?: string;
  /** Candles of a minute before the start; default 600. */
  readonly historyCandles?: number;
}

/** Real ms between two prices of an instrument. */
const STEP_MS = 100;
const RATES = {
  spot: { maker: '0.001', taker: '0.001' },
  usdm: { maker: '0.0002', taker: '0.0005' },
};
const UID = 354_937_868;

/** A small Binance for tests, written from its documents and from recorded payloads alone. */
export class OtherExchange {
  readonly faults = new Faults();
  readonly rest: Rest;
  readonly sockets: Sockets;
  readonly markets: ReadonlyMap<string, InstrumentMarket>;
  readonly spot: SpotAccount | undefined;
  readonly usdm: UsdmAccount | undefined;
  /** Number of the account behind the keys. */
  uid = UID;
  readonly #options: OtherExchangeOptions;
  readonly #server: Server;
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  #skewMs = 0;
  #newestTime = 0;
  /** Candles whose last frame was sent. */
  readonly #closed = new Map<string, number>();
  #isTrading = true;

  /** Starts one on a free port of this machine. */
  static async start(options: OtherExchangeOptions): Promise<OtherExchange> {
    const exchange = new OtherExchange(options);
    await new Promise<void>((resolve) => exchange.#server.listen(0, '127.0.0.1', resolve));
    return exchange;
  }

  private constructor(options: OtherExchangeOptions) {
    this.#options = options;
    const { market, listings, seed, startTime, historyCandles = 600, speed } = options;
    this.markets = new Map(
      listings.map((texts, i) => [texts.symbol, new InstrumentMarket(listing(texts), seed + i)]),
    );
    for (const one of this.markets.values()) one.makeHistory(historyCandles, startTime);
    const now = (): number => this.now();
    const access = new Access(options.keys, now, speed);
    const { routes, spot, usdm } = this.#open();
    this.spot = spot;
    this.usdm = usdm;
    this.rest = new Rest({ market, routes: routes(), access, faults: this.faults, now, speed });
    this.#server = createServer((request, response) => {
      this.rest.handle(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
        throw error;
      });
    });
    this.sockets = new Sockets(this.#server, { market, access, faults: this.faults, now });
    this.#timer = setInterval(() => this.#step(), STEP_MS);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Exchange time, ms UTC: it never goes back. */
  now(): number {
    const { startTime, speed } = this.#options;
    const time =
      startTime + Math.round((performance.now() - this.#startedAt) * speed) + this.#skewMs;
    this.#newestTime = Math.max(this.#newestTime, time);
    return this.#newestTime;
  }

  /** Moves the clock of the exchange, so that the client's looks wrong; it stands still rather than go back. */
  moveClock(ms: number): void {
    this.#skewMs += ms;
  }

  /** Prices stand still. */
  holdPrices(): void {
    this.#isTrading = false;
  }

  /** Lets a symbol trade at a price, and on the way there in strides; prices stand still before and after. */
  tradeAt(symbol: string, price: Exact, stride: Exact): void {
    const market = this.markets.get(symbol)!;
    this.#isTrading = false;
    while (market.price !== price) {
      const left = price - market.price;
      const step = absolute(left) < stride ? left : left > 0n ? stride : -stride;
      market.jump(this.now(), market.price + step);
      (this.spot ?? this.usdm)?.onPrice(symbol);
    }
  }

  /** Open stops of a symbol are gone; nobody is told. */
  forgetStops(symbol: string): number {
    return this.spot?.forget(symbol) ?? this.usdm?.forget(symbol) ?? 0;
  }

  /** Conditional orders of a symbol that wait for their price. */
  restingStops(symbol: string): number {
    const spot = this.spot?.openOrders(symbol).filter(isConditional) ?? [];
    return spot.length + (this.usdm?.openAlgos(symbol) ?? []).length;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.sockets.close();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #open(): { routes: () => Routes; spot?: SpotAccount; usdm?: UsdmAccount } {
    const { market, balances, bnbPrices = {}, fundingRate = '0.0001' } = this.#options;
    const { maker, taker } = RATES[market];
    const common = {
      markets: this.markets,
      balances: Object.entries(balances).map(([asset, text]): [string, Exact] => [
        asset,
        exact(text),
      ]),
      now: () => this.now(),
      emit: (event: Record<string, unknown>) => this.sockets.publishUser(event),
      ...{ maker: exact(maker), taker: exact(taker) },
      bnbPrices: Object.fromEntries(
        Object.entries(bnbPrices).map(([asset, text]) => [asset, exact(text)]),
      ),
    };
    const context = {
      now: common.now,
      symbols: [...this.markets.keys()],
      permissions,
    };
    if (market === 'spot') {
      const account = new SpotAccount(common);
      const rates = rateTexts(maker, taker);
      return {
        spot: account,
        routes: () => spotRoutes({ ...context, account, rates, uid: () => this.uid }),
      };
    }
    const rates = { maker, taker };
    const { markRatio = '1.00012345' } = this.#options;
    const account = new UsdmAccount({
      ...common,
      ...{ fundingRate: exact(fundingRate), markRatio: exact(markRatio) },
    });
    const listenKey = {
      make: () => this.sockets.listenKey.make(),
      renew: () => this.sockets.listenKey.renew(),
      end: () => this.sockets.listenKey.end(),
    };
    return { usdm: account, routes: () => usdmRoutes({ ...context, account, rates, listenKey }) };
  }

  #step(): void {
    const time = this.now();
    for (const [symbol, market] of this.markets) {
      makeMissed(market, time);
      if (this.#isTrading) market.step(time);
      else market.stand(time);
      this.#sendClosed(symbol, market);
      if (market.newest !== undefined) this.#sendCandle(symbol, market.newest, false);
      this.#sendPrices(symbol, market);
      (this.spot ?? this.usdm)?.onPrice(symbol);
    }
    this.usdm?.payFunding();
  }

  #sendClosed(symbol: string, { candles }: InstrumentMarket): void {
    const first = this.#closed.get(symbol) ?? candles.length - 1;
    for (const candle of candles.slice(first, -1)) this.#sendCandle(symbol, candle, true);
    this.#closed.set(symbol, candles.length - 1);
  }

  #sendCandle(
    symbol: string,
    candle: NonNullable<InstrumentMarket['newest']>,
    isClosed: boolean,
  ): void {
    const stream = `${symbol.toLowerCase()}@kline_1m`;
    this.sockets.publishMarket(stream, 'market', () =>
      klineEvent(symbol, candle, this.now(), isClosed),
    );
  }

  #sendPrices(symbol: string, market: InstrumentMarket): void {
    const name = symbol.toLowerCase();
    const time = this.now();
    const isFutures = this.#options.market === 'usdm';
    this.sockets.publishMarket(`${name}@bookTicker`, 'public', () => ({
      ...(isFutures
        ? { e: 'bookTicker', u: market.updateId, E: time, T: time }
        : { u: market.updateId }),
      ...{ s: symbol, b: fixed(market.bid, 8), B: '31.21000000' },
      ...{ a: fixed(market.ask, 8), A: '40.66000000', ...(isFutures ? { ps: symbol, st: 1 } : {}) },
    }));
    if (this.usdm === undefined) return;
    const mark = fixed(this.usdm.mark(symbol), 8);
    const { nextFunding, fundingRate } = this.usdm;
    this.sockets.publishMarket(`${name}@markPrice@1s`, 'market', () => ({
      ...{ e: 'markPriceUpdate', E: time, s: symbol, p: mark, ap: mark, i: mark, P: mark },
      ...{ r: fixed(fundingRate, 8), T: nextFunding, st: 1 },
    }));
  }
}

/** In minutes that a machine which stood still missed nobody traded: no order could be filled in them. */
function makeMissed(market: InstrumentMarket, time: number): void {
  for (let { newest } = market; newest !== undefined; newest = market.newest) {
    const next = newest.openTime + MINUTE_MS;
    if (next + MINUTE_MS > time) return;
    market.stand(next);
  }
}

/** A key that trades and cannot withdraw. */
function permissions(): Record<string, unknown> {
  return {
    ...{ ipRestrict: true, createTime: 1_623_840_271_000, enableInternalTransfer: false },
    ...{ enableFutures: true, enablePortfolioMarginTrading: false, enableVanillaOptions: false },
    ...{ permitsUniversalTransfer: false, enableReading: true, enableMargin: false },
    ...{ enableSpotAndMarginTrading: true, enableWithdrawals: false },
  };
}
