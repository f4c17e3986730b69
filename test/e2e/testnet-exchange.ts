import { expect } from 'vitest';
import { WusProcess } from './wus-process.js';

/** A running `wus exchange`, and the key that it takes. */
interface TestnetExchange {
  readonly process: WusProcess;
  readonly url: string;
  readonly env: Record<string, string>;
}

/** Starts one at forty times the speed of the clock. */
export async function startExchange(cwd: string, ...more: string[]): Promise<TestnetExchange> {
  const args = ['exchange', '--port', '0', '--speed', '40', ...more];
  const process = new WusProcess(args, { cwd });
  const line = await process.waitFor(/REST and archives +http:\S+/);
  const key = await process.waitFor(/BINANCE_API_KEY=\S+ BINANCE_API_SECRET=\S+/);
  const env = Object.fromEntries(
    key.split(' ').map((part): [string, string] => [part.split('=')[0]!, part.split('=')[1]!]),
  );
  return { process, url: line.split(/ +/).at(-1) ?? '', env };
}

interface PlacedOrder {
  readonly clientOrderId: string;
  readonly side: string;
  readonly status: string;
  readonly executedQuantity: { readonly $decimal: string };
}

/** All orders that it ever took. */
export async function ordersAt(url: string): Promise<readonly PlacedOrder[]> {
  const state = (await (await fetch(`${url}/control/state`)).json()) as { orders: PlacedOrder[] };
  return state.orders;
}

/** Everything entered and left once, nothing sold that was not bought. */
export async function expectSoundOrders(url: string): Promise<void> {
  const orders = await ordersAt(url);
  expect(new Set(orders.map(({ clientOrderId }) => clientOrderId)).size).toBe(orders.length);
  const entries = orders.filter(({ side }) => side === 'BUY');
  const signals = entries.map(({ clientOrderId }) => clientOrderId.split('-')[2]);
  expect(new Set(signals).size).toBe(entries.length);
  const sum = (side: string): number =>
    orders
      .filter((order) => order.side === side)
      .reduce((total, order) => total + Number(order.executedQuantity.$decimal), 0);
  expect(sum('SELL')).toBeLessThanOrEqual(sum('BUY'));
  expect(sum('BUY') - sum('SELL')).toBeLessThan(0.011 + entries.length * 0.0001);
}
