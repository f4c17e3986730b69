// ccxt of JavaScript with default options: orders by REST, its own trades watched over WebSocket as well.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import ccxt from 'ccxt';
import { redirectCcxt } from './ccxt-addresses.mjs';

const { EXCHANGE, API_KEY, API_SECRET, SYMBOL, BOOK, END_TIME } = process.env;
const base = SYMBOL.replace(/USDT$/, '');
const symbols = { spot: `${base}/USDT`, usdm: `${base}/USDT:USDT` };
const money = { spot: 60, usdm: 150 };
const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
const write = (kind, entry) =>
  appendFileSync(BOOK, `${JSON.stringify({ kind, at: Date.now(), ...entry })}\n`);
let isStopped = false;
process.on('SIGTERM', () => {
  isStopped = true;
});
// Who is left alone by the test that started it has nobody to trade for.
const parent = process.ppid;
const isOver = () => isStopped || process.ppid !== parent || Date.now() >= Number(END_TIME);
const known = new Set(
  (existsSync(BOOK) ? readFileSync(BOOK, 'utf8').split('\n') : []).flatMap((line) => {
    try {
      const entry = JSON.parse(line);
      return entry.kind === 'fill' ? [`${entry.market} ${entry.trade}`] : [];
    } catch {
      // Cut off by a kill: the next read of the exchange brings it again.
      return [];
    }
  }),
);

const settings = { apiKey: API_KEY, secret: API_SECRET };
const client = redirectCcxt(new ccxt.binance(settings), `http://${EXCHANGE}`);

function fill(market, row, source) {
  const key = `${market} ${row.id}`;
  if (source === 'rest' && known.has(key)) return;
  if (source === 'rest') known.add(key);
  write(source === 'rest' ? 'fill' : 'event', {
    market,
    trade: Number(row.id),
    order: Number(row.order),
    side: row.side.toUpperCase(),
    price: String(row.price),
    quantity: String(row.amount),
    fee: String(row.fee?.cost ?? 0),
    feeAsset: row.fee?.currency ?? '',
    source,
  });
}

function failed(what, error) {
  const text = `${error?.constructor?.name}: ${error?.message}`.slice(0, 600);
  if (error instanceof ccxt.NetworkError) write('outage', { error: text.slice(0, 200) });
  else write('trouble', { what, error: text });
}

async function bookOrder(market, { id }, symbol) {
  const { filled } = await client.fetchOrder(id, symbol);
  write('order', { market, order: Number(id), executed: String(filled) });
}

/** In with a market order, a limit order that rests and is changed and cancelled, out with a limit order. */
async function trade(market, symbol) {
  const { last } = await client.fetchTicker(symbol);
  const amount = Number(client.amountToPrecision(symbol, money[market] / last));
  const price = (factor) => Number(client.priceToPrecision(symbol, last * factor));
  await bookOrder(market, await client.createOrder(symbol, 'market', 'buy', amount), symbol);
  const resting = await client.createOrder(symbol, 'limit', 'buy', amount, price(0.97));
  const open = await client.fetchOpenOrders(symbol);
  if (!open.some(({ id }) => id === resting.id)) failed('open orders', new Error(resting.id));
  const changed = await client.editOrder(resting.id, symbol, 'limit', 'buy', amount, price(0.98));
  await client.cancelOrder(changed.id, symbol);
  await bookOrder(market, changed, symbol);
  const held = await holding(market, symbol);
  if (held * last < (market === 'usdm' ? 60 : 6)) return;
  const more = market === 'usdm' ? { reduceOnly: true } : {};
  const out = Number(client.amountToPrecision(symbol, held));
  const sold = await client.createOrder(symbol, 'limit', 'sell', out, price(0.99), more);
  await bookOrder(market, sold, symbol);
}

async function holding(market, symbol) {
  if (market === 'spot') return (await client.fetchBalance())[base]?.free ?? 0;
  const positions = await client.fetchPositions([symbol]);
  return positions.reduce((sum, { contracts, side }) => sum + (side === 'long' ? contracts : 0), 0);
}

async function sync() {
  for (const [market, symbol] of Object.entries(symbols)) {
    for (const row of await client.fetchMyTrades(symbol, undefined, 1000))
      fill(market, row, 'rest');
  }
}

async function lookAround() {
  for (const symbol of Object.values(symbols)) {
    write('read', { what: 'candles', value: (await client.fetchOHLCV(symbol, '1m')).length });
    write('read', {
      what: 'tickers',
      value: Object.keys(await client.fetchTickers([symbol])).length,
    });
  }
  write('read', { what: 'status', value: (await client.fetchStatus()).status });
  write('read', { what: 'currencies', value: Object.keys(await client.fetchCurrencies()).length });
}

/** Own trades of a market, and its candles, over WebSocket. */
async function watch(market, symbol) {
  while (!isOver()) {
    const socket = redirectCcxt(new ccxt.pro.binance(settings), `http://${EXCHANGE}`);
    try {
      // What ccxt asks for wherever a stream is not encrypted.
      await socket.loadHttpProxyAgent();
      await socket.loadMarkets();
      const [candle] = await socket.watchOHLCV(symbol, '1m');
      write('read', { what: `${market} stream`, value: candle[4] });
      while (!isOver()) {
        for (const row of await socket.watchMyTrades(symbol)) fill(market, row, 'stream');
      }
    } catch (error) {
      // Whatever a cut connection makes of it.
      write('outage', { error: String(error?.message).slice(0, 200) });
      await sleep(1_000);
    }
    await socket.close().catch(() => {});
  }
}

async function finish() {
  for (let attempt = 0; attempt < 30; attempt++) {
    try {
      for (const [market, symbol] of Object.entries(symbols)) {
        for (const { id } of await client.fetchOpenOrders(symbol))
          await client.cancelOrder(id, symbol);
        const held = await holding(market, symbol);
        const { last } = await client.fetchTicker(symbol);
        if (held === 0 || (market === 'spot' && held * last < 6)) continue;
        const more = market === 'usdm' ? { reduceOnly: true } : {};
        const out = Number(client.amountToPrecision(symbol, held));
        await client.createOrder(symbol, 'market', 'sell', out, undefined, more);
      }
      await sync();
      const openOrders = await Promise.all(
        Object.values(symbols).map((symbol) => client.fetchOpenOrders(symbol)),
      );
      write('end', {
        base: String((await client.fetchBalance())[base]?.total ?? 0),
        position: String(await holding('usdm', symbols.usdm)),
        openOrders: openOrders.flat().length,
      });
      return;
    } catch (error) {
      failed('end', error);
      await sleep(1_000);
    }
  }
  process.exitCode = 1;
}

write('start', {});
const watching = Object.entries(symbols).map(([market, symbol]) => watch(market, symbol));
for (let round = 0; !isOver(); round++) {
  try {
    await client.loadMarkets();
    for (const [market, symbol] of Object.entries(symbols)) await trade(market, symbol);
    await sync();
    if (round % 5 === 0) await lookAround();
  } catch (error) {
    failed(`round ${round}`, error);
  }
  for (let i = 0; i < 60 && !isOver(); i++) await sleep(100);
}
await finish();
await Promise.race([Promise.all(watching), sleep(2_000)]);
process.exit();
