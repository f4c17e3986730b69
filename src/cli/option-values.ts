import { UsageError } from '../domain/index.js';

/**
 * Returns a parser of a numeric option.
 *
 * @param flag - For messages, `--balance`.
 * @returns Throws a `UsageError` for what is no finite number; percent signs get the fraction that was meant.
 */
export function numberOption(flag: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
    const percent = /^(-?[\d.]+)\s*%$/.exec(text);
    const hint =
      percent === null ? 'it must be a number' : `did you mean ${fractionOf(percent[1]!)}?`;
    throw new UsageError(`${flag} ${text}: ${hint}`);
  };
}

/** An option that may be given again, or with several values. */
export function repeatable(text: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), text];
}

function fractionOf(percent: string): number {
  return Number((Number(percent) / 100).toPrecision(12));
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
 * Returns the words of an option that takes several, separated by blanks or commas.
 *
 * @param option - Value of the option; nothing when it was not given.
 */
export function listedWords(option: unknown): string[] {
  return ((option as readonly string[] | undefined) ?? [])
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
