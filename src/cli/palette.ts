import picocolors from 'picocolors';
import type { Palette } from './terminal.js';

/**
 * Returns colours, or functions that change nothing.
 *
 * @param hasColors - Whether they are wanted.
 */
export function createPalette(hasColors: boolean): Palette {
  return picocolors.createColors(hasColors);
}
