import { chance } from '../optimize/index.js';
import { VERDICT_LIMITS } from '../statistics/index.js';
import { formatAs, formatNumber, plural } from './shared/index.js';

const LIMITS = VERDICT_LIMITS;

/** One figure that says whether a result is more than luck. */
export interface VerdictCheck {
  readonly name: string;
  readonly value: string;
  /** What the verdict asks for; `undefined` where the figure is to be read and not judged. */
  readonly needed: string | undefined;
  /** `undefined` where nothing is asked for. */
  readonly isPassed: boolean | undefined;
  /** What the figure says, in plain words. */
  readonly meaning: string;
}

/** A figure that is to be read and not judged. */
export function shown(name: string, value: string, meaning: string): VerdictCheck {
  return { name, value, needed: undefined, isPassed: undefined, meaning };
}

/** A ratio, or a dash where there is none. */
export function ratioText(value: number | null | undefined): string {
  return value == null ? '–' : formatAs(value, 'ratio');
}

/** A figure, or a dash where there is none. */
export function figureText(value: number | null | undefined, decimals: number): string {
  return value == null ? '–' : formatNumber(value, decimals);
}

/**
 * Makes the checks that every verdict has. What fails keeps a result from a good word, or, where the word is a good one already,
 * from the best.
 */
export class VerdictChecks {
  readonly #isGood: boolean;

  /** @param isGood - Whether the word is Promising or better. */
  constructor(isGood: boolean) {
    this.#isGood = isGood;
  }

  /** A chance of luck. */
  chance(name: string, p: number, meaning: string): VerdictCheck {
    const max = this.#isGood ? LIMITS.convincingP : LIMITS.promisingP;
    return {
      name,
      value: chance(p),
      needed: `at most ${chance(max)}`,
      isPassed: p <= max,
      meaning,
    };
  }

  /** What only the best word asks for: marked where the word is a good one. */
  forBest(check: VerdictCheck): VerdictCheck {
    return this.#isGood ? check : { ...check, needed: undefined, isPassed: undefined };
  }

  /** How many weeks carry the result, and how many there are. */
  weeks(
    figures: { readonly bets: number | null; readonly weeks: number },
    length: string,
  ): VerdictCheck[] {
    const betsMin = this.#isGood ? LIMITS.convincingBetsMin : LIMITS.promisingBetsMin;
    const weeksMin = this.#isGood ? LIMITS.convincingWeeksMin : LIMITS.promisingWeeksMin;
    return [
      {
        name: 'Effective number of weeks',
        value: figureText(figures.bets, 1),
        needed: `at least ${betsMin}`,
        isPassed: (figures.bets ?? 0) >= betsMin,
        meaning:
          'Number of equally profitable weeks with the same concentration of the result, (ΣS²)² / ΣS⁴: small if a few weeks make the whole profit.',
      },
      {
        name: length,
        value: plural(figures.weeks, 'week'),
        needed: `at least ${weeksMin}`,
        isPassed: figures.weeks >= weeksMin,
        meaning: 'Number of weeks with candles.',
      },
    ];
  }

  /** Whether it holds in the parts of its period. */
  quarters(
    parts: { readonly inProfit: number; readonly tWithoutBest: number | null },
    whole: string,
  ): VerdictCheck[] {
    return [
      this.forBest({
        name: 'Quarters in profit',
        value: formatAs(parts.inProfit, 'count'),
        needed: `at least ${LIMITS.quartersMin}`,
        isPassed: parts.inProfit >= LIMITS.quartersMin,
        meaning: `Out of four consecutive quarters of ${whole}.`,
      }),
      this.forBest({
        name: 'Without the best quarter',
        value: `t ${figureText(parts.tWithoutBest, 1)}`,
        needed: `at least ${LIMITS.tWithoutBestMin}`,
        isPassed: (parts.tWithoutBest ?? 0) >= LIMITS.tWithoutBestMin,
        meaning: 'The t-statistic of the other three quarters.',
      }),
    ];
  }
}

/** Costs of each side, basis points. */
export function costsCheck(costs: number): VerdictCheck {
  return {
    name: 'Costs per side',
    value: `${Number(costs.toPrecision(6))} bp`,
    needed: 'above 0',
    isPassed: costs > 0,
    meaning:
      'Commission and slippage in basis points; a result without costs says nothing about trading.',
  };
}

/** How the neighbours of a winner in its grid did. */
export function plateauFigure(
  { width, neighbours }: { readonly width: number | null | undefined; readonly neighbours: number },
  whose: string,
): VerdictCheck {
  return shown(
    'Plateau width',
    width == null ? '–' : formatAs(width, 'fraction'),
    neighbours === 0
      ? 'The grid has no neighbours to compare with.'
      : `Share of the ${plural(neighbours, 'neighbour')} in the grid ${whose} that reach at least half of its value; below one half the optimum is an isolated peak.`,
  );
}

/** How much hangs on candles that held both levels; fraction. */
export function ambiguousFigure(share: number): VerdictCheck {
  return shown(
    'Ambiguous share',
    formatAs(share, 'fraction'),
    'Share of the gross profit and loss from candles that contain both stop and take-profit.',
  );
}
