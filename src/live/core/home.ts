import type { Home } from './memory.js';

/** What a look at an exchange shows of where the bot is; what it does not show is `null`. */
export type SeenHome = Home;

const WORLDS: Readonly<Record<string, string>> = {
  real: 'a real exchange',
  practice: "the test funds of Binance's testnet",
  local: 'a local exchange',
  paper: 'simulated fills',
};

/**
 * Says why a saved state must not be gone on with here: its orders and its position are somewhere else.
 *
 * @param home - Of the state.
 * @param seen - Where the bot is now.
 * @returns `undefined` if nothing speaks against it.
 */
export function foreignHome(home: Home, seen: SeenHome): string | undefined {
  if (differs(home.world, seen.world)) {
    return `The saved state belongs to ${worldText(home.world)}, but this is ${worldText(seen.world)}: its position and orders are there, not here`;
  }
  if (differs(home.account, seen.account)) {
    return `The saved state belongs to account ${home.account}, but the key belongs to account ${seen.account}: its position and orders are there, not here`;
  }
  return undefined;
}

/** Returns where the state belongs after a look: what was seen once stays. */
export function settledHome(home: Home, seen: SeenHome): Home {
  const world = home.world ?? seen.world;
  const account = home.account ?? seen.account;
  return world === home.world && account === home.account ? home : { world, account };
}

const differs = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && a !== b;

const worldText = (world: string | null): string => WORLDS[world ?? ''] ?? String(world);
