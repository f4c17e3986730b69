import { createHmac } from 'node:crypto';
import { type Exact, exact } from '../exact.js';

/** An execution, as the exchange lists it. */
export interface AuditedFill {
  readonly id: number;
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly price: Exact;
  readonly quantity: Exact;
  readonly commission: Exact;
  readonly commissionAsset: string;
  /** USD-M: profit that the exchange booked for it. */
  readonly realized: Exact;
  readonly time: number;
}

/** A payment of USD-M between longs and shorts. */
export interface FundingPayment {
  readonly symbol: string;
  readonly asset: string;
  readonly amount: Exact;
  readonly time: number;
}

/** Everything that an exchange says of an account. */
export interface AccountHistory {
  readonly market: 'spot' | 'usdm';
  /** When it was read, by the clock of the exchange; ms UTC. */
  readonly time: number;
  /** Oldest first. */
  readonly fills: readonly AuditedFill[];
  readonly funding: readonly FundingPayment[];
  /** Free and locked balances together, or wallets, by asset. */
  readonly balances: ReadonlyMap<string, Exact>;
  /** USD-M: signed, by symbol; those that are not zero. */
  readonly positions: ReadonlyMap<string, Exact>;
  /** Base and quote of each symbol. */
  readonly assets: ReadonlyMap<string, { readonly base: string; readonly quote: string }>;
  /** Closes of each minute of the symbols that value commissions, oldest first: `BNBUSDT`. */
  readonly closes: ReadonlyMap<string, readonly MinuteClose[]>;
}

export interface MinuteClose {
  readonly openTime: number;
  readonly close: Exact;
}

export interface HistorySource {
  readonly market: 'spot' | 'usdm';
  /** REST address. */
  readonly url: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly symbols: readonly string[];
}

const PAGE = 1_000;
const TRIES = 5;

type Row = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Reads the history of an account over the public interface of its exchange, whichever it is: fills, orders, income,
 * balances, positions.
 *
 * @param source - Where, and the key.
 */
export async function readHistory(source: HistorySource): Promise<AccountHistory> {
  const { market, symbols } = source;
  const prefix = market === 'spot' ? '/api/v3' : '/fapi/v1';
  const fills: AuditedFill[] = [];
  for (const symbol of symbols) {
    const names = new Map<string, string>();
    const orders = await pages(source, `${prefix}/allOrders`, { symbol }, 'orderId', 'orderId');
    for (const row of orders) names.set(String(row.orderId), String(row.clientOrderId));
    const path = market === 'spot' ? '/api/v3/myTrades' : '/fapi/v1/userTrades';
    const trades = await pages(source, path, { symbol }, 'fromId', 'id');
    fills.push(...trades.map((row) => fillOf(row, names)));
  }
  const info = (await get(source, `${prefix}/exchangeInfo`)) as { symbols: Row[] };
  const assets = new Map(
    info.symbols.map((row): [string, { base: string; quote: string }] => [
      String(row.symbol),
      { base: String(row.baseAsset), quote: String(row.quoteAsset) },
    ]),
  );
  const { serverTime } = (await get(source, `${prefix}/time`)) as { serverTime: number };
  return {
    ...{ market, assets, time: serverTime },
    closes: await feeCloses(source, `${prefix}/klines`, fills, assets),
    fills: fills.sort((a, b) => a.time - b.time || a.id - b.id),
    ...(market === 'spot' ? await spotAccount(source) : await usdmAccount(source)),
  };
}

/** Prices of what commissions were taken in, where that is neither side of the symbol. */
async function feeCloses(
  source: HistorySource,
  path: string,
  fills: readonly AuditedFill[],
  assets: AccountHistory['assets'],
): Promise<ReadonlyMap<string, readonly MinuteClose[]>> {
  const wanted = new Set(
    fills.flatMap(({ symbol, commissionAsset }) => {
      const { base, quote } = assets.get(symbol)!;
      return [base, quote].includes(commissionAsset) ? [] : [commissionAsset + quote];
    }),
  );
  const closes = new Map<string, readonly MinuteClose[]>();
  for (const symbol of [...wanted].filter((name) => assets.has(name))) {
    const query = `symbol=${symbol}&interval=1m&limit=${PAGE}`;
    const rows = (await get(source, `${path}?${query}`)) as (string | number)[][];
    closes.set(
      symbol,
      rows.map((row) => ({ openTime: Number(row[0]), close: exact(String(row[4])) })),
    );
  }
  return closes;
}

