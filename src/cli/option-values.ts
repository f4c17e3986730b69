import { parseSymbol, UsageError } from '../domain/index.js';
import { didYouMean } from '../util/index.js';

/**
 * Returns a parser of a numeric option.
 *
 * @param flag - For messages, `--balance`.
 * @param unit - What the option counts, as its help names it: `fraction`, `bps`, `quote`, …
 * @returns Throws a `UsageError` for what is no finite number; a percentage gets the number in the unit of the option that
 *   was meant, where there is one.
 */
export function numberOption(flag: string, unit?: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
    throw new UsageError(`${flag} ${text}: ${numberHint(text.trim(), unit)}`);
  };
}

/** So many of a unit are one percent. */
const PER_PERCENT: Readonly<Record<string, number>> = { fraction: 0.01, bps: 100 };

function numberHint(text: string, unit: string | undefined): string {
  const percent = Number(/^(-?\d*\.?\d+)\s*%$/.exec(text)?.[1] ?? Number.NaN);
  const scale = PER_PERCENT[unit ?? ''];
  const counts = unit === undefined ? '' : ` (the option counts ${unit})`;
  if (!Number.isNaN(percent)) {
    return scale === undefined
      ? `it must be a number, not a percentage${counts}`
      : `did you mean ${Number((percent * scale).toPrecision(12))}?${unit === 'bps' ? ' The option counts basis points: 100 are 1 %' : ''}`;
  }
  return `it must be a number${counts}`;
}

/** What other programs call the second market. */
const MARKET_WORDS = /^(futures?|usd-?m|um|perp(etual)?s?|swaps?|linear|margin-futures)$/i;

/**
 * Returns a parser of an option that takes one of some words.
 *
 * @param flag - For messages, `--market`.
 * @param choices - The words.
 * @returns Throws a `UsageError` that names them.
 */
export function choiceOption(flag: string, choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (choices.includes(text)) return text;
    const isMarket = choices.includes('usdm') && MARKET_WORDS.test(text);
    const hint = isMarket ? ' (did you mean "usdm"?)' : didYouMean(text, choices);
    throw new UsageError(`${flag} ${text}: it must be ${alternatives(choices)}${hint}`);
  };
}

/** `a or b`, `a, b or c`. */
function alternatives(choices: readonly string[]): string {
  const last = choices.at(-1) ?? '';
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} or ${last}`;
}

/** An option that may be given again, or with several values. */
export function repeatable(text: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), text];
}

/**
 * Returns a parser of an option that counts something.
 *
 * @param flag - For messages, `--top`.
 * @param smallest - Least count.
 * @returns Throws a `UsageError` for what is no integer from there on.
 */
export function countOption(flag: string, smallest: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isSafeInteger(value) && value >= smallest) return value;
    throw new UsageError(`${flag} ${text}: it must be an integer from ${smallest} on`);
  };
}

/**
 * Returns the words of an option that takes several, separated by spaces or commas.
 *
 * @param option - Value of the option; nothing when it was not given.
 */
export function listedWords(option: unknown): string[] {
  return ((option as readonly string[] | undefined) ?? [])
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/**
 * Reads a symbol that an option names.
 *
 * @param flag - For messages, `--symbols`.
 * @param text - As typed, in any case.
 * @returns In capitals.
 * @throws {UsageError} If it is none.
 */
export function symbolOption(flag: string, text: string): string {
  try {
    return parseSymbol(text.trim());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message.replace(/^symbol /, `${flag} `), { cause: error });
  }
}
