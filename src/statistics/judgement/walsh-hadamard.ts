/**
 * Transforms values in place by the unnormalised Walsh-Hadamard transform in natural order:
 * out[b] = Σ in[p]·(-1)^popcount(p AND b).
 *
 * Two steps of the usual algorithm are one pass here (radix 4), which halves the reads and writes.
 *
 * @param values - Length: a power of two.
 */
export function walshHadamard(values: Float64Array): void {
  const { length } = values;
  let half = 1;
  for (; 4 * half <= length; half *= 4) {
    for (let start = 0; start < length; start += 4 * half) {
      const end = start + half;
      for (let k = start; k < end; k++) {
        const a = values[k]!;
        const b = values[k + half]!;
        const c = values[k + 2 * half]!;
        const d = values[k + 3 * half]!;
        const sumAB = a + b;
        const sumCD = c + d;
        const differenceAB = a - b;
        const differenceCD = c - d;
        values[k] = sumAB + sumCD;
        values[k + half] = differenceAB + differenceCD;
        values[k + 2 * half] = sumAB - sumCD;
        values[k + 3 * half] = differenceAB - differenceCD;
      }
    }
  }
  if (half === length) return;
  for (let k = 0; k < half; k++) {
    const a = values[k]!;
    const b = values[k + half]!;
    values[k] = a + b;
    values[k + half] = a - b;
  }
}
