import { numberSetting, type SettingOutline } from '../domain/index.js';

/**
 * Declares a setting that is a distance in multiples of the ATR of the decision (S-70), `null` for none.
 *
 * @param outline - Its key and words.
 */
export function atrMultipleSetting<const Key extends string>(
  outline: Pick<SettingOutline<Key>, 'key' | 'flag' | 'description' | 'label'>,
): SettingOutline<Key, number | null> {
  return numberSetting({
    ...outline,
    unit: 'multiple',
    scope: 'research',
    default: null,
    expected: 'a multiple above 0 (2 = twice the ATR)',
    accepts: (value) => value > 0,
  });
}
