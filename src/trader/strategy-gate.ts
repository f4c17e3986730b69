import { type Strategy, StrategyWithheld } from '../strategies/index.js';
import { featuresOf } from './refuse-research-strategy.js';

/**
 * Stands between a bot and its strategies until they were checked. Until then nothing is decided, so that no decision is lost;
 * a strategy whose signals mean nothing decides nothing at all: the position goes on with its stops.
 */
export class StrategyGate {
  readonly #guarded = new WeakMap<Strategy, Strategy>();
  readonly #problems = new WeakMap<Strategy, string>();
  #open: () => void = () => undefined;

  /** Resolves once strategies may decide. */
  readonly opened: Promise<void> = new Promise((resolve) => {
    this.#open = resolve;
  });

  /** Ends the wait for the checks. */
  open(): void {
    this.#open();
  }

  /**
   * Keeps what a check found of a strategy.
   *
   * @param strategy - Not guarded.
   * @param problem - Why its signals mean nothing; `undefined` if they are sound.
   */
  judge(strategy: Strategy, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(strategy);
    else this.#problems.set(strategy, problem);
  }

  /** Whether a strategy decides nothing. */
  isWithheld(strategy: Strategy): boolean {
    return this.#problems.has(strategy);
  }

  /** Returns a strategy as the bot may use it; the same object for the same strategy. */
  guard(strategy: Strategy): Strategy {
    const known = this.#guarded.get(strategy);
    if (known !== undefined) return known;
    /** Looked at once: a plan refuses such strategies, an edited file comes here. */
    let beside: readonly string[] | undefined;
    const guarded: Strategy = {
      ...strategy,
      signals: (...input) => {
        const problem = this.#problems.get(strategy);
        if (problem !== undefined) throw new StrategyWithheld(problem);
        beside ??= featuresOf(strategy, input);
        if (beside.length > 0) {
          throw new StrategyWithheld(
            `The strategy has ${beside.join(', ')}, which bots do not have yet`,
          );
        }
        return strategy.signals(...input);
      },
    };
    this.#guarded.set(strategy, guarded);
    return guarded;
  }
}
