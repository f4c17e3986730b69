import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

interface Started {
  readonly process: WusProcess;
  readonly url: string;
  readonly key: string;
}

async function start(...args: string[]): Promise<Started> {
  const process = new WusProcess(['exchange', '--port', '0', '--days', '2', ...args], {
    cwd: tmpdir(),
  });
  const line = await process.waitFor(/REST and archives +http:\S+/);
  const key = await process.waitFor(/BINANCE_API_KEY=\S+ BINANCE_API_SECRET=\S+/);
  return { process, url: line.split(/ +/).at(-1) ?? '', key };
}

const json = async (url: string): Promise<Record<string, unknown>> =>
  (await (await fetch(url)).json()) as Record<string, unknown>;

describe('wus exchange', () => {
  test('has the time of this machine, whatever its start took', async () => {
    const { url } = await start('--market', 'both', '--days', '150');
    const before = Date.now();
    const { serverTime } = await json(`${url}/api/v3/time`);
    expect(serverTime).toBeGreaterThanOrEqual(before);
    expect(serverTime).toBeLessThanOrEqual(Date.now());
  });

  test('makes a random key, and with a seed always the same', async () => {
    const [first, second] = [await start(), await start()];
    expect(first.key).not.toBe(second.key);
    const [third, fourth] = [await start('--seed', '1'), await start('--seed', '1')];
    expect(third.key).toBe(fourth.key);
    expect([first.key, second.key]).not.toContain(third.key);
  });

  test('says once what clients ask for and do not find', async () => {
    const { process, url } = await start();
    for (let i = 0; i < 3; i++) await fetch(`${url}/api/v3/sor/order`);
    await process.waitFor(/Not supported: GET \/api\/v3\/sor\/order/);
    expect(process.output.match(/Not supported/g)).toHaveLength(1);
  });

  test('answers to a name only when it is allowed', async () => {
    const { url } = await start('--allow-host', 'exchange.test');
    expect(await askAs('exchange.test:9180', `${url}/api/v3/ping`)).toBe('{}');
    expect(await askAs('other.test', `${url}/api/v3/ping`)).toContain('--allow-host');
  });

  test('prices of both markets lie on their own grids; without gaps no minute is missing', async () => {
    const { url } = await start('--market', 'both', '--no-gaps');
    for (const [path, perUnit] of [
      ['/api/v3', 100],
      ['/fapi/v1', 10],
    ] as const) {
      const query = 'symbol=BTCUSDT&interval=1m&limit=1000';
      const rows = (await json(`${url}${path}/klines?${query}`)) as unknown as string[][];
      const off = rows
        .flatMap((row) => row.slice(1, 5))
        .filter((price) => {
          const ticks = Number(price) * perUnit;
          return Math.abs(ticks - Math.round(ticks)) > 1e-6;
        });
      expect(off).toEqual([]);
      expect(Number(rows.at(-1)![0]) - Number(rows[0]![0])).toBe(999 * 60_000);
    }
  });

  test('keeps its accounts over a restart: balances, orders, trades and positions', async () => {
    const cwd = temporaryFolder();
    const args = ['--market', 'both', '--seed', '3', '--accounts', path.join(cwd, 'accounts.json')];
    const first = await start(...args);
    const order = { symbol: 'BTCUSDT', side: 'BUY', quantity: '0.01' };
    const place = (url: string, body: object) =>
      fetch(`${url}/control/order`, { method: 'POST', body: JSON.stringify(body) });
    for (const market of ['spot', 'usdm']) {
      await place(first.url, { ...order, type: 'MARKET', market });
      const resting = { type: 'LIMIT', timeInForce: 'GTC', price: '50000' };
      // On USD-M far prices are refused.
      if (market === 'spot') await place(first.url, { ...order, ...resting, market });
    }
    const stateOf = (url: string, market: string) => json(`${url}/control/state?market=${market}`);
    const before = [await stateOf(first.url, 'spot'), await stateOf(first.url, 'usdm')];
    await first.process.end('SIGTERM');
    const second = await start(...args);
    expect(second.key).toBe(first.key);
    const after = [await stateOf(second.url, 'spot'), await stateOf(second.url, 'usdm')];
    for (const [i, members] of [
      ['balances', 'orders', 'trades', 'locks', 'nextOrderId'],
      ['wallets', 'positions', 'orders', 'trades', 'nextOrderId'],
    ].entries()) {
      for (const name of members) {
        expect(before[i]![name]).toBeDefined();
        expect(after[i]![name]).toEqual(before[i]![name]);
      }
    }
    await second.process.end('SIGTERM');
    const other = await runWus([
      'exchange',
      '--port',
      '0',
      '--days',
      '1',
      ...args,
      '--symbols',
      'XRPUSDT',
    ]);
    expect(other).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('start it with the same markets and symbols') as string,
    });
  });

  test.each([
    ['nonsense', /not an accounts file of wus exchange/],
    ['{"format":"wus-exchange-accounts-1","spot":"{"}', /not an accounts file of wus exchange/],
    [
      JSON.stringify({
        format: 'wus-exchange-accounts-1',
        spot: JSON.stringify({ symbols: { BTCUSDT: {}, ETHUSDT: {} }, time: 9e12 }),
      }),
      /after the start time of this exchange/,
    ],
  ])('refuses accounts %s', async (text, message) => {
    const file = path.join(temporaryFolder(), 'accounts.json');
    writeFileSync(file, text);
    const refused = await runWus(['exchange', '--port', '0', '--days', '1', '--accounts', file]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(message);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test.each([
    [['--pay-bnb', '--symbols', 'BTCUSDT'], /add BNBUSDT to --symbols/],
    [['--pay-bnb', '--symbols', 'ETHBTC,BNBUSDT'], /add BNBBTC to --symbols/],
    [['--pay-bnb', '--market', 'usdm'], /USD-M pays commission in the margin asset/],
  ])('refuses %j', async (args, message) => {
    const refused = await runWus(['exchange', '--port', '0', '--days', '1', ...args]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(message);
  });

  test('says that commission cannot be paid in BNB that the account has not', async () => {
    const { process } = await start('--pay-bnb', '--symbols', 'BTCUSDT,BNBUSDT');
    expect(process.output).toContain('--pay-bnb: the account has no BNB');
    const rich = await start('--pay-bnb', '--symbols', 'BNBUSDT', '--balance', 'USDT=10,BNB=1');
    expect(rich.process.output).not.toContain('has no BNB');
  });
});

/** `fetch()` may not name another host. */
function askAs(host: string, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
