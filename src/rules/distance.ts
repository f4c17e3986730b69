import { numberSetting, type SettingOutline } from '../domain/index.js';

/** Distances above this are more likely percent than fractions. */
export const WIDE_DISTANCE = 0.5;

/**
 * Declares a setting that is a distance from a price, `null` for none.
 *
 * @param outline - Its key and words, and whether it must lie below 1.
 */
export function distanceSetting<const Key extends string>({
  isBelowOne,
  ...outline
}: Pick<SettingOutline<Key>, 'key' | 'flag' | 'description' | 'label' | 'belowForShorts'> & {
  readonly isBelowOne: boolean;
}): SettingOutline<Key, number | null> {
  return numberSetting({
    ...outline,
    unit: 'fraction',
    default: null,
    isDistance: true,
    expected: isBelowOne
      ? 'a fraction above 0 and below 1 (0.02 = 2 %)'
      : 'a fraction above 0 (0.02 = 2 %)',
    accepts: (value) => value > 0 && (!isBelowOne || value < 1),
    ...(isBelowOne ? { hint: fractionHint } : {}),
  });
}

/**
 * Returns what a distance that is too large was likely meant to be, as the end of a sentence.
 *
 * @param value - A fraction as typed.
 */
export function fractionHint(value: number): string {
  return value > WIDE_DISTANCE && value < 100 ? `; did you mean ${withoutNoise(value / 100)}?` : '';
}

/** Says what is wrong with a wide distance, from its value on; without what permits it. */
export function wideDistanceText(value: number): string {
  return `is ${value}, that is ${withoutNoise(value * 100)} %${fractionHint(value)}`;
}

/** Without the noise of a binary division: 2.3 gives 0.023. */
function withoutNoise(value: number): number {
  return Number(value.toPrecision(12));
}
