// Judges planted markets by the product's own search and judgement, and writes what came out: `make calibrate`.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inLanes } from './judged-search.js';
import type { Part, Row } from './part.js';
import { PARTS } from './parts.js';

const ROWS = 'dist-calibration/rows';
const LANES = 2;

const only = process.env.WUS_CALIBRATE_PARTS?.split(',');
mkdirSync(ROWS, { recursive: true });
for (const part of PARTS) {
  if (only === undefined || only.includes(part.name)) await runPart(part);
}

/** Rows that are there are not computed again: a calibration that was stopped goes on. */
async function runPart(part: Part): Promise<void> {
  const file = path.join(ROWS, `${part.name}.jsonl`);
  const known = new Set(rowsOf(file).map(({ job }) => job));
  const jobs = Array.from({ length: part.jobs }, (_, job) => job).filter((job) => !known.has(job));
  let done = known.size;
  await inLanes(jobs, LANES, async (pool, job) => {
    const row = await part.run(pool, job);
    appendFileSync(file, `${JSON.stringify({ job, row })}\n`);
    process.stderr.write(`${part.name} ${++done}/${part.jobs}\n`);
  });
}

function rowsOf(file: string): { readonly job: number; readonly row: Row }[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { job: number; row: Row });
}
