import { readRuntimeConfigText } from '../config/index.js';

/** Looks this often. */
const POLL_MS = 1_000;

/**
 * Watches a file by looking at it: editors and tools that replace files cannot slip through. A change is told when it has stood
 * still for one look, so that nobody reads half a file.
 *
 * @param file - Path; it need not exist.
 * @param first - Content that is known already.
 * @param onChange - Gets the new content, `undefined` when the file is gone or cannot be read.
 * @param options - How often it is looked at; default 1,000 ms.
 * @returns A function that ends it.
 */
export function watchFileText(
  file: string,
  first: string | undefined,
  onChange: (text: string | undefined) => Promise<void>,
  options: { readonly pollMs?: number } = {},
): () => void {
  let known = first;
  let seen = first;
  let isEnded = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const text = await readRuntimeConfigText(file).catch(() => undefined);
    const isQuiet = text === seen;
    seen = text;
    if (isQuiet && text !== known) {
      known = text;
      await onChange(text);
    }
  };
  const again = (): void => {
    timer = setTimeout(() => {
      void look().finally(() => {
        if (!isEnded) again();
      });
    }, options.pollMs ?? POLL_MS);
  };
  again();
  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}
