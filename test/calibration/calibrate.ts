// Judges planted markets by the product's own search and judgement and writes docs/reference/calibration.md: `make calibrate`.
// A calibration that was stopped goes on where it stopped; WUS_CALIBRATE_PARTS=noise,edges runs some parts and writes nothing;
// WUS_CALIBRATE_SEED=1 plants other markets and writes dist-calibration/calibration-1.md.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inLanes } from './judged-search.js';
import { OTHER_SEEDS } from './other-seeds.js';
import type { Part, Row } from './part.js';
import { PARTS } from './parts.js';
import { hasRealMoves } from './real-moves.js';
import { calibrationPage } from './table.js';

const ROWS = `dist-calibration/rows${OTHER_SEEDS === 0 ? '' : `-${OTHER_SEEDS}`}`;
const PAGE =
  OTHER_SEEDS === 0
    ? 'docs/reference/calibration.md'
    : `dist-calibration/calibration-${OTHER_SEEDS}.md`;
const LANES = 2;

const only = process.env.WUS_CALIBRATE_PARTS?.split(',');
mkdirSync(ROWS, { recursive: true });
if (!hasRealMoves) {
  process.stderr.write(
    'SKIPPED: noise with the moves of real coins, ../shared/data is not there\n',
  );
}
for (const part of PARTS) {
  if (only === undefined || only.includes(part.name)) await runPart(part);
}
if (only === undefined) finish();

async function runPart(part: Part): Promise<void> {
  const file = fileOf(part);
  const known = new Set(rowsOf(part).map(({ job }) => job));
  const jobs = Array.from({ length: part.jobs }, (_, job) => job).filter((job) => !known.has(job));
  let done = known.size;
  await inLanes(jobs, LANES, async (pool, job) => {
    const row = await part.run(pool, job);
    appendFileSync(file, `${JSON.stringify({ job, row })}\n`);
    process.stderr.write(`${part.name} ${++done}/${part.jobs}\n`);
  });
}

function finish(): void {
  const rows = PARTS.map((part): [string, Row[]] => [
    part.name,
    rowsOf(part)
      .sort((a, b) => a.job - b.job)
      .map(({ row }) => row),
  ]);
  const { page, failures } = calibrationPage(Object.fromEntries(rows));
  writeFileSync(PAGE, page);
  process.stdout.write(`${PAGE}\n${failures.map((failure) => `FAILED: ${failure}\n`).join('')}`);
  if (failures.length > 0) process.exitCode = 1;
}

function fileOf({ name }: Part): string {
  return path.join(ROWS, `${name}.jsonl`);
}

function rowsOf(part: Part): { readonly job: number; readonly row: Row }[] {
  if (!existsSync(fileOf(part))) return [];
  return readFileSync(fileOf(part), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { job: number; row: Row });
}