async function spotAccount(source: HistorySource) {
  const { balances } = (await get(source, '/api/v3/account', {})) as { balances: Row[] };
  const amounts = balances.map(({ asset, free, locked }): [string, Exact] => [
    String(asset),
    exact(String(free)) + exact(String(locked)),
  ]);
  return { balances: new Map(amounts), positions: new Map<string, Exact>(), funding: [] };
}

async function usdmAccount(source: HistorySource) {
  const { assets } = (await get(source, '/fapi/v3/account', {})) as { assets: Row[] };
  const held = (await get(source, '/fapi/v3/positionRisk', {})) as Row[];
  const income = (await get(source, '/fapi/v1/income', {
    ...{ incomeType: 'FUNDING_FEE', limit: String(PAGE) },
  })) as Row[];
  const wallets = assets.map((row): [string, Exact] => [
    String(row.asset),
    exact(String(row.walletBalance)),
  ]);
  const positions = held
    .map((row): [string, Exact] => [String(row.symbol), exact(String(row.positionAmt))])
    .filter(([, amount]) => amount !== 0n);
  const funding = income.map((row) => ({
    ...{ symbol: String(row.symbol), asset: String(row.asset) },
    ...{ amount: exact(String(row.income)), time: Number(row.time) },
  }));
  return { balances: new Map(wallets), positions: new Map(positions), funding };
}

function fillOf(row: Row, names: ReadonlyMap<string, string>): AuditedFill {
  const orderId = String(row.orderId);
  const isBuyer = row.isBuyer ?? row.buyer;
  return {
    ...{ id: Number(row.id), orderId, clientOrderId: names.get(orderId) ?? `order ${orderId}` },
    ...{ symbol: String(row.symbol), side: isBuyer === true ? 'BUY' : 'SELL' },
    ...{ price: exact(String(row.price)), quantity: exact(String(row.qty)) },
    ...{ commission: exact(String(row.commission)), commissionAsset: String(row.commissionAsset) },
    ...{ realized: exact(String(row.realizedPnl ?? '0')), time: Number(row.time) },
  };
}

/** All rows of a list that is asked for by the id of its first row. */
async function pages(
  source: HistorySource,
  path: string,
  parameters: Readonly<Record<string, string>>,
  fromName: string,
  idName: string,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = '0'; ; ) {
    const asked = { ...parameters, [fromName]: from, limit: String(PAGE) };
    const page = (await get(source, path, asked)) as Row[];
    rows.push(...page);
    const last = page.at(-1)?.[idName];
    if (page.length < PAGE || last === undefined) return rows;
    from = String(BigInt(last) + 1n);
  }
}

/** With parameters the request is signed, by the time that the exchange tells. */
async function get(
  source: HistorySource,
  path: string,
  parameters?: Readonly<Record<string, string>>,
): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return await getOnce(source, path, parameters);
    } catch (error) {
      // A busy machine cuts connections, and a signature ages while it waits.
      if (tries >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, tries * 200));
    }
  }
}

async function getOnce(
  { market, url, apiKey, secret }: HistorySource,
  path: string,
  parameters?: Readonly<Record<string, string>>,
): Promise<unknown> {
  const ask = async (address: string): Promise<unknown> => {
    const answer = await fetch(`${url}${address}`, { headers: { 'X-MBX-APIKEY': apiKey } });
    const text = await answer.text();
    if (answer.status !== 200)
      throw new Error(`${address.split('?')[0]}: ${answer.status} ${text}`);
    // Ids go beyond what a double holds.
    return JSON.parse(text.replace(/([:[,]\s*)(\d{16,})(?=\s*[,\]}])/g, '$1"$2"')) as unknown;
  };
  if (parameters === undefined) return ask(path);
  const timePath = market === 'spot' ? '/api/v3/time' : '/fapi/v1/time';
  const { serverTime } = (await ask(timePath)) as { serverTime: number };
  const query = new URLSearchParams({
    ...parameters,
    ...{ recvWindow: '60000', timestamp: String(serverTime) },
  }).toString();
  const signature = createHmac('sha256', secret).update(query).digest('hex');
  return ask(`${path}?${query}&signature=${signature}`);
}
