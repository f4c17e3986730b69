// Runs every benchmark in a process of its own and writes bench/RESULTS.md; `make bench` compiles and calls it.
// `make bench-full` sets WUS_BENCH_FULL=1 and gets bench/RESULTS-full.md.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchReport, isKept, limitLine, significant } from './bench.js';

const IS_FULL = process.env.WUS_BENCH_FULL === '1';
/** A benchmark that takes longer is ended, which is an error. */
const TIME_MAX_MS = (IS_FULL ? 60 : 8) * 60_000;
const RESULTS = IS_FULL ? 'bench/RESULTS-full.md' : 'bench/RESULTS.md';
const compiledFolder = fileURLToPath(new URL('../', import.meta.url));
const wanted = process.argv.slice(2);
const scripts = readdirSync(compiledFolder)
  .filter((name) => name.endsWith('.js'))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(/\.js$/, '')))
  .sort();

const reports = scripts.flatMap(runOne);
// A goal that is missed is reported, not an error: how fast a machine is, and what else it does, proves nothing. Results that
// differ are: the benchmark itself fails then, and so does this.
const missed = missedLines(reports);
if (wanted.length === 0) writeFileSync(RESULTS, resultsPage(reports));
if (missed.length > 0) console.log(`\nMissed goals:\n${missed.join('\n')}`);

interface ScriptReport {
  readonly script: string;
  readonly report: BenchReport;
}

function runOne(script: string): ScriptReport[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-bench-'));
  const out = path.join(folder, 'reports.jsonl');
  try {
    const { status, signal } = spawnSync(
      process.execPath,
      ['--expose-gc', path.join(compiledFolder, script)],
      {
        stdio: 'inherit',
        timeout: TIME_MAX_MS,
        env: { ...process.env, WUS_BENCH_OUT: out },
      },
    );
    if (status !== 0)
      throw new Error(
        `bench/${script.replace(/\.js$/, '.ts')} failed (${signal ?? `exit code ${status}`})`,
      );
    if (!existsSync(out)) return [];
    return readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => ({ script, report: JSON.parse(line) as BenchReport }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function missedLines(all: readonly ScriptReport[]): string[] {
  return all.flatMap(({ report }) =>
    report.limits
      .filter((limit) => !isKept(limit))
      .map((limit) => `- ${report.title}: ${limitLine(limit)}`),
  );
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
    `Written by \`make ${IS_FULL ? 'bench-full' : 'bench'}\`. It fails when results differ; goals that are missed are listed. Times are medians; CPU times and ratios within one run are what to compare.`,
    '',
    `- ${processor}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `- Node ${process.versions.node}, V8 ${process.versions.v8}, ${process.platform} ${process.arch}`,
    `- ${compilerLine()}`,
    '',
    ...(missed.length === 0 ? ['All goals are reached.'] : ['Missed goals:', '', ...missed]),
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}

function compilerLine(): string {
  const { stdout, status } = spawnSync(process.env.CC ?? 'cc', ['--version'], { encoding: 'utf8' });
  return status === 0 ? (stdout.split('\n')[0] ?? '') : 'no C compiler';
}
