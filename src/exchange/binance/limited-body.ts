/** Why a body was not read to its end. */
export type BodyProblem = 'too-large' | 'too-slow';

/** Thrown for a body that is larger or slower than it may be. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';

  constructor(readonly problem: BodyProblem) {
    super(problem === 'too-large' ? 'the answer is too large' : 'the answer did not complete');
  }
}

/** What a body may cost. */
export interface BodyLimits {
  /** Unpacked. */
  readonly bytesMax: number;
  /** Longest silence between two pieces, ms; default none. */
  readonly idleMs?: number;
  /** Longest time for the whole body, ms; default none. */
  readonly totalMs?: number;
}

/**
 * Reads a body piece by piece: an answer that unpacks without end, or never ends, costs no more than its limits.
 *
 * @param response - Its body is not yet read.
 * @param limits - What it may cost.
 * @throws {BodyRefused} If it costs more; the connection is closed.
 */
export async function readLimitedBody(response: Response, limits: BodyLimits): Promise<Buffer> {
  const {
    bytesMax,
    idleMs = Number.POSITIVE_INFINITY,
    totalMs = Number.POSITIVE_INFINITY,
  } = limits;
  const reader = response.body?.getReader();
  if (reader === undefined) return Buffer.alloc(0);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const startTime = performance.now();
  try {
    for (;;) {
      const leftMs = Math.min(idleMs, totalMs - (performance.now() - startTime));
      const { done, value } = await withinTime(reader.read() as Promise<ReadPiece>, leftMs);
      if (done || value === undefined) return Buffer.concat(pieces);
      bytes += value.length;
      if (bytes > bytesMax) throw new BodyRefused('too-large');
      pieces.push(value);
    }
  } catch (error) {
    pieces.length = 0;
    void reader.cancel().catch(() => undefined);
    throw error;
  }
}

interface ReadPiece {
  readonly done: boolean;
  readonly value?: Uint8Array;
}

async function withinTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  if (!Number.isFinite(ms)) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BodyRefused('too-slow')), Math.max(0, ms));
  });
  try {
    return await Promise.race([promise, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}
