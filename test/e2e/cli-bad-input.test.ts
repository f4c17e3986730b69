import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { runInProcess } from './in-process.js';
import { type Finished, runWus, temporaryFolder } from './wus.js';

const csv = candlesToCsv(syntheticCandles({ length: 300, symbol: 'BTCUSDT' }));
const lines = csv.split('\n');
const [header = '', first = '', second = '', third = ''] = lines;

const FILES: Readonly<Record<string, string>> = {
  'BTCUSDT_1h.csv': csv,
  'BTCUSDT_15m.csv': csv,
  'empty.csv': '',
  'header_1h.csv': `${header}\n`,
  'unordered_1h.csv': `${[header, second, first, third].join('\n')}\n`,
  'broken_1h.csv': `${[header, first, second.replace(/,[^,]*,/, ',x,')].join('\n')}\n`,
  'torn_1h.csv': csv.slice(0, -20),
  'short_1h.csv': `${lines.slice(0, 12).join('\n')}\n`,
};

function marketFolder(): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
  return folder;
}

const GOOD = '--strategy MACross --file BTCUSDT_1h.csv';
const ON = '--strategy MACross --symbol BTCUSDT --file';

type BadCall = [what: string, line: string, exitCode: number, message: RegExp];

describe('wus backtest says where, what and what to do:', () => {
  const CALLS: readonly BadCall[] = [
    ['a missing file', `${ON} nope.csv`, 1, /^Cannot read nope\.csv: it does not exist/],
    ['an empty file', `${ON} empty.csv`, 1, /^empty\.csv: the file is empty; check/],
    ['a header only', `${ON} header_1h.csv`, 1, /^header_1h\.csv: only a header, no candles; /],
    [
      'a wrong timeframe in the name',
      `${ON} BTCUSDT_15m.csv`,
      1,
      /^BTCUSDT_15m\.csv: the candles are 1h apart, not 15m; use --interval 1h/,
    ],
    [
      'a wrong --interval',
      `${GOOD} --interval 4h`,
      1,
      /^BTCUSDT_1h\.csv: the candles are 1h apart, not 4h; use --interval 1h/,
    ],
    [
      'an unknown --interval',
      `${GOOD} --interval 1H`,
      2,
      /^Interval "1H": unknown \(did you mean "1h"\?\)/,
    ],
    [
      'rows out of order',
      `${ON} unordered_1h.csv`,
      1,
      /^unordered_1h\.csv:3: open_time 1641168000000 \(2022-01-03 00:00\) comes after the later/,
    ],
    ['a broken row', `${ON} broken_1h.csv`, 1, /^broken_1h\.csv:3: open "x" is not a number; fix/],
    ['a torn last line', `${ON} torn_1h.csv`, 1, /^torn_1h\.csv:301: .*the last line is truncated/],
    [
      'fewer candles than the warm-up',
      `${ON} short_1h.csv`,
      1,
      /^BTCUSDT 1h: 21 candles are needed .* give at least 10 more/,
    ],
    [
      'an unknown strategy',
      '--strategy MACros --file BTCUSDT_1h.csv',
      2,
      /^Unknown strategy "MACros" \(did you mean "MACross"\?\)/,
    ],
    [
      'a missing strategy file',
      '--strategy ./my.ts --file BTCUSDT_1h.csv',
      2,
      /^Strategy file "\.\/my\.ts" does not exist/,
    ],
    [
      'no strategy',
      '--file BTCUSDT_1h.csv',
      2,
      /^Required option '--strategy <name\|file>' not specified/,
    ],
    [
      'an unknown parameter',
      `${GOOD} --param fast_perid=3`,
      2,
      /no parameter "fast_perid" \(did you mean "fast_period"\?\)/,
    ],
    [
      'a parameter that is no number',
      `${GOOD} --param fast_period=x`,
      2,
      /fast_period must be an integer >= 1: current value is "x"/,
    ],
    [
      'fast >= slow',
      `${GOOD} --param fast_period=30`,
      2,
      /fast_period must be less than slow_period: current values are 30 and 21/,
    ],
    [
      'hours that do not exist',
      `${GOOD} --apply-seasonality-filter --allowed-trading-hours-utc 25-3`,
      2,
      /^Trading hours "25-3": start must be/,
    ],
    [
      'empty hours',
      `${GOOD} --apply-seasonality-filter --allowed-trading-hours-utc 5-5`,
      2,
      /^Trading hours "5-5": start and end are equal/,
    ],
    [
      'a filter setting without the filter',
      `${GOOD} --atr-filter-period 10`,
      2,
      /^--atr-filter-period has no effect without --apply-atr-filter: add it, or omit/,
    ],
    [
      'hours without the filter',
      `${GOOD} --allowed-trading-hours-utc 5-17`,
      2,
      /^--allowed-trading-hours-utc has no effect without --apply-seasonality-filter/,
    ],
    [
      'a part of a parameter name',
      `${GOOD} --param fast=3`,
      2,
      /no parameter "fast" \(did you mean "fast_period"\?\)/,
    ],
    [
      'an unknown engine',
      `${GOOD} --engine fastest`,
      2,
      /^Option '--engine <name>' argument 'fastest' is invalid. Allowed choices are reference, fast/,
    ],
    [
      'a trade log in place of the candles',
      `${GOOD} --trades-file ./BTCUSDT_1h.csv`,
      2,
      /^--trades-file \.\/BTCUSDT_1h\.csv: a candle file of this run has the same path; give another file/,
    ],
    [
      'a report in place of the trade log',
      `${GOOD} --trades-file out.csv --report out.csv`,
      2,
      /^--report out\.csv: --trades-file has the same path; give another file/,
    ],
    [
      'an output below a file',
      `${GOOD} --trades-file empty.csv/t.csv`,
      1,
      /^Cannot write empty\.csv\/t\.csv: part of the path is a file/,
    ],
    [
      'an output where the system has no folders',
      `${GOOD} --trades-file /proc/wus/t.csv`,
      1,
      /^Cannot write \/proc\/wus\/t\.csv: its folder cannot be created; choose another path/,
    ],
    [
      'an output that is a folder',
      `${GOOD} --trades-file .`,
      1,
      /^Cannot write \.: it is a folder; give a file/,
    ],
    [
      'a stop in percent',
      `${GOOD} --stop-loss 2`,
      2,
      /^--stop-loss .*current value is 2; did you mean 0\.02\?/,
    ],
    [
      'a stop that is wide',
      `${GOOD} --stop-loss 0.9`,
      2,
      /^--stop-loss is 0\.9.*did you mean 0\.009\?.*--allow-wide-stops/,
    ],
    ['a percent sign', `${GOOD} --take-profit 4%`, 2, /^--take-profit 4%: did you mean 0\.04\?/],
    [
      'a negative stop',
      `${GOOD} --trailing-stop-loss -0.02`,
      2,
      /^--trailing-stop-loss must be a fraction above 0/,
    ],
    [
      'a period without candles',
      `${GOOD} --start 2030-01-01`,
      1,
      /^BTCUSDT 1h: no candle opens in the period .* the candles run from 2022-01-03/,
    ],
    [
      'a date that is none',
      `${GOOD} --start yesterday`,
      2,
      /^--start must be a date such as 2024-01-31/,
    ],
    [
      'two sizes',
      `${GOOD} --units 1 --equity-fraction 0.5`,
      2,
      /^--equity-fraction is 0\.5 and units is 1: keep one/,
    ],
    [
      'short on spot',
      `${GOOD} --direction short`,
      2,
      /^--direction is short, which spot does not allow/,
    ],
    [
      'an unknown flag',
      `${GOOD} --stop-los 0.1`,
      2,
      /^Unknown option '--stop-los' \(did you mean --stop-loss\?\)\n/,
    ],
    [
      'no candles named',
      '--strategy MACross --symbol BTCUSDT',
      2,
      /^No candles given: use --file, or --symbol and --interval/,
    ],
    [
      'a symbol that is a path',
      '--strategy MACross --symbol ../../etc --interval 1h',
      2,
      /^--symbol must be letters and digits such as BTCUSDT: current value is "\.\.\/\.\.\/etc"$/m,
    ],
    [
      'a symbol as other programs write it',
      `${GOOD} --symbol BTC/USDT`,
      2,
      /^--symbol must be letters .* current value is "BTC\/USDT"; did you mean BTCUSDT\?/,
    ],
    [
      'no candles stored',
      '--strategy MACross --symbol BTCUSDT --interval 1h',
      1,
      /^No candles of BTCUSDT 1h in data\/spot\/1h\n.*--file/,
    ],
    [
      'a missing parameter file',
      `${GOOD} --params-file p.yaml`,
      1,
      /^Cannot read p\.yaml: it does not exist/,
    ],
    ['an unknown log level', `${GOOD} --log loud`, 2, /^--log loud: no such level; use one of/],
  ];

  test.each(CALLS)('%s', async (_what, line, exitCode, message) => {
    const folder = marketFolder();
    const finished = await runInProcess(['backtest', ...line.split(' ')], { cwd: folder });
    expectRefused(finished, exitCode, message);
    expect(filesIn(folder)).toEqual(Object.keys(FILES).sort());
  });

  const AS_PROCESSES = ['a missing file', 'an unknown flag', 'an output below a file'];
  test.each(CALLS.filter(([what]) => AS_PROCESSES.includes(what)))(
    '%s, as a process',
    async (_what, line, exitCode, message) => {
      const finished = await runWus(['backtest', ...line.split(' ')], { cwd: marketFolder() });
      expectRefused(finished, exitCode, message);
    },
  );
});

