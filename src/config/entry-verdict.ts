import type { BestParamsEntry } from './best-params.js';
import { JUDGED_BY_OLDER, type VerdictWord } from './judgement-block.js';

/** The verdict on optimized parameters. */
export interface EntryVerdict {
  readonly word: VerdictWord;
  readonly sentence: string;
  /** Whether it is a good one: promising or convincing. */
  readonly isGood: boolean;
}

/**
 * Returns the verdict on an entry of `config/best_params.yaml`.
 *
 * @param entry - Of the file.
 * @returns What an older version found out counts as not proven; `undefined` where nobody judged.
 */
export function entryVerdict({
  judgement,
  robustness,
}: Pick<BestParamsEntry, 'judgement' | 'robustness'>): EntryVerdict | undefined {
  if (judgement !== undefined) {
    const { verdict, sentence } = judgement;
    return { word: verdict, sentence, isGood: isGoodWord(verdict) };
  }
  if (robustness === undefined) return undefined;
  return { word: 'Not proven', sentence: JUDGED_BY_OLDER, isGood: false };
}

/** Whether a word speaks for a result. */
export function isGoodWord(word: VerdictWord): boolean {
  return word === 'Promising' || word === 'Convincing';
}
