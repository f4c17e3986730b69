import path from 'node:path';
import { candleOpenTime, type Decimal, decimalToNumber, UserError } from '../domain/index.js';
import { type Broker, ExchangeError, type Fill, type OrderReport } from '../exchange/index.js';
import {
  type AdoptFacts,
  adoptedMemory,
  type BotMemory,
  entryPriceOf,
  fetchClosedCandles,
  foreignHome,
  heldQuantity,
  Journal,
  livedThroughAll,
  openJournalFolder,
  readSavedMemory,
  rebuildPosition,
  settledHome,
} from '../live/index.js';
import type { ApiKey } from './api-key.js';
import { amountText, priceText } from './bot-numbers.js';
import type { BotLine } from './bot-session.js';
import { rulesOf } from './rules-of.js';
import { fileName } from './trade-log-name.js';
import { environmentName, openConnection } from './trader.js';
import { hostKind, type TradingHosts, type TradingMode } from './trading-hosts.js';

export interface AdoptOptions {
  readonly mode: TradingMode;
  readonly hosts: TradingHosts;
  readonly symbol: string;
  readonly stateFolder: string;
  readonly workingFolder: string;
  readonly key: ApiKey;
  readonly onLine: (line: BotLine) => void;
}

/** What would be adopted, in lines for people, and how to do it. */
export interface AdoptOffer {
  readonly lines: readonly string[];
  /** Why there is nothing to adopt. */
  readonly refusal?: string;
  /** Writes it to the state of the bot. */
  readonly accept: () => Promise<void>;
  /** Gives the state back. */
  readonly close: () => Promise<void>;
}

/** So far back fills are asked for, ms; USD-M keeps them no longer. */
const FILLS_MS = 89 * 86_400_000;
/** Orders behind the fills that are asked for at most: each is a request. */
const ORDERS_MAX = 100;
/** A position that is older than so many candles lived through the newest ones only. */
const CANDLES_MAX = 100_000;

/**
 * Looks at what the account has of a symbol, and rebuilds from the fills what its bot would have to know of it.
 *
 * @param options - Which bot, and the account.
 * @throws {UserError} If the bot runs, has no state, or the exchange cannot be asked.
 */
export async function offerAdoption(options: AdoptOptions): Promise<AdoptOffer> {
  const { mode, hosts, symbol, stateFolder } = options;
  const root = path.join(stateFolder, environmentName(mode, hosts.restUrl));
  const folder = path.join(root, `${hosts.market}-${fileName(symbol)}`);
  const saved = await readSavedMemory(folder);
  if (saved === undefined) {
    throw new UserError(
      `${folder} contains no state: start the bot once with its settings (it makes no entries while a position is open), stop it, then adopt`,
    );
  }
  const files = await openJournalFolder(folder);
  try {
    const journal = await Journal.open(files, saved.settings);
    return await offer(options, journal, files.close);
  } catch (error) {
    await files.close();
    if (!(error instanceof ExchangeError)) throw error;
    throw new UserError(`The exchange cannot be queried: ${error.message}`);
  }
}

async function offer(
  options: AdoptOptions,
  journal: Journal,
  close: () => Promise<void>,
): Promise<AdoptOffer> {
  const { hosts, symbol, mode } = options;
  const { adapter, account, paced } = await openConnection(hosts, {
    ...options,
    place: { kind: 'exchange', hosts },
  });
  const { memory } = journal;
  const seen = {
    world: mode === 'paper' ? 'paper' : hostKind(hosts.restUrl),
    account: account?.report.uid ?? null,
  };
  const problem = foreignHome(memory.home, seen);
  if (problem !== undefined) throw new UserError(problem);
  const { broker, candles: source } = adapter;
  const rules = await rulesOf(broker, symbol);
  const time = paced.clock.now();
  const facts: AdoptFacts = {
    rules,
    ...(await fillsAndNames(broker, symbol, time)),
    openOrders: await broker.openOrders(symbol),
    shown: shownOf(await broker.account(), rules.baseAsset, hosts.market === 'usdm', symbol),
    time,
  };
  const adoption = rebuildPosition(memory, facts);
  const lines = accountLines(facts);
  if ('refusal' in adoption) {
    return { lines, refusal: adoption.refusal, accept: () => Promise.resolve(), close };
  }
  const { interval: timeframe } = memory.settings.run;
  const candles = await fetchClosedCandles(source, {
    symbol,
    timeframe,
    fromOpenTime: candleOpenTime(adoption.position.firstFillTime, timeframe),
    candlesMax: CANDLES_MAX,
  });
  const position = livedThroughAll(adoption.position, candles);
  const next = {
    ...adoptedMemory(
      memory,
      { ...adoption, position },
      { ...facts, lastOpenTime: candles.at(-1)?.openTime },
    ),
    home: settledHome(memory.home, seen),
  };
  return {
    lines: [...lines, stateLine(memory), ...adoptedLines(next, adoption.left)],
    accept: async () => {
      await journal.append(next, 'adopt', time);
      await journal.sync();
    },
    close,
  };
}

