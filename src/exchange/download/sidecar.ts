import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../../files/index.js';

/** Candles that the exchange itself does not have. */
export interface RealGap {
  /** Open time of the first missing candle and of the next present one, ms UTC. */
  readonly start_time: number;
  readonly end_time: number;
}

const schema = z.object({
  version: z.literal(1),
  /** Before this instant the exchange has no candles of the symbol. */
  first_open_time: z.number().optional(),
  real_gaps: z.array(z.object({ start_time: z.number(), end_time: z.number() })),
  /** SHA-256 of the archives that were used, by file name. */
  archives: z.record(z.string(), z.string()),
});

/** What is remembered beside a candle file: gaps that were checked, archives that were used. */
export type Sidecar = z.infer<typeof schema>;

const EMPTY: Sidecar = { version: 1, real_gaps: [], archives: {} };

/** Path of the notes beside a candle file. */
export function sidecarPath(candlePath: string): string {
  return candlePath.replace(/\.csv$/, '.fetch.json');
}

/** Reads the notes; lost or broken ones are empty, which only costs that gaps are checked again. */
export async function readSidecar(candlePath: string): Promise<Sidecar> {
  try {
    return schema.parse(JSON.parse(await readFile(sidecarPath(candlePath), 'utf8')));
  } catch {
    return { ...EMPTY, real_gaps: [], archives: {} };
  }
}

/** Writes the notes. */
export async function writeSidecar(candlePath: string, sidecar: Sidecar): Promise<void> {
  await writeFileAtomic(sidecarPath(candlePath), `${JSON.stringify(sidecar, null, 2)}\n`);
}

/** Adds a gap, joined with those it touches. */
export function withRealGap(gaps: readonly RealGap[], gap: RealGap): RealGap[] {
  const joined = { ...gap };
  const others = gaps.filter((other) => {
    const touches = other.start_time <= joined.end_time && other.end_time >= joined.start_time;
    if (!touches) return true;
    joined.start_time = Math.min(joined.start_time, other.start_time);
    joined.end_time = Math.max(joined.end_time, other.end_time);
    return false;
  });
  return [...others, joined].sort((a, b) => a.start_time - b.start_time);
}
