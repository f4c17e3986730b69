// Runs every benchmark in a process of its own and writes bench/RESULTS.md; `make bench` compiles and calls it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchReport, isKept, limitLine, significant } from './bench.js';

const compiledFolder = fileURLToPath(new URL('../', import.meta.url));
const wanted = process.argv.slice(2);
const scripts = readdirSync(compiledFolder)
  .filter((name) => name.endsWith('.js'))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(/\.js$/, '')))
  .sort();

const reports = scripts.flatMap(runOne);
if (wanted.length === 0) writeFileSync('bench/RESULTS.md', resultsPage(reports));
const missed = reports.flatMap(({ report }) => report.limits).filter((limit) => !isKept(limit));
for (const limit of missed) console.error(limitLine(limit));
process.exitCode = missed.length > 0 ? 1 : 0;

interface ScriptReport {
  readonly script: string;
  readonly report: BenchReport;
}

function runOne(script: string): ScriptReport[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-bench-'));
  const out = path.join(folder, 'reports.jsonl');
  try {
    const { status } = spawnSync(
      process.execPath,
      ['--expose-gc', path.join(compiledFolder, script)],
      {
        stdio: 'inherit',
        env: { ...process.env, WUS_BENCH_OUT: out },
      },
    );
    if (status !== 0)
      throw new Error(`bench/${script.replace(/\.js$/, '.ts')} failed (exit code ${status})`);
    if (!existsSync(out)) return [];
    return readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => ({ script, report: JSON.parse(line) as BenchReport }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultsPage(all: readonly ScriptReport[]): string {
  const processor = cpus()[0]?.model ?? 'unknown processor';
  const sections = all.map(({ script, report }) =>
    [
      `## ${report.title}`,
      '',
      `${report.about} (\`bench/${script.replace(/\.js$/, '.ts')}\`)`,
      '',
      '| what | median | unit | runs |',
      '| --- | ---: | --- | ---: |',
      ...report.rows.map(
        ({ what, median, unit, runs }) =>
          `| ${what} | ${significant(median)} | ${unit} | ${runs} |`,
      ),
      '',
      ...report.limits.map((limit) => `- ${limitLine(limit)}`),
      ...report.equal.map((line) => `- equal: ${line}`),
    ].join('\n'),
  );
  return [
    '# Benchmark results',
    '',
    'Written by `make bench`. Times are medians; CPU times and ratios within one run are what to compare.',
    '',
    `- ${processor}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `- Node ${process.versions.node}, V8 ${process.versions.v8}, ${process.platform} ${process.arch}`,
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}
