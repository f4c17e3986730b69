import { expect, test } from 'vitest';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const BUSY = [
  ...['trader', '--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
  ...['--symbol', 'BTCUSDT', '--interval', '1m', '--units', '0.01', '--mode', 'testnet'],
  ...['--trailing-stop-loss', '0.004', '--take-profit', '0.0012'],
];
const MARKETS: Readonly<Record<'spot' | 'usdm', readonly string[]>> = {
  spot: [],
  usdm: ['--market', 'usdm', '--leverage', '2'],
};

interface Order {
  readonly clientOrderId: string;
  readonly status: string;
  readonly type: string;
}

/** Kinds of the orders of the trader that are open at the exchange. */
async function restingAt(url: string, market: string): Promise<string[]> {
  const answer = await fetch(`${url}/control/state?market=${market}`);
  const { orders, algoOrders = [] } = (await answer.json()) as Record<string, Order[]>;
  return [...orders!, ...algoOrders]
    .filter(({ status, clientOrderId }) => status === 'NEW' && clientOrderId.startsWith('wus-'))
    .map(({ type }) => type)
    .sort();
}

test.each([
  ['spot', ['LIMIT_MAKER', 'STOP_LOSS']],
  ['usdm', ['LIMIT', 'STOP_MARKET']],
] as const)(
  'on %s a stop and a take-profit outlive kill -9 at the exchange, and the next start goes on with both',
  async (market, resting) => {
    const cwd = temporaryFolder();
    const args = ['exchange', '--market', market, '--port', '0', '--speed', '40'];
    const exchange = new WusProcess(args, { cwd });
    const url = (await exchange.waitFor(/REST and archives +http:\S+/)).split(/ +/).at(-1) ?? '';
    const key = await exchange.waitFor(/BINANCE_API_KEY=\S+ BINANCE_API_SECRET=\S+/);
    const env = Object.fromEntries(
      key.split(' ').map((part): [string, string] => [part.split('=')[0]!, part.split('=')[1]!]),
    );
    const wanted = [...BUSY, ...MARKETS[market], '--rest-url', url];
    const first = new WusProcess(wanted, { cwd, env });
    await first.waitFor(/stop rests on the exchange at .*/);
    await first.waitFor(/take-profit rests on the exchange at .*/);
    await first.end('SIGKILL');
    // Nothing at all, if the market was faster than the kill.
    const left = await restingAt(url, market);
    expect(left.length === 0 ? resting : left).toEqual(resting);
    const again = new WusProcess(wanted, { cwd, env });
    await again.waitFor(/, resumed/);
    await again.waitFor(/exit: (long|short) .*/);
    await again.waitFor(/take-profit rests on the exchange at .*/);
    const { stdout } = await runWus(['trader', 'status'], { cwd });
    expect(stdout).toMatch(
      /without a stop (once|\d+ times) while it was placed or moved, at most [\d.]+ m?s/,
    );
    expect(await again.end('SIGTERM')).toBe(143);
    expect(again.output).not.toMatch(/MISMATCH|orphan|watched/);
    await exchange.end('SIGINT');
  },
);
