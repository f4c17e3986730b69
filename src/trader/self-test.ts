import { decimalToNumber } from '../domain/index.js';
import {
  type AccountReport,
  type Broker,
  type CandleSource,
  type Clock,
  ExchangeError,
  type InstrumentSource,
  type MarketFeed,
  measureClockOffset,
  RequestRefused,
  SteadyClock,
  type UserEvents,
} from '../exchange/index.js';
import { accountModeChecks } from './account-modes.js';
import { priceText } from './bot-numbers.js';
import { type BestPrices, checkOrder, checkSize, type TestedBot } from './order-check.js';
import type { TradingMode } from './trading-hosts.js';

/** One line of the verdict. */
export interface SelfTestCheck {
  readonly name: string;
  /** Of the bot that it is about; absent if it is about all. */
  readonly symbol?: string;
  /** `note`: could not be checked, which this mode permits. */
  readonly result: 'ok' | 'failed' | 'note';
  readonly text: string;
}

export interface SelfTestOptions {
  readonly mode: TradingMode;
  readonly bots: readonly TestedBot[];
  readonly clock: Clock;
  readonly speed: number;
  readonly candles: CandleSource;
  readonly feed: MarketFeed;
  readonly instruments: InstrumentSource;
  readonly broker: Broker;
  readonly userEvents: UserEvents;
  /** Trades on live although it cannot be seen what the key may do. */
  readonly acceptsUnverifiedKey: boolean;
}

/** How wrong the clock may be, ms: the same bound as for entries. */
const CLOCK_MS_MAX = 500;
/** The time is asked for this often before it counts as not to be had. */
const CLOCK_TRIES = 5;
/** What streams may take to deliver, real ms. */
const STREAM_MS = 15_000;

/**
 * Tests everything that an order needs, without sending one: what can never trade is found before it does not.
 *
 * @param options - Ports and bots.
 * @returns One line per check; nothing may be traded if one failed.
 */
export async function selfTest(options: SelfTestOptions): Promise<readonly SelfTestCheck[]> {
  const symbols = options.bots.map(({ settings }) => settings.run.symbol);
  const checks: SelfTestCheck[] = [];
  checks.push(await checked('clock', () => clockCheck(options)));
  checks.push(await keyCheck(options));
  let account: AccountReport | undefined;
  checks.push(
    await checked('account', async () => {
      account = await options.broker.account();
      return account.canTrade ? ok('trading allowed') : failed('trading not allowed');
    }),
  );
  const prices = await pricesOf(options, symbols);
  checks.push(...(await modeChecks(options, account, prices)));
  checks.push(
    await checked('account stream', async () =>
      (await userStreamWorks(options))
        ? ok('connected')
        : failed(`no data within ${STREAM_MS / 1_000} s`),
    ),
  );
  for (const bot of options.bots) {
    const { symbol } = bot.settings.run;
    const price = prices.get(symbol);
    if (price === undefined) {
      const text = `no price within ${STREAM_MS / 1_000} s`;
      checks.push({ name: `${symbol} stream`, symbol, result: 'failed', text });
      continue;
    }
    checks.push({
      name: `${symbol} stream`,
      symbol,
      result: 'ok',
      text: `price ${priceText(decimalToNumber(price.askPrice))}`,
    });
    const ports = { ...options, account };
    const order = await checked(`${symbol} order`, () => checkOrder(ports, bot, price));
    checks.push({ ...order, symbol });
  }
  return checks;
}

/** A bot whose orders are filled here, at the prices of an exchange. */
export interface PaperBot extends TestedBot {
  readonly broker: Broker;
}

/**
 * Tests what can be tested of bots that send no orders: that their entries fit the rules of their instruments.
 *
 * @param options - Ports and bots.
 * @returns One line per bot; nothing may be traded if one failed.
 */
export async function paperTest(
  options: Pick<SelfTestOptions, 'feed' | 'instruments'> & { readonly bots: readonly PaperBot[] },
): Promise<readonly SelfTestCheck[]> {
  const symbols = options.bots.map(({ settings }) => settings.run.symbol);
  const prices = await pricesOf(options, symbols);
  return Promise.all(
    options.bots.map(async (bot) => {
      const { symbol } = bot.settings.run;
      const price = prices.get(symbol);
      const name = `${symbol} size`;
      if (price === undefined) {
        const text = `no price within ${STREAM_MS / 1_000} s: not checked`;
        return { name, symbol, result: 'note' as const, text };
      }
      const ports = { instruments: options.instruments, broker: bot.broker, account: undefined };
      const check = () => checkSize({ ...ports, bots: [bot] }, bot, price);
      return { ...(await checked(name, check)), symbol };
    }),
  );
}

