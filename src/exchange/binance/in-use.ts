import { z } from 'zod';
import {
  type InstrumentRules,
  type ReadingNote,
  RequestNotSent,
  RequestRefused,
} from '../ports/index.js';
import { problemText } from './read-answer.js';

/** Symbols whose rules were asked for are in use, and so are their assets: nothing of them is left out when it is odd. */
export class InUse {
  readonly #rules = new Map<string, InstrumentRules>();
  readonly #onNote: ((note: ReadingNote) => void) | undefined;

  /** @param onNote - Gets word of rules that cannot be read. */
  constructor(onNote: ((note: ReadingNote) => void) | undefined) {
    this.#onNote = onNote;
  }

  /** The symbol whose rules were asked for last. */
  get lastSymbol(): string | undefined {
    return [...this.#rules.keys()].at(-1);
  }

  hasSymbol(symbol: unknown): boolean {
    return typeof symbol === 'string' && this.#rules.has(symbol);
  }

  hasAsset(asset: unknown): boolean {
    return [...this.#rules.values()].some(({ baseAsset, quoteAsset }) =>
      [baseAsset, quoteAsset].some((used) => asset === used),
    );
  }

  /**
   * Reads the rules of symbols out of a list that may hold anything about others. Rules that could be read before and
   * cannot be read now stay as they were.
   *
   * @param symbols - Wanted.
   * @param rows - All rows.
   * @param read - Reads one; throws if it cannot.
   * @throws {RequestRefused} `unknown-symbol` if one is not among them.
   * @throws {RequestNotSent} If one could never be read.
   */
  rulesOf(
    symbols: readonly string[],
    rows: readonly unknown[],
    read: (row: unknown) => InstrumentRules,
  ): ReadonlyMap<string, InstrumentRules> {
    const found = new Map<string, InstrumentRules>();
    for (const symbol of symbols) {
      const row = rows.find((one) => (one as { symbol?: unknown } | null)?.symbol === symbol);
      if (row === undefined) throw new RequestRefused('unknown-symbol', `${symbol}: unknown`);
      const rules = this.#read(symbol, row, read);
      this.#rules.delete(symbol);
      this.#rules.set(symbol, rules);
      found.set(symbol, rules);
    }
    return found;
  }

  #read(symbol: string, row: unknown, read: (row: unknown) => InstrumentRules): InstrumentRules {
    try {
      return read(row);
    } catch (error) {
      const problem = error instanceof z.ZodError ? problemText(error) : (error as Error).message;
      const former = this.#rules.get(symbol);
      if (former === undefined) {
        throw new RequestNotSent(`exchangeInfo: the rules of ${symbol} cannot be read: ${problem}`);
      }
      const text = `the rules of ${symbol} cannot be read (${problem}): the previous rules stay in force`;
      this.#onNote?.({ kind: `rules of ${symbol}`, text });
      return former;
    }
  }
}
