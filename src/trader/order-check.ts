import { tradeRules } from '../backtest/index.js';
import { type Decimal, decimalToNumber, maxDecimal, trimDecimal } from '../domain/index.js';
import {
  type AccountReport,
  type Broker,
  type InstrumentRules,
  type InstrumentSource,
  isUsdmBroker,
  type OrderRequest,
  RequestRefused,
} from '../exchange/index.js';
import { type BotSettings, type EntryOutlook, entryOutlook } from '../live/index.js';
import { longPermitted, type SideSign, shortPermitted } from '../semantics/index.js';
import { priceText } from './bot-numbers.js';

/** A bot as it is about to trade. */
export interface TestedBot {
  /** In force, with what only the account knows. */
  readonly settings: BotSettings;
  /** Its own; quote. */
  readonly balance: Decimal;
  /** It holds something: its money is no free balance. */
  readonly isInPosition: boolean;
}

/** Best prices of an instrument; quote per base. */
export interface BestPrices {
  readonly bidPrice: Decimal;
  readonly askPrice: Decimal;
}

/** What the check asks and knows. */
export interface OrderCheckPorts {
  readonly instruments: InstrumentSource;
  readonly broker: Broker;
  readonly account: AccountReport | undefined;
  /** All of the process: they share the account. */
  readonly bots: readonly TestedBot[];
}

export interface OrderCheckResult {
  readonly result: 'ok' | 'failed' | 'note';
  readonly text: string;
}

/**
 * Checks that a bot can send the entries that it is set to, with its size, stop and leverage, and lets the exchange check
 * the order as well. A size that can never trade fails with the number that would fit.
 *
 * @param ports - Exchange, account and all bots.
 * @param bot - The one that is checked.
 * @param prices - Best prices now.
 * @returns A bot that holds something only gets a note: it must go on.
 * @throws {ExchangeError} If the exchange refuses the test order, or is out of reach.
 */
export async function checkOrder(
  ports: OrderCheckPorts,
  bot: TestedBot,
  prices: BestPrices,
): Promise<OrderCheckResult> {
  const entry = await possibleEntry(ports, bot, prices);
  if ('result' in entry) return entry;
  const stop = await testOrders(ports, bot, entry);
  const { quantity, worth } = sizeOf(entry);
  const text = `a test order of ${quantity} was accepted${worth}${stop === undefined ? '' : `; ${stop}`}`;
  return { result: 'ok', text };
}

/**
 * Checks that a bot's entries fit the rules of its instrument and its balance, where there is no exchange to test an order.
 *
 * @param ports - Where rules come from, and the broker that fills.
 * @param bot - The one that is checked.
 * @param prices - Best prices now.
 * @returns As `checkOrder`.
 */
export async function checkSize(
  ports: OrderCheckPorts,
  bot: TestedBot,
  prices: BestPrices,
): Promise<OrderCheckResult> {
  const entry = await possibleEntry(ports, bot, prices);
  if ('result' in entry) return entry;
  const { quantity, worth } = sizeOf(entry);
  return { result: 'ok', text: `an entry of ${quantity} is possible${worth}` };
}

/** The first entry that the bot would make, or what keeps it from making any. */
async function possibleEntry(
  ports: OrderCheckPorts,
  bot: TestedBot,
  prices: BestPrices,
): Promise<(EntryOutlook & { readonly baseAsset: string }) | OrderCheckResult> {
  const { symbol } = bot.settings.run;
  const failed = (text: string): OrderCheckResult => ({
    result: bot.isInPosition ? 'note' : 'failed',
    text,
  });
  const instrument = (await ports.instruments.instrumentRules([symbol])).get(symbol);
  if (instrument === undefined) return failed('the exchange has no such instrument');
  if (instrument.status !== 'trading') return failed(`the instrument is ${instrument.status}`);
  const outlooks = await entryOutlooks(ports, bot, prices, instrument);
  for (const { problem } of outlooks) {
    if (problem !== undefined) return failed(problem);
  }
  const [first] = outlooks;
  if (first === undefined) return failed('no direction is allowed');
  return { ...first, baseAsset: instrument.baseAsset };
}

/** What is ordered, and what it is worth. */
function sizeOf({ order, sizeText, baseAsset }: EntryOutlook & { readonly baseAsset: string }): {
  readonly quantity: string;
  readonly worth: string;
} {
  const quantity = `${trimDecimal(order.quantity)} ${baseAsset}`;
  return { quantity, worth: sizeText.slice(quantity.length) };
}

/** What entries would be made, one for each permitted side. */
async function entryOutlooks(
  { broker, account, bots }: OrderCheckPorts,
  { settings, balance, isInPosition }: TestedBot,
  { bidPrice, askPrice }: BestPrices,
  instrument: InstrumentRules,
): Promise<readonly EntryOutlook[]> {
  const rules = tradeRules(settings.run);
  const isSharing = bots.some((other) => other.isInPosition && other.settings !== settings);
  const free = freeQuote(account, instrument);
  // What a position binds is no lack: the balances of the bots say how much each may call its own.
  const quoteFree =
    free === undefined || isInPosition || isSharing ? maxDecimal(balance, free ?? 0n) : free;
  const at = isUsdmBroker(broker)
    ? await broker.symbolSettings(instrument.symbol)
    : { leverage: 1, notionalMax: 0n };
  const sides: SideSign[] = [
    ...(longPermitted(rules) ? ([1] as const) : []),
    ...(shortPermitted(rules) ? ([-1] as const) : []),
  ];
  return sides.map((side) =>
    entryOutlook({
      rules,
      limits: settings.risk,
      instrument,
      side,
      price: side > 0 ? askPrice : bidPrice,
      balance,
      quoteFree,
      leverage: at.leverage,
      bracketNotional: at.notionalMax ?? 0n,
    }),
  );
}

function freeQuote(
  account: AccountReport | undefined,
  { quoteAsset }: InstrumentRules,
): Decimal | undefined {
  if (account === undefined) return undefined;
  const { margin, balances } = account;
  return margin?.availableBalance ?? balances.find(({ asset }) => asset === quoteAsset)?.free ?? 0n;
}

/** Lets the exchange check the entry and, where it can, the stop; returns what became of the stop. */
async function testOrders(
  { broker }: OrderCheckPorts,
  { isInPosition }: TestedBot,
  { order, stop, sizeText }: EntryOutlook,
): Promise<string | undefined> {
  // A bot in a position has spent its balance: everything before that was checked.
  await testOrder(broker, order, isInPosition, `a test order of ${sizeText}`);
  if (stop === undefined || !('triggerPrice' in stop)) return undefined;
  const at = `its stop at ${priceText(decimalToNumber(stop.triggerPrice))}`;
  if (broker.market !== 'spot') return `${at} keeps the rules`;
  // The coins that it sells are not there before the entry.
  await testOrder(broker, stop, true, at);
  return `${at} as well`;
}

async function testOrder(
  broker: Broker,
  order: OrderRequest,
  mayLackBalance: boolean,
  what: string,
): Promise<void> {
  try {
    await broker.test(order);
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    if (mayLackBalance && error.reason === 'insufficient-balance') return;
    throw new RequestRefused(error.reason, `${what} was refused: ${error.message}`);
  }
}
