/**
 * Returns the indices of numbers in ascending order of these; equal ones stay in order, `NaN` is left out.
 *
 * @param values - Shape `[n]`.
 * @param isCounted - Rows to leave out. Shape `[n]`, 0 or 1.
 * @returns Shape `[n - left out]`.
 */
export function rankOrder(values: Float64Array, isCounted?: Uint8Array): Uint32Array {
  const order = new Uint32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]!) && isCounted?.[i] !== 0) order[count++] = i;
  }
  return radixSort(values, order.subarray(0, count));
}

/** Sixteen bits at a time, from the least significant: a comparison function is ten times slower. */
function radixSort(values: Float64Array, order: Uint32Array): Uint32Array {
  const words = new Uint16Array(values.buffer, values.byteOffset, values.length * 4);
  let from = order;
  let to = new Uint32Array(order.length);
  const starts = new Uint32Array(65_537);
  for (let digit = 0; digit < 4; digit++) {
    starts.fill(0);
    for (let k = 0; k < from.length; k++) {
      const place = from[k]! * 4;
      starts[key(words[place + digit]!, words[place + 3]!, digit) + 1]!++;
    }
    for (let k = 1; k < starts.length; k++) starts[k]! += starts[k - 1]!;
    for (let k = 0; k < from.length; k++) {
      const place = from[k]! * 4;
      to[starts[key(words[place + digit]!, words[place + 3]!, digit)]!++] = from[k]!;
    }
    [from, to] = [to, from as Uint32Array<ArrayBuffer>];
  }
  return from;
}

/** Makes the bits of doubles sort like their values: negative ones upside down, positive ones above them. */
function key(word: number, top: number, digit: number): number {
  if (top >= 0x8000) return word ^ 0xffff;
  return digit === 3 ? word | 0x8000 : word;
}
