import { closeSync, openSync, readSync } from 'node:fs';
import { UserError } from '../domain/index.js';
import { METRICS } from '../metrics/index.js';
import { lowerBound } from '../util/index.js';
import { cellsLength, scanDetails } from './details-rows.js';
import type { TrialPlan } from './plan.js';
import type { FinishedRange } from './pool/worker-pool.js';
import type { RowSource } from './run-trials.js';
import { readMetricCells, type TrialText } from './trial-text.js';

/** The rows of an older details file, found by their parameters. */
export interface ReusableRows extends RowSource {
  /** Rows in the older file. */
  readonly rows: number;
  close(): void;
}

/**
 * Indexes an older details file by the parameters of its rows; in memory it takes 12 bytes per row.
 *
 * @param path - Older file, with the same columns.
 * @param plan - Trials that look for their rows.
 * @param text - Writes the parameters of those trials.
 * @param parameterCount - Columns that are parameters.
 */
export function openReusableRows(
  path: string,
  plan: TrialPlan,
  text: TrialText,
  parameterCount: number,
): ReusableRows {
  const index = indexRows(path, text.header, parameterCount);
  const lines = openLineReader(path);
  const find = (id: number): string | undefined => {
    const parameters = text.parameters(plan.trial(id));
    for (const offset of index.find(hashText(parameters))) {
      const line = lines.read(offset);
      if (line.startsWith(parameters)) return line;
    }
    return undefined;
  };
  return {
    rows: index.rows,
    has: (id) => find(id) !== undefined,
    read: (first, count) => readRange(first, count, find, parameterCount),
    close: lines.close,
  };
}

function readRange(
  first: number,
  count: number,
  find: (id: number) => string | undefined,
  parameterCount: number,
): FinishedRange {
  const metrics = new Float64Array(count * METRICS.length);
  let rows = '';
  for (let k = 0; k < count; k++) {
    const line = find(first + k)!;
    const cells = line.slice(cellsLength(line, parameterCount)).split(',');
    const into = metrics.subarray(k * METRICS.length, (k + 1) * METRICS.length);
    if (!readMetricCells(cells, into)) {
      throw new UserError(
        `A row of an older details file was changed: ${line}; run without --resume`,
      );
    }
    rows += `${line}\n`;
  }
  return { kind: 'done', first, count, metrics, rows: Buffer.from(rows) };
}

interface RowIndex {
  readonly rows: number;
  /** Offsets of the rows whose parameters have this hash. */
  find(hash: number): number[];
}

function indexRows(path: string, header: string, parameterCount: number): RowIndex {
  const found: { readonly hashes: number[]; readonly offsets: number[] } = {
    hashes: [],
    offsets: [],
  };
  const { rows } = scanDetails(path, header, (line, _, offset) => {
    found.hashes.push(hashText(line.slice(0, cellsLength(line, parameterCount))));
    found.offsets.push(offset);
  });
  const order = Uint32Array.from({ length: rows }, (_, k) => k);
  order.sort((a, b) => found.hashes[a]! - found.hashes[b]!);
  const hashes = Uint32Array.from(order, (k) => found.hashes[k]!);
  const offsets = Float64Array.from(order, (k) => found.offsets[k]!);
  return {
    rows,
    find: (hash) => {
      const result: number[] = [];
      for (let k = lowerBound(hashes, hash); k < rows && hashes[k] === hash; k++) {
        result.push(offsets[k]!);
      }
      return result;
    },
  };
}

/** FNV-1a over UTF-16 units; the row itself is compared afterwards. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** Bytes read around a row: rows are mostly looked for in the order in which they stand. */
const BLOCK_BYTES = 1 << 18;
/** Longer rows do not exist. */
const LINE_BYTES_MAX = 1 << 14;

function openLineReader(path: string): { read(offset: number): string; close(): void } {
  const file = openSync(path, 'r');
  const block = Buffer.alloc(BLOCK_BYTES);
  let start = 0;
  let size = 0;
  return {
    read: (offset) => {
      if (offset < start || offset + LINE_BYTES_MAX > start + size) {
        start = offset;
        size = readSync(file, block, 0, BLOCK_BYTES, offset);
      }
      const from = offset - start;
      return block.toString('utf8', from, block.indexOf(10, from));
    },
    close: () => closeSync(file),
  };
}