async function fillsAndNames(
  broker: Broker,
  symbol: string,
  time: number,
): Promise<Pick<AdoptFacts, 'fills' | 'names'>> {
  const all = await broker.fills({ symbol, startTime: time - FILLS_MS });
  const fills = [...all].sort((a, b) => a.time - b.time || Number(a.tradeId) - Number(b.tradeId));
  const ids = [...new Set(fills.map(({ orderId }) => orderId))].slice(-ORDERS_MAX);
  const names = new Map<string, string>();
  for (const id of ids) {
    const order = await broker.queryById(symbol, id);
    if (order !== undefined) names.set(id, order.clientOrderId);
  }
  return { fills, names };
}

function shownOf(
  { balances, positions }: Awaited<ReturnType<Broker['account']>>,
  baseAsset: string,
  isUsdm: boolean,
  symbol: string,
): Decimal {
  if (isUsdm) return positions.find((one) => one.symbol === symbol)?.quantity ?? 0n;
  const coins = balances.find(({ asset }) => asset === baseAsset);
  return (coins?.free ?? 0n) + (coins?.locked ?? 0n);
}

const FILLS_SHOWN = 10;

function accountLines({ rules, shown, openOrders, fills, names }: AdoptFacts): string[] {
  const what = rules.market === 'usdm' ? 'Position' : 'Coins   ';
  const newest = fills.slice(-FILLS_SHOWN);
  return [
    `${what}  ${amountText(decimalToNumber(shown))} ${rules.baseAsset}`,
    ...(openOrders.length === 0 ? ['Orders    none open'] : openOrders.map(orderLine)),
    ...newest.map((fill) => fillLine(fill, names.get(fill.orderId))),
  ];
}

function orderLine({
  side,
  type,
  quantity,
  price,
  triggerPrice,
  clientOrderId,
  orderId,
}: OrderReport): string {
  const at = [triggerPrice, price]
    .filter((one) => one > 0n)
    .map((one) => priceText(decimalToNumber(one)))
    .join(' / ');
  return `Order     ${side} ${amountText(decimalToNumber(quantity))} ${type} at ${at}  ${clientOrderId} (${orderId})`;
}

function fillLine(
  { time, side, quantity, price, commission, commissionAsset }: Fill,
  name = 'unknown order',
): string {
  const when = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
  const fee = `${amountText(decimalToNumber(commission))} ${commissionAsset}`;
  return `Fill      ${when} ${side} ${amountText(decimalToNumber(quantity))} at ${priceText(decimalToNumber(price))}, fee ${fee}  ${name}`;
}

function stateLine({ position, mismatch }: BotMemory): string {
  const has =
    position === null
      ? 'no position'
      : `${position.side > 0 ? 'long' : 'short'} ${amountText(decimalToNumber(heldQuantity(position)))} from ${priceText(entryPriceOf(position))}`;
  return `State     ${has}${mismatch === null ? '' : `; MISMATCH: ${mismatch}`}`;
}

function adoptedLines(memory: BotMemory, left: readonly OrderReport[]): string[] {
  const position = memory.position!;
  const { side, baseCommission, quoteCommission, otherCost, peak } = position;
  const orders = [...(memory.order === null ? [] : [memory.order]), ...memory.others];
  const entryPrice = entryPriceOf(position);
  const fees =
    decimalToNumber(baseCommission) * entryPrice + decimalToNumber(quoteCommission + otherCost);
  return [
    `Adopt     ${side > 0 ? 'long' : 'short'} ${amountText(decimalToNumber(heldQuantity(position)))} from ${priceText(entryPrice)}, fees ${amountText(fees)}`,
    `Since     ${new Date(position.firstFillTime).toISOString().slice(0, 19).replace('T', ' ')} UTC, best price of completed candles (P) ${peak === null ? 'none yet' : priceText(peak)}`,
    ...(orders.length === 0
      ? ['Exits     none open: the bot places those of its settings at its start']
      : orders.map(({ leg, request }) => `Exit      ${leg} ${request.clientOrderId}`)),
    ...left.map(({ clientOrderId }) => `NOT adopted: order ${clientOrderId}; cancel it manually`),
  ];
}
