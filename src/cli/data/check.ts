import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { parseTimeframe, UserError } from '../../domain/index.js';
import { type CandleFileCheck, checkCandleFile } from '../../history/index.js';
import { addSubcommand } from '../create-command.js';
import { createProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';
import { checkSummary } from './check-summary.js';
import { inWorkingFolder } from './data-words.js';

interface CheckOptions {
  readonly interval?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Adds `wus data check`. */
export function addCheckCommand(parent: Command, terminal: Terminal): void {
  addSubcommand(parent, terminal, {
    name: 'check',
    summary: 'Check candle files: time span, gaps, anomalies, invalid lines',
    description:
      'The exit code is 1 if a file has problems. Gaps and anomalies are not problems: the exchange recorded them.',
    examples: [
      ['wus data check data/spot/1h/BTCUSDT_1h.csv.gz', 'one file'],
      ['wus data check data/spot/1m/*.csv.gz --json', 'several files, as JSON'],
    ],
  })
    .usage('<file...> [options]')
    .argument('<file...>', 'Candle files')
    .option('--interval <interval>', 'Expected candle length (default: from the file name)')
    .option('--all', 'List all gaps and runs instead of the first ten')
    .option('--json', 'Print one JSON array instead of text')
    .action(async (files: string[], options: CheckOptions) => {
      const checks = await checkFiles(files, options, terminal);
      terminal.print(
        options.json === true
          ? JSON.stringify(checks.map(checkJson), null, 2)
          : checks.map((check) => checkSummary(check, options.all === true)).join('\n\n'),
      );
      const broken = checks.filter((check) => check.problemCount > 0);
      if (broken.length === 0) return;
      const count = broken.reduce((sum, check) => sum + check.problemCount, 0);
      const where = broken.length === 1 ? broken[0]!.file : `${broken.length} files`;
      throw new UserError(`${count} ${count === 1 ? 'problem' : 'problems'} in ${where}`);
    });
}

async function checkFiles(
  files: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<CandleFileCheck[]> {
  const timeframe = options.interval === undefined ? undefined : parseTimeframe(options.interval);
  const paths = files.map((file) => inWorkingFolder(terminal, file));
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (status) => status.size,
        () => 0,
      ),
    ),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const progress = createProgress(terminal, 'Reading');
  const checks: CandleFileCheck[] = [];
  let done = 0;
  try {
    for (const path of paths) {
      const onBytes = (bytes: number): void => {
        done += bytes;
        progress.update(done, total, path);
      };
      checks.push(await checkCandleFile(path, { timeframe, onBytes }));
    }
  } finally {
    progress.end();
  }
  return checks;
}

/** Times as ISO 8601 beside the ms, so that people and programs can read it. */
function checkJson(check: CandleFileCheck): object {
  const { content } = check;
  const findings = {
    notes: check.notes,
    problem_count: check.problemCount,
    problems: check.problems,
  };
  if (content === undefined) return { file: check.file, ok: false, ...findings };
  const iso = (time: number): string => new Date(time).toISOString();
  const { oddities } = content;
  const runs = (list: typeof oddities.frozenPrices): object[] =>
    list.map((run) => ({ start: iso(run.openTime), candles: run.candles }));
  return {
    file: check.file,
    ok: check.problemCount === 0,
    symbol: content.symbol ?? null,
    market: content.market ?? null,
    interval: content.timeframe,
    candles: content.candles,
    start: iso(content.startTime),
    end: iso(content.endTime),
    extra_columns: content.extraColumns,
    missing_candles: content.missing,
    gaps: content.gaps.map((gap) => ({
      start: iso(gap.startTime),
      end: iso(gap.endTime),
      missing: gap.missing,
    })),
    zero_volume_candles: oddities.zeroVolume.candles,
    zero_volume_runs: runs(oddities.zeroVolume.runs),
    flat_candles: oddities.flatCandles,
    frozen_prices: runs(oddities.frozenPrices),
    huge_wicks: oddities.hugeWicks.map((wick) => ({
      start: iso(wick.openTime),
      side: wick.side,
      share: wick.share,
    })),
    largest_wick:
      oddities.largestWick === undefined
        ? null
        : {
            start: iso(oddities.largestWick.openTime),
            side: oddities.largestWick.side,
            share: oddities.largestWick.share,
          },
    ...findings,
  };
}
