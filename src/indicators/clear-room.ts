/**
 * Floats of two values differ from them by at most 2^-24 of the larger one each; a tie is far nearer (S-05). What differs by more
 * than this share of the largest value is no tie.
 */
const ROOM_SHARE = 2 ** -22;
/** Room between which floats are as precise as that. */
const ROOM_MIN = 2 ** -100;
const ROOM_MAX = 2 ** 100;

/**
 * Returns how far apart floats of two columns must be for their values to compare in the same way.
 *
 * @param size - Largest absolute value of both.
 * @param error - What both together may be off by before they are rounded.
 * @returns `undefined` when the values are too large or too small for floats.
 */
export function clearRoom(size: number, error: number): number | undefined {
  const room = ROOM_SHARE * size + error;
  return room >= ROOM_MIN && room <= ROOM_MAX ? room : undefined;
}
