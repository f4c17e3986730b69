/** What cross-validation says about choosing from a grid; judged by nothing. */
export type ChoiceFinding = 'plateau' | 'choice-helps' | 'choice-fails' | 'unclear';

const LOSS_LOW = 0.05;
const LOSS_HIGH = 0.2;
const OVERFITTING_HIGH = 0.2;

/**
 * Returns what cross-validation says about choosing.
 *
 * @param overfitting - Probability of overfitting.
 * @param loss - Share of splits in which the best of one half loses money in the other.
 */
export function choiceFinding(overfitting: number, loss: number): ChoiceFinding {
  if (loss <= LOSS_LOW) return overfitting > OVERFITTING_HIGH ? 'plateau' : 'choice-helps';
  return loss > LOSS_HIGH ? 'choice-fails' : 'unclear';
}
