/** Wins or losses in a row. */
export interface Streak {
  readonly isWin: boolean;
  readonly length: number;
  /** Quote, of all its trades. */
  readonly netPnl: number;
}

/** Euler and Mascheroni's constant. */
const GAMMA = 0.577_215_664_901_532_9;

/**
 * Finds the wins and losses in a row; a trade without a profit is a loss.
 *
 * @param trades - In order of their exits.
 */
export function streaksOf(trades: readonly { readonly netPnl: number }[]): readonly Streak[] {
  const streaks: { isWin: boolean; length: number; netPnl: number }[] = [];
  for (const { netPnl } of trades) {
    const isWin = netPnl > 0;
    const last = streaks.at(-1);
    if (last?.isWin === isWin) {
      last.length += 1;
      last.netPnl += netPnl;
    } else streaks.push({ isWin, length: 1, netPnl });
  }
  return streaks;
}

/**
 * Returns the longest streak of wins or losses; the first of equals.
 *
 * @param streaks - Of a run.
 * @param isWin - Which.
 */
export function longestStreak(streaks: readonly Streak[], isWin: boolean): Streak | undefined {
  return streaks
    .filter((streak) => streak.isWin === isWin)
    .reduce<Streak | undefined>(
      (best, streak) => (best === undefined || streak.length > best.length ? streak : best),
      undefined,
    );
}

/**
 * Returns about how long the longest streak would be if the outcomes were independent.
 *
 * @param trades - How many.
 * @param share - Of wins for a streak of wins, of losses for one of losses; between 0 and 1, both excluded.
 * @returns log₁/ₚ(n(1 − p)) + γ / ln(1/p) − ½, at least 0.
 * @see M. F. Schilling, The Longest Run of Heads, The College Mathematics Journal 21, 1990.
 */
export function expectedLongestStreak(trades: number, share: number): number {
  const log = Math.log(1 / share);
  return Math.max(0, Math.log(trades * (1 - share)) / log + GAMMA / log - 0.5);
}
