// Reading candles: the CSV decoder against two CSV libraries, the cached start, and memory.
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as csvParse } from 'csv-parse';
import papaparse from 'papaparse';
import {
  type CandleColumns,
  encodeCsvCandles,
  findCandleProblems,
  syntheticCandles,
} from '../src/candles/index.js';
import { writeFileAtomic } from '../src/files/index.js';
import { loadCandles, readCandleFile, writeCandleFile } from '../src/history/index.js';
import { type BenchRow, median, reportBench } from './lib/bench.js';
import { processCpuMs } from './lib/process-cpu.js';

const CANDLES = 1_051_120;
const MEMORY_CANDLES = 1_000_000;
const RUNS = 3;
const START_RUNS = 15;
const FIELDS = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const;
const RECORDED = ['2022H1', '2022H2', '2023H1', '2023H2'].map(
  (half) => `../shared/data/spot/1m/BTCUSDT_1m_${half}.csv.gz`,
);
const historyModule = fileURLToPath(new URL('../src/history/index.js', import.meta.url));

const folder = mkdtempSync(path.join(tmpdir(), 'wus-bench-import-'));
process.env.XDG_CACHE_HOME = path.join(folder, 'cache');
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const isRecorded = RECORDED.every((file) => existsSync(file));
  const sources = isRecorded ? RECORDED : await generateSources();
  const { candles } = await loadCandles({ files: sources }); // fills the cache, too
  if (candles.length !== CANDLES) throw new Error(`${candles.length} candles, not ${CANDLES}`);
  const plain = path.join(folder, 'BTCUSDT_1m.csv');
  await writeFileAtomic(plain, encodeCsvCandles(candles));

  const own = await measure('own decoder with validation', () => ownColumns(plain));
  const viaCsvParse = await measure('`csv-parse` (stream) and `Number`', () =>
    csvParseColumns(plain),
  );
  const viaPapa = await measure('`papaparse` (stream) and `Number`', () => papaColumns(plain));
  for (const other of [viaCsvParse, viaPapa]) requireSame(own.sums, other.sums, other.row.what);

  const start = cachedStart(sources);
  const memory = await peakMemory(candles);
  reportBench({
    title: 'Import of candles',
    about: `${CANDLES.toLocaleString('en-US')} one-minute candles (${isRecorded ? 'recorded, BTCUSDT 2022 and 2023' : 'synthetic'}): a plain CSV of six columns to six columns of doubles; the start with all of them in the cache (four files); peak memory of a process that reads ${MEMORY_CANDLES.toLocaleString('en-US')} of them from CSV.`,
    rows: [own.row, viaCsvParse.row, viaPapa.row, ...start, memory],
    limits: [
      {
        what: '`csv-parse` / own',
        value: viaCsvParse.row.median / own.row.median,
        atLeast: 5,
        unit: 'x',
      },
      {
        what: '`papaparse` / own',
        value: viaPapa.row.median / own.row.median,
        atLeast: 3,
        unit: 'x',
      },
      {
        what: 'cached start beyond `node -e 0`',
        value: start[1].median - start[0].median,
        atMost: 100,
        unit: 'ms CPU',
      },
      { what: 'peak memory', value: memory.median, atMost: 300, unit: 'MB' },
    ],
    equal: ['sums of all six columns of the three readers'],
  });
}

async function generateSources(): Promise<string[]> {
  const market = syntheticCandles({ length: CANDLES, timeframe: '1m', symbol: 'SYNTHETIC' });
  const quarter = CANDLES / 4;
  const files: string[] = [];
  for (let part = 0; part < 4; part++) {
    const file = path.join(folder, `SYNTHETIC_1m_${part}.csv.gz`);
    await writeCandleFile(file, cut(market, part * quarter, (part + 1) * quarter));
    files.push(file);
  }
  return files;
}

function cut(columns: CandleColumns, from: number, to: number): CandleColumns {
  const part = Object.fromEntries(FIELDS.map((name) => [name, columns[name].subarray(from, to)]));
  return { ...(part as unknown as CandleColumns), length: to - from };
}

async function measure(
  what: string,
  run: () => Promise<readonly Float64Array[]>,
): Promise<{ row: BenchRow; sums: number[] }> {
  let columns = await run();
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const before = process.cpuUsage();
    columns = await run();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return {
    row: { what, median: median(times), unit: 'ms CPU', runs: RUNS },
    sums: sumsOf(columns),
  };
}

async function ownColumns(file: string): Promise<Float64Array[]> {
  const { columns } = await readCandleFile(file);
  if (findCandleProblems(columns, '1m').count > 0) throw new Error('broken candles');
  return FIELDS.map((name) => columns[name]);
}

async function csvParseColumns(file: string): Promise<Float64Array[]> {
  const columns = FIELDS.map(() => new Float64Array(CANDLES));
  let row = 0;
  const records = createReadStream(file).pipe(csvParse({ from_line: 2 }));
  for await (const record of records) {
    for (let j = 0; j < FIELDS.length; j++) columns[j]![row] = Number((record as string[])[j]);
    row++;
  }
  return columns;
}

function papaColumns(file: string): Promise<Float64Array[]> {
  const columns = FIELDS.map(() => new Float64Array(CANDLES));
  let row = -1; // the header
  return new Promise((resolve, reject) => {
    papaparse.parse<string[]>(createReadStream(file), {
      skipEmptyLines: true,
      step: ({ data }) => {
        if (row >= 0) {
          for (let j = 0; j < FIELDS.length; j++) columns[j]![row] = Number(data[j]);
        }
        row++;
      },
      complete: () => resolve(columns),
      error: reject,
    });
  });
}

function sumsOf(columns: readonly Float64Array[]): number[] {
  return columns.map((column) => column.reduce((sum, value) => sum + value, 0));
}

function requireSame(one: readonly number[], other: readonly number[], what: string): void {
  if (one.some((sum, i) => sum !== other[i])) throw new Error(`${what} gives other sums`);
}

/** Alternates an empty program with one that loads the cached candles. */
function cachedStart(files: readonly string[]): [BenchRow, BenchRow] {
  const load = `import(${JSON.stringify(historyModule)}).then(async ({ loadCandles }) => { const { candles } = await loadCandles({ files: ${JSON.stringify(files)} }); if (candles.length !== ${CANDLES}) throw new Error('wrong'); })`;
  const empty: number[] = [];
  const cached: number[] = [];
  for (let run = 0; run <= START_RUNS; run++) {
    const pair = [processCpuMs(['-e', '0']), processCpuMs(['-e', load])] as const;
    if (run === 0) continue;
    empty.push(pair[0]);
    cached.push(pair[1]);
  }
  const row = (what: string, times: readonly number[]): BenchRow => ({
    what,
    median: median(times),
    unit: 'ms CPU',
    runs: START_RUNS,
  });
  return [row('`node -e 0`', empty), row('start with cached candles', cached)];
}

async function peakMemory(candles: CandleColumns): Promise<BenchRow> {
  const file = path.join(folder, 'BTCUSDT_1m_million.csv');
  await writeFileAtomic(file, encodeCsvCandles(cut(candles, 0, MEMORY_CANDLES)));
  const load = `import(${JSON.stringify(historyModule)}).then(async ({ loadCandles }) => { await loadCandles({ files: [${JSON.stringify(file)}], cache: false }); console.log(process.resourceUsage().maxRSS / 1024); })`;
  const sizes = Array.from({ length: RUNS }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', load], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return Number(stdout);
  });
  return { what: 'peak memory', median: median(sizes), unit: 'MB', runs: RUNS };
}
