/** What the name of a trade log says. */
export interface TradeLogSubject {
  /** `paper`, `live`, … */
  readonly environment: string;
  readonly market: string;
  readonly symbol: string;
  readonly interval: string;
  /** Class name. */
  readonly strategy: string;
  /** Of a market that begins anew with every start: when it began. */
  readonly session?: string | undefined;
}

const ENDING = '_trades.csv';

/** Symbols may be any letters; names of files may not. */
export function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]/g, (letter) => `~${letter.codePointAt(0)?.toString(16)}`);
}

/**
 * Returns the name of the trade log of a bot.
 *
 * @param subject - What it is about.
 */
export function tradeLogName(subject: TradeLogSubject): string {
  const { environment, market, symbol, interval, strategy, session } = subject;
  const parts = [environment, market, symbol, interval, strategy];
  const all = session === undefined ? parts : [...parts, session];
  return `${all.map(fileName).join('_')}${ENDING}`;
}

/**
 * Reads the name of a trade log, with or without its folder.
 *
 * @param file - Path.
 * @returns The parts as `fileName` writes them; `undefined` if `tradeLogName` did not make the name.
 */
export function readTradeLogName(file: string): TradeLogSubject | undefined {
  const name = file.split(/[\\/]/).at(-1) ?? '';
  if (!name.endsWith(ENDING)) return undefined;
  const [environment, market, symbol, interval, strategy, session] = name
    .slice(0, -ENDING.length)
    .split('_');
  if (strategy === undefined || environment === undefined) return undefined;
  if (market === undefined || symbol === undefined || interval === undefined) return undefined;
  return { environment, market, symbol, interval, strategy, session };
}

/**
 * Names a session by its start, so that names are in order of time.
 *
 * @param startTime - ms UTC.
 */
export function sessionName(startTime: number): string {
  return new Date(startTime).toISOString().replaceAll(':', '-');
}

/**
 * Returns the state folder of the bot that writes a log, below the folder of all states.
 *
 * @param subject - As `readTradeLogName` reads it.
 */
export function stateFolderOf({ environment, market, symbol }: TradeLogSubject): string {
  return `${environment}/${market}-${symbol}`;
}

/**
 * Says whether a log is one of a symbol.
 *
 * @param subject - As `readTradeLogName` reads it.
 * @param symbol - As the exchange writes it.
 */
export function isLogOf(subject: TradeLogSubject, symbol: string): boolean {
  return subject.symbol === fileName(symbol);
}