type Outcome = Omit<SelfTestCheck, 'name'>;
const ok = (text: string): Outcome => ({ result: 'ok', text });
const failed = (text: string): Outcome => ({ result: 'failed', text });

async function checked(name: string, check: () => Promise<Outcome>): Promise<SelfTestCheck> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return { name, ...failed(error.message) };
  }
}

async function modeChecks(
  { broker, bots }: SelfTestOptions,
  account: AccountReport | undefined,
  best: ReadonlyMap<string, BestPrices>,
): Promise<readonly SelfTestCheck[]> {
  const prices = new Map([...best].map(([symbol, { askPrice }]) => [symbol, askPrice]));
  try {
    return await accountModeChecks(broker, account, bots, prices);
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    return [{ name: 'account modes', ...failed(error.message) }];
  }
}

async function clockCheck(options: SelfTestOptions): Promise<Outcome> {
  const { clock, speed } = options;
  let offset = await measuredOffset(options);
  // One answer that was slow says nothing about the next.
  for (let k = 1; k < CLOCK_TRIES && offset === undefined; k++)
    offset = await measuredOffset(options);
  if (offset === undefined)
    return failed(
      `all ${CLOCK_TRIES} answers took too long for a measurement: the network or this machine is slow`,
    );
  const ms = Math.abs(offset.offsetMs);
  return ms <= CLOCK_MS_MAX * Math.max(1, speed)
    ? ok(`${ms} ms off${machineText(clock)}`)
    : failed(`this machine is ${ms} ms off: synchronize its clock over the network (NTP)`);
}

async function measuredOffset({ clock, candles }: SelfTestOptions) {
  const sentTime = clock.now();
  const serverTime = await candles.serverTime();
  return measureClockOffset(sentTime, clock.now(), serverTime);
}

/** The clock of the machine matters to nobody but its owner. */
function machineText(clock: Clock): string {
  const aheadMs = clock instanceof SteadyClock ? clock.wallAheadMs : 0;
  if (Math.abs(aheadMs) <= CLOCK_MS_MAX) return '';
  const way = aheadMs > 0 ? 'ahead' : 'behind';
  return `, by the time of the exchange; this machine is ${Math.abs(aheadMs)} ms ${way}: synchronize its clock over the network (NTP)`;
}

async function keyCheck(options: SelfTestOptions): Promise<SelfTestCheck> {
  const name = 'key';
  try {
    const key = await options.broker.keyPermissions();
    const { market } = options.broker;
    if (key.canWithdraw) {
      return {
        name,
        ...failed(
          'it permits withdrawals: create a key without that permission, and delete this one',
        ),
      };
    }
    const mayTrade = market === 'spot' ? key.canTradeSpot : key.canTradeFutures;
    if (!mayTrade) return { name, ...failed(`it does not permit trading on ${market}`) };
    const where = key.isIpRestricted ? '' : '; it is valid for any address: restrict it to yours';
    return { name, ...ok(`reads and trades, no withdrawals${where}`) };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    const text = `its permissions cannot be verified (${error.message})`;
    const isRefusing =
      error instanceof RequestRefused && ['key', 'signature'].includes(error.reason);
    if (options.mode !== 'live' && !isRefusing) return { name, result: 'note', text };
    if (options.acceptsUnverifiedKey && !isRefusing) {
      return { name, result: 'note', text: `${text}, accepted by --accept-unverified-key` };
    }
    const advice = isRefusing ? '' : '; add --accept-unverified-key to trade anyway';
    return { name, ...failed(`${text}${advice}`) };
  }
}

function pricesOf(
  { feed }: Pick<SelfTestOptions, 'feed'>,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, BestPrices>> {
  const prices = new Map<string, BestPrices>();
  if (symbols.length === 0) return Promise.resolve(prices);
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      end();
      resolve(prices);
    };
    const timer = setTimeout(finish, STREAM_MS);
    const end = feed.subscribe({ candles: [], prices: symbols }, (event) => {
      if (event.type !== 'price') return;
      prices.set(event.symbol, event);
      if (prices.size === symbols.length) setImmediate(finish);
    });
  });
}

function userStreamWorks({ userEvents }: SelfTestOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (works: boolean): void => {
      clearTimeout(timer);
      end();
      resolve(works);
    };
    const timer = setTimeout(() => finish(false), STREAM_MS);
    const end = userEvents.subscribe((event) => {
      if (event.type === 'gap') setImmediate(() => finish(true));
    });
  });
}
