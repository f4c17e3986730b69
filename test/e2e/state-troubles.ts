// State folders that are not whole, and what a start beside an open position makes of them.
import {
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { BTC, ETH, type KilledTrader, killedHolding } from './killed-holding.js';
import { MANAGED } from './start-mishaps.js';
import { ordersAt } from './testnet-exchange.js';

/** What the trader left of one bot. */
export function botFolder(cwd: string, symbol = 'BTCUSDT'): string {
  const [environment = ''] = readdirSync(path.join(cwd, 'state'));
  return path.join(cwd, 'state', environment, `spot-${symbol}`);
}

/** Files of a folder by name. */
export const filesOf = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => path.join(folder, name));

export interface StateTrouble {
  readonly name: string;
  readonly happen: (world: KilledTrader, folder: string) => unknown;
  /** In this order. */
  readonly says: readonly RegExp[];
  readonly within?: readonly string[];
  readonly isShort?: boolean;
}

/** The lock of a dead trader becomes that of one whose process cannot be seen from here. */
function lockElsewhere(
  folder: string,
  more: (where: { readonly lock: string }) => Record<string, unknown>,
): void {
  const lock = path.join(folder, 'lock');
  const owner = JSON.parse(readFileSync(lock, 'utf8')) as Record<string, unknown>;
  const elsewhere = { ...owner, host: 'elsewhere', boot: 'another', start: '1', ...more({ lock }) };
  writeFileSync(lock, JSON.stringify(elsewhere));
}

const READ_ONLY = 'mount --bind state state && mount -o remount,ro,bind state && exec "$@"';

/** An order of a trader that the state does not know. */
const LOOSE_ORDER = /BTCUSDT +ALARM order wus-\S+ is open at the exchange.*wus trader adopt/;

/** The trader goes on. */
export const BEARABLE: readonly StateTrouble[] = [
  {
    name: 'others may write to it',
    happen: (_, folder) => chmodSync(folder, 0o777),
    says: [/WARNING other users can write to .*spot-BTCUSDT.*chmod 700 it/, MANAGED],
  },
  {
    // What is left may end before the entry: then its orders at the exchange show it, as below.
    name: 'the journal was copied in half',
    happen: (_, folder) => {
      const [journal = ''] = filesOf(folder, /^journal-/);
      const bytes = readFileSync(journal);
      writeFileSync(journal, bytes.subarray(0, bytes.length / 2));
    },
    says: [new RegExp(`${MANAGED.source}|${LOOSE_ORDER.source}`)],
  },
  {
    // Its orders at the exchange show it: even a self-test that fails, for want of money, ends nothing.
    name: 'the journal was not copied',
    happen: (_, folder) => {
      for (const journal of filesOf(folder, /^journal-/)) rmSync(journal);
    },
    says: [LOOSE_ORDER, /BTCUSDT +[\d,.]+ +flat +MISMATCH/],
    isShort: true,
  },
  {
    name: 'the process table is that of another machine',
    happen: (_, folder) => lockElsewhere(folder, ({ lock }) => ({ file: statSync(lock).ino })),
    says: [MANAGED],
  },
];

/** The start is refused in one line, or in two. */
export const UNBEARABLE: readonly StateTrouble[] = [
  {
    // The original may still trade.
    name: 'the folder is a copy of that of another machine',
    happen: (_, folder) => lockElsewhere(folder, () => ({ file: 1 })),
    says: [
      /spot-BTCUSDT was in use by process \d+ on elsewhere; this folder is a copy/,
      /make sure that process has ended, then remove .*lock and start again/,
    ],
  },
  {
    name: 'the snapshot was not copied',
    happen: (_, folder) => {
      for (const snapshot of filesOf(folder, /^state-/)) rmSync(snapshot);
    },
    says: [
      /spot-BTCUSDT: The saved state is damaged \(no complete snapshot is left\).*wus trader adopt/,
    ],
    isShort: true,
  },
  {
    name: 'only the status was copied',
    happen: (_, folder) => {
      for (const file of filesOf(folder, /^(state|journal)-/)) rmSync(file);
    },
    says: [
      /spot-BTCUSDT has status\.json, but neither a snapshot nor a journal: it is an incomplete copy/,
    ],
  },
  {
    name: 'the disk is read-only',
    happen: () => undefined,
    says: [/lock: the disk is read-only; make the folder writable\. Do not use another folder/],
    within: ['unshare', '-rm', 'sh', '-c', READ_ONLY, 'sh'],
    isShort: true,
  },
];

/** Starts a trader that was killed over a position with each of these states. */
export async function startWithStates(
  troubles: readonly StateTrouble[],
  { goesOn }: { readonly goesOn: boolean },
): Promise<void> {
  const world = await killedHolding([BTC, ETH]);
  const folder = botFolder(world.cwd);
  const root = path.dirname(folder);
  const kept = path.join(world.cwd, 'kept');
  cpSync(root, kept, { recursive: true });
  const problems: string[] = [];
  for (const trouble of troubles) {
    rmSync(root, { recursive: true });
    cpSync(kept, root, { recursive: true });
    await trouble.happen(world, folder);
    const trader = world.startWithin(trouble.within);
    try {
      for (const pattern of trouble.says) await trader.waitFor(pattern);
      if (goesOn) expect(trader.isRunning).toBe(true);
      else expect(trader.output.trim().split('\n').length).toBeLessThan(3);
    } catch (error) {
      problems.push(`${trouble.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await trader.end('SIGKILL');
  }
  expect(problems).toEqual([]);
  const orders = await ordersAt(world.url);
  expect(orders.filter(({ side }) => side === 'SELL').map(({ status }) => status)).toEqual(['NEW']);
}
