/** What a bot says of itself: its trade log, its status, and what parity makes of it. */
export interface BotClaims {
  readonly symbol: string;
  /** Rows of the trade log by column. */
  readonly trades: readonly Readonly<Record<string, string>>[];
  /** Of `wus trader status --json`; what the audit looks at. */
  readonly status: ClaimedStatus;
  /** Of `wus parity --json`; absent where none was made. */
  readonly parity?: ClaimedParity;
  /** Initial balance of the bot, as text. */
  readonly initialBalance: string;
}

export interface ClaimedStatus {
  readonly symbol: string;
  readonly view: {
    readonly position?: {
      readonly side: 'long' | 'short';
      readonly quantity: number;
      readonly entryPrice: number;
    };
    readonly netPnl: number;
    readonly balance: number;
    readonly mismatch?: string;
  };
}

export interface ClaimedParity {
  readonly liveTrades: number;
  readonly liveNetPnl: number;
  readonly backtestNetPnl: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly rows: readonly { readonly unexplained: readonly string[] }[];
}

/** Reads a trade log: CSV with a header, quotes where a cell has commas. */
export function readTradeLog(text: string): Readonly<Record<string, string>>[] {
  const [header, ...rows] = text
    .split('\n')
    .filter((line) => line !== '')
    .map(cellsOf);
  return rows.map((cells) =>
    Object.fromEntries((header ?? []).map((name, i) => [name, cells[i] ?? ''])),
  );
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
}
