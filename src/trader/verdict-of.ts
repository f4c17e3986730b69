import { type BestParamsEntry, entryVerdict } from '../config/index.js';

/** What is known about the worth of optimized parameters. */
export interface Verdict {
  /** Whether their result is more than luck, as far as tests can tell. */
  readonly isProven: boolean;
  /** For people. */
  readonly sentence: string;
}

/**
 * Reads what an optimization found out about its winner. The only place that knows how `best_params.yaml` says it.
 *
 * @param entry - Of the file.
 * @param changed - Settings that are traded with other values: the verdict is not about those.
 */
export function verdictOf(entry: BestParamsEntry, changed: readonly string[]): Verdict {
  const judged = entryVerdict(entry);
  const verdict: Verdict =
    judged === undefined
      ? { isProven: false, sentence: 'Not judged: the result was not tested for luck.' }
      : {
          isProven: judged.isGood,
          sentence: judged.isGood ? judged.sentence : unproven(judged.sentence),
        };
  if (changed.length === 0) return verdict;
  const names = changed.join(', ');
  return {
    isProven: false,
    sentence: `${verdict.sentence} This applies to the optimized values; ${names} ${changed.length === 1 ? 'has' : 'have'} a different, untested value here.`,
  };
}

/** Whatever the words of a verdict are, they must not sound like a proof. */
function unproven(sentence: string): string {
  return /not proven|no evidence/i.test(sentence) ? sentence : `Not proven: ${sentence}`;
}