function expectRefused(finished: Finished, exitCode: number, message: RegExp): void {
  expect(finished.stderr).toMatch(message);
  expect(finished).toMatchObject({ exitCode, stdout: '' });
  expect(finished.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  expect(finished.stderr).not.toMatch(/^\s+at /m);
}

test('another symbol in the file name is a note, not an error', async () => {
  const folder = marketFolder();
  const { stdout, exitCode } = await runWus(
    ['backtest', ...`${GOOD} --symbol ETHUSDT --json`.split(' ')],
    { cwd: folder },
  );
  expect(exitCode).toBe(0);
  const { notes } = JSON.parse(stdout) as { notes: string[] };
  expect(notes[0]).toMatch(/BTCUSDT_1h\.csv: .*BTCUSDT, not ETHUSDT/);
});

test('an old trade log survives a run that fails, and is replaced by one that does not', async () => {
  const folder = marketFolder();
  const file = path.join(folder, 'trades.csv');
  writeFileSync(file, 'old');
  const failing = `${GOOD} --trades-file trades.csv --param fast_period=99`.split(' ');
  expect((await runWus(['backtest', ...failing], { cwd: folder })).exitCode).toBe(2);
  expect(readFileSync(file, 'utf8')).toBe('old');
  const working = `${GOOD} --trades-file trades.csv`.split(' ');
  const refused = await runWus(['backtest', ...working], { cwd: folder });
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain(
    '--trades-file trades.csv: the file exists and is not an earlier file of this kind; give another file, or add --force to overwrite it',
  );
  expect(readFileSync(file, 'utf8')).toBe('old');
  const forced = [...working, '--force'];
  expect((await runWus(['backtest', ...forced], { cwd: folder })).exitCode).toBe(0);
  // Its own earlier output needs no word.
  expect((await runWus(['backtest', ...working], { cwd: folder })).exitCode).toBe(0);
  expect(readFileSync(file, 'utf8')).toMatch(/^symbol,strategy,side,/);
});

test('wus data without a subcommand names them', async () => {
  const { stderr, exitCode } = await runWus(['data'], { cwd: temporaryFolder() });
  expect(exitCode).toBe(2);
  expect(stderr).toBe('Which one? check, convert, resample\nSee wus data --help\n');
});

test('--log debug adds the stack, and nothing else does', async () => {
  const folder = marketFolder();
  const line = `${ON} nope.csv --log debug`.split(' ');
  expect((await runWus(['backtest', ...line], { cwd: folder })).stderr).toMatch(/^\s+at /m);
});

test('Ctrl-C ends with 130, says so and leaves no temporary file', async () => {
  const folder = temporaryFolder();
  const long = candlesToCsv(syntheticCandles({ length: 150_000, timeframe: '1m' }));
  writeFileSync(path.join(folder, 'SYNTHETIC_1m.csv'), long);
  const finished = await runWus(
    [
      'backtest',
      ...'--strategy MACross --file SYNTHETIC_1m.csv --trades-file trades.csv --log info'.split(
        ' ',
      ),
    ],
    { cwd: folder, interruptAt: { text: 'candles loaded', signal: 'SIGINT' } },
  );
  expect(finished.exitCode).toBe(130);
  expect(finished.stderr).toMatch(/\nStopped; no result was written\n$/);
  expect(finished.stderr).not.toMatch(/^\s+at /m);
  expect(filesIn(folder)).toEqual(['SYNTHETIC_1m.csv']);
});

describe('a computation without end', () => {
  const END = "console.error('computing'); for (;;);";
  const FLAGS = '--strategy ./endless.ts --file BTCUSDT_1h.csv --trades-file t.csv --report r.html';
  const backtest = (
    bodies: { readonly signals: string; readonly plots: string },
    signal: NodeJS.Signals,
    folder: string,
  ) => {
    const endless = [
      "import { defineStrategy } from 'mista-wus-algo-trader';",
      'export const strategy = defineStrategy({',
      "  name: 'Endless', parameters: {}, warmUp: () => 0,",
      `  signals() { ${bodies.signals} return () => 0; },`,
      `  plots() { ${bodies.plots} return []; },`,
      '});',
    ].join('\n');
    writeFileSync(path.join(folder, 'endless.ts'), endless);
    return runWus(['backtest', ...FLAGS.split(' ')], {
      cwd: folder,
      interruptAt: { text: 'computing', signal },
    });
  };

  test.each([
    ['SIGINT', 130, 'computing\nStopped; no result was written\n'],
    // Nobody can hear it: the system ends the process.
    ['SIGTERM', 143, 'computing\n'],
  ] as const)(
    'in the strategy ends at once by %s and leaves no file',
    async (signal, exitCode, stderr) => {
      const folder = marketFolder();
      const finished = await backtest({ signals: END, plots: '' }, signal, folder);
      expect(finished).toEqual({ exitCode, stdout: '', stderr });
      expect(filesIn(folder)).toEqual([...Object.keys(FILES), 'endless.ts'].sort());
    },
  );

  test('in the middle of a line that the strategy writes is told as well', async () => {
    const signals = "for (;;) console.error('computing');";
    const finished = await backtest({ signals, plots: '' }, 'SIGINT', marketFolder());
    expect(finished.exitCode).toBe(130);
    expect(finished.stderr).toMatch(/\nStopped; no result was written\n$/);
  });

  test('in the report says which files are there already', async () => {
    const folder = marketFolder();
    const finished = await backtest({ signals: '', plots: END }, 'SIGINT', folder);
    expect(finished).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'computing\nStopped; files already written: t.csv\n',
    });
    expect(filesIn(folder)).toEqual([...Object.keys(FILES), 'endless.ts', 't.csv'].sort());
  });
});

/** Without the candle cache, which may appear. */
function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== '.wus-cache')
    .sort();
}
