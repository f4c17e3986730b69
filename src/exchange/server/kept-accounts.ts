import { type Market, UserError } from '../../domain/index.js';
import { parseState, type SpotState, type UsdmState } from '../simulated/index.js';

/** The accounts of an exchange as they were when it stopped, by market: snapshots of each. */
export type KeptAccounts = Partial<Readonly<Record<Market, string>>>;

const FORMAT = 'wus-exchange-accounts-1';

/** Writes accounts as the text of a file. */
export function keptAccountsText(accounts: KeptAccounts): string {
  return `${JSON.stringify({ format: FORMAT, ...accounts })}\n`;
}

/** Where the accounts are to go on. */
interface Continuation {
  /** The file, for messages. */
  readonly path: string;
  readonly symbols: Partial<Readonly<Record<Market, readonly string[]>>>;
  /** Exchange time at the start, ms UTC. */
  readonly startTime: number;
}

/**
 * Reads accounts that `keptAccountsText()` wrote.
 *
 * @param text - Content of the file.
 * @param continuation - Markets, symbols and time of the exchange that goes on with them.
 * @throws {UserError} If it is no such file, or one of other markets, other symbols or a later time.
 */
export function readKeptAccounts(
  text: string,
  { path, symbols, startTime }: Continuation,
): KeptAccounts {
  const kept = parsed(text, path);
  for (const market of ['spot', 'usdm'] as const) {
    const snapshot = kept[market];
    const now = [...(symbols[market] ?? [])].sort().join(',');
    const state = snapshot === undefined ? undefined : stateIn(snapshot, path);
    const before = Object.keys(state?.symbols ?? {})
      .sort()
      .join(',');
    if (now !== before) {
      throw new UserError(
        `${path}: its accounts trade ${before || 'nothing'} on ${market}, this exchange ${now || 'nothing'}; start it with the same markets and symbols, or give another file`,
      );
    }
    if (state !== undefined && state.time > startTime) {
      const moment = new Date(state.time).toISOString();
      throw new UserError(
        `${path}: its accounts were saved at ${moment}, after the start time of this exchange; start it later (--start), or give another file`,
      );
    }
  }
  return kept;
}

function parsed(text: string, path: string): KeptAccounts {
  try {
    const value = JSON.parse(text) as { format?: unknown; spot?: unknown; usdm?: unknown };
    const isText = (entry: unknown): boolean => entry === undefined || typeof entry === 'string';
    if (value.format === FORMAT && isText(value.spot) && isText(value.usdm)) {
      const { format: _, ...kept } = value;
      return kept as KeptAccounts;
    }
  } catch {
    // Not JSON: said below.
  }
  throw noAccounts(path);
}

function stateIn(snapshot: string, path: string): Pick<SpotState & UsdmState, 'symbols' | 'time'> {
  try {
    return parseState<SpotState & UsdmState>(snapshot);
  } catch {
    throw noAccounts(path);
  }
}

function noAccounts(path: string): UserError {
  return new UserError(
    `${path}: not an accounts file of wus exchange; give another file with --accounts`,
  );
}
