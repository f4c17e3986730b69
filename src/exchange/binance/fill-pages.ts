import type { Fill } from '../ports/index.js';

/** Most fills of one answer. */
export const PAGE_FILLS = 1_000;

/**
 * Fetches all fills from an instant on, though one answer carries only so many of them.
 *
 * @param startTime - First instant, ms UTC.
 * @param fetchPage - Answers with the oldest fills from an instant on, at most `PAGE_FILLS`.
 * @returns Each fill once, oldest first.
 */
export async function allFills(
  startTime: number,
  fetchPage: (startTime: number) => Promise<readonly Fill[]>,
): Promise<readonly Fill[]> {
  const fills = new Map<string, Fill>();
  for (let from = startTime; ; ) {
    const page = await fetchPage(from);
    for (const fill of page) fills.set(fill.tradeId, fill);
    if (page.length < PAGE_FILLS) return [...fills.values()];
    const next = page.at(-1)!.time;
    // More of one ms than fit cannot be asked for by time: the next ms goes on.
    from = next > from ? next : from + 1;
  }
}

/**
 * Returns the windows that cover a span where one answer covers only so much of it, oldest first.
 *
 * @param startTime - First instant, ms UTC.
 * @param endTime - Last instant, ms UTC.
 * @param spanMs - Longest window.
 */
export function timeWindows(
  startTime: number,
  endTime: number,
  spanMs: number,
): { readonly startTime: number; readonly endTime: number }[] {
  const count = Math.max(1, Math.ceil((endTime - startTime + 1) / spanMs));
  return Array.from({ length: count }, (_, i) => ({
    startTime: startTime + i * spanMs,
    endTime: startTime + (i + 1) * spanMs - 1,
  }));
}
