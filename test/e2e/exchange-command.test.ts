import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { runWus } from './wus.js';
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
    await process.waitFor(/Asked for, but not here: GET \/api\/v3\/sor\/order/);
    expect(process.output.match(/not here/g)).toHaveLength(1);
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
