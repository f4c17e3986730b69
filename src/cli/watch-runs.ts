import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseSymbol, parseTimeframe, UsageError, UserError } from '../domain/index.js';
import { findCandleFiles } from '../history/index.js';
import { forgetStrategyOutput, isStrategyPath, strategyFiles } from '../plugins/index.js';
import { countText } from '../util/index.js';
import type { BacktestRequest } from './backtest-request.js';
import { describeFailure } from './failure.js';
import type { Terminal } from './terminal.js';

const LOOK_MS = 250;
/** Editors write in several steps: a run begins when nothing has changed for so long. */
const QUIET_MS = 200;
const QUIET_LOOKS_MAX = 50;
const FILES_MAX = 1_000;
const MODULE = /\.([mc]?[jt]s|json)$/;

/**
 * Runs a backtest, and again whenever a file that it depends on changes, until Ctrl-C. What is wrong with a file is said
 * and waited out; a wrong command line ends it at once.
 *
 * @param request - Names the files.
 * @param terminal - Ctrl-C ends the waiting.
 * @param run - One run.
 * @throws {UsageError} If the first run finds the command line wrong.
 */
export async function watchRuns(
  request: BacktestRequest,
  terminal: Terminal,
  run: () => Promise<unknown>,
): Promise<void> {
  let own: readonly string[] = [];
  for (let isFirst = true; ; isFirst = false) {
    // Before the run: what changes while it computes counts.
    own = await filesOfStrategy(request, terminal, own);
    const before = await fingerprints(request, terminal, own);
    forgetStrategyOutput();
    try {
      await run();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (isFirst && error instanceof UsageError) throw error;
      terminal.note((await describeFailure(error, [])).text);
    }
    terminal.note(`\nWatching ${countText(before.size, 'file')}; press Ctrl-C to stop`);
    const changed = await nextChange(before, () => fingerprints(request, terminal, own), terminal);
    if (changed === undefined) return;
    const shown = path.relative(terminal.workingFolder, changed);
    terminal.note(
      `\n${new Date().toISOString().slice(11, 19)} UTC  ${shown.startsWith('..') ? changed : shown} changed`,
    );
  }
}

type Fingerprints = ReadonlyMap<string, string>;

/** Waits for a change, and then until there is none; `undefined` after Ctrl-C. */
async function nextChange(
  before: Fingerprints,
  look: () => Promise<Fingerprints>,
  terminal: Pick<Terminal, 'onInterrupt'>,
): Promise<string | undefined> {
  const stop = new AbortController();
  const release = terminal.onInterrupt(() => stop.abort());
  const wait = (ms: number): Promise<unknown> =>
    setTimeout(ms, undefined, { signal: stop.signal }).catch(() => {});
  try {
    for (;;) {
      await wait(LOOK_MS);
      if (stop.signal.aborted) return undefined;
      let now = await look();
      const changed = difference(before, now);
      if (changed === undefined) continue;
      for (let looks = 0; looks < QUIET_LOOKS_MAX; looks++) {
        await wait(QUIET_MS);
        const later = await look();
        if (difference(now, later) === undefined) break;
        now = later;
      }
      return stop.signal.aborted ? undefined : changed;
    }
  } finally {
    release();
  }
}

/** The first file that is another one, new or gone. */
function difference(a: Fingerprints, b: Fingerprints): string | undefined {
  for (const [file, print] of b) if (a.get(file) !== print) return file;
  for (const file of a.keys()) if (!b.has(file)) return file;
  return undefined;
}

/** The strategy file and all that it imports; while it cannot be read, what it had before and what lies beside it. */
async function filesOfStrategy(
  { config }: BacktestRequest,
  { workingFolder }: Terminal,
  before: readonly string[],
): Promise<readonly string[]> {
  if (!isStrategyPath(config.strategy)) return [];
  const file = path.resolve(workingFolder, config.strategy);
  try {
    return await strategyFiles(file);
  } catch {
    const folder = path.dirname(file);
    const names = await readdir(folder).catch(() => []);
    const beside = names.filter((name) => MODULE.test(name)).map((name) => path.join(folder, name));
    return [...new Set([file, ...before, ...beside])].slice(0, FILES_MAX);
  }
}

/** Size and time of every file; one that is not there has none. */
async function fingerprints(
  request: BacktestRequest,
  { workingFolder }: Terminal,
  own: readonly string[],
): Promise<Fingerprints> {
  const { paramsFile } = request;
  const others = [
    ...(await candleFiles(request)),
    ...(paramsFile === undefined ? [] : [paramsFile]),
  ];
  const files = [...own, ...others.map((file) => path.resolve(workingFolder, file))];
  return new Map(
    await Promise.all(
      files.map(async (file): Promise<[string, string]> => {
        const found = await stat(file).catch(() => undefined);
        return [
          file,
          found === undefined ? 'absent' : `${found.mtimeMs} ${found.size} ${found.ino}`,
        ];
      }),
    ),
  );
}

/** Those that were named, or what lies in the data folder now. */
async function candleFiles({ config, dataFolder }: BacktestRequest): Promise<readonly string[]> {
  const { symbol, interval, market } = config;
  const files = config.files ?? [];
  if (files.length > 0 || symbol == null || interval == null) return files;
  try {
    const timeframe = parseTimeframe(interval);
    const instrument = { market: market ?? 'spot', timeframe, symbol: parseSymbol(symbol) };
    return await findCandleFiles(dataFolder, instrument);
  } catch {
    return [];
  }
}
