import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UsageError, UserError } from '../../domain/index.js';
import { dataCommand } from '../commands/data.js';
import { runCommand } from '../create-command.js';

const T0 = Date.UTC(2022, 0, 1);
const HEADER = 'open_time,open,high,low,close,volume';
const minutes = (...at: number[]): string =>
  at.map((minute) => `${T0 + minute * 60_000},2,3,1,2,0.1\n`).join('');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-data-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function wusData(...args: string[]) {
  const printed: string[] = [];
  const noted: string[] = [];
  const terminal = {
    print: (text: string) => void printed.push(text),
    note: (text: string) => void noted.push(text),
    redraw: () => {},
    isInteractive: false,
    showsProgress: false,
    hasColors: false,
    columns: 100,
    commandLine: 'wus data',
    workingFolder: folder,
    environment: {},
    onInterrupt: () => () => {},
    compute: <Result>(work: () => Result) => Promise.resolve().then(work),
  };
  const error: unknown = await runCommand(dataCommand(terminal), args).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const local = (text: string): string => text.replaceAll(`${folder}/`, '');
  return { out: local(printed.join('\n')), notes: noted.map(local), error };
}
const put = (name: string, content: string): Promise<void> =>
  writeFile(join(folder, name), content);

describe('wus data check', () => {
  test('describes a sound file in aligned lines', async () => {
    await put('BTCUSDT_1m.csv', `${HEADER}\n${minutes(0, 1, 5)}`);
    const { out, error } = await wusData('check', 'BTCUSDT_1m.csv');
    expect(error).toBeUndefined();
    expect(out).toBe(`BTCUSDT_1m.csv
  Instrument     BTCUSDT 1m
  Candles        3
  Span           2022-01-01 00:00 to 2022-01-01 00:06 UTC
  Gaps           1, 3 candles missing (50 %)
                   2022-01-01 00:02 to 2022-01-01 00:05 UTC  3 candles
  Zero volume    none
  Frozen price   none
  Flat candles   0
  Wicks >= 99 %  none
  Largest wick   50.0 % down, 2022-01-01 00:00
  Problems       none`);
  });

  test('lists every broken line and fails', async () => {
    await put('X1_1m.csv', `${minutes(0, 1, 1, 0)}${T0 + 120_000},2,3,-1,2,1\n`);
    const { out, error } = await wusData('check', 'X1_1m.csv', 'none.csv');
    expect(out).toContain('X1_1m.csv:3: open_time 1640995260000 (2022-01-01 00:01) appears twice');
    expect(out).toContain('X1_1m.csv:4: open_time 1640995200000 (2022-01-01 00:00) comes after');
    expect(out).toContain('X1_1m.csv:5: low -1 is not a price above zero');
    expect(out).toContain('Cannot read none.csv: it does not exist');
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toBe('4 problems in 2 files');
  });

  test('goes on behind lines that cannot be read, and lists all problems in the order of the file', async () => {
    const rows = [
      HEADER,
      `${minutes(-4, -3, -2, -1, 0).trimEnd()}`,
      `${T0 + 60_000},2,x,1,2,1`,
      `${T0 + 120_000},2,3,1`,
      'not a candle at all',
      `${T0 + 180_000},2,3,1,2,-1`,
      `${T0 + 180_000},2,3,1,2,1`,
      '2022-01-01T00:04Z,2,3,1,,1',
      `${T0 + 300_000},2,1,3,2,1`,
      `${T0 + 360_000},2,3,1,2,1`,
      `${T0 + 420_000},2,3`,
    ];
    await put('X1_1m.csv', rows.join('\n'));
    const { out, error } = await wusData('check', 'X1_1m.csv');
    expect(out.slice(out.indexOf('Candles'))).toBe(`Candles        9
  Span           2021-12-31 23:56 to 2022-01-01 00:07 UTC
  Gaps           2, 3 candles missing (25 %)
                   2022-01-01 00:01 to 2022-01-01 00:03 UTC  2 candles
                   2022-01-01 00:04 to 2022-01-01 00:05 UTC  1 candle
  Zero volume    none
  Frozen price   none
  Flat candles   0
  Wicks >= 99 %  none
  Largest wick   50.0 % down, 2021-12-31 23:56
  Notes          wus data convert --drop-duplicates --drop-nan drops such lines
  Problems       8 problems
                   X1_1m.csv:7: high "x" is not a number
                   X1_1m.csv:8: 4 columns instead of 6 in "1640995320000,2,3,1"
                   X1_1m.csv:9: open_time "not a candle at all" is not a time in ms, µs or ISO 8601
                   X1_1m.csv:10: volume -1 is not a quantity >= 0
                   X1_1m.csv:11: open_time 1640995380000 (2022-01-01 00:03) appears twice
                   X1_1m.csv:12: close is empty
                   X1_1m.csv:13: high 1 is below low 3
                   X1_1m.csv:15: 3 columns instead of 6 in "1640995620000,2,3"; the last line is truncated: download the file again, or remove the line`);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(/^8 problems in /);
  });

  test('goes on behind rows of JSON that cannot be read', async () => {
    const row = (minute: number, open: unknown): unknown[] => [
      T0 + minute * 60_000,
      open,
      3,
      1,
      2,
      1,
    ];
    const rows = [row(0, 2), row(1, null), row(2, 'x'), row(3, 2), row(4, -2), row(5, 2)];
    await put('X1_1m.json', JSON.stringify(rows));
    const { out } = await wusData('check', 'X1_1m.json', '--json');
    expect(JSON.parse(out)).toMatchObject([
      {
        candles: 4,
        problems: [
          'X1_1m.json row 2: open is null, not a number',
          'X1_1m.json row 3: open is "x", not a number',
          'X1_1m.json row 5: open -2 is not a price above zero',
        ],
      },
    ]);
  });

  test('lists twenty of many problems and counts the rest', async () => {
    await put('X1_1m.csv', `${HEADER}\n${minutes(0, 1)}${'?\n'.repeat(25)}`);
    const { out, error } = await wusData('check', 'X1_1m.csv');
    expect(out).toContain(
      'X1_1m.csv:23: open_time "?" is not a time in ms, µs or ISO 8601\n                   and 5 more',
    );
    expect((error as Error).message).toMatch(/^25 problems in /);
  });

  test('gives up on a file of which ten thousand lines are no candles', async () => {
    await put('X1_1m.csv', `${HEADER}\n${minutes(0)}${'?\n'.repeat(20_000)}`);
    const { out, error } = await wusData('check', 'X1_1m.csv');
    expect(out).toContain('X1_1m.csv: stopped reading after 10000 invalid lines');
    expect((error as Error).message).toMatch(/^10001 problems in /);
  });

  test('--json prints one array and nothing else', async () => {
    await put('X1_1m.csv', minutes(0, 1, 5));
    const { out } = await wusData('check', 'X1_1m.csv', 'none.csv', '--json');
    expect(JSON.parse(out)).toMatchObject([
      {
        ok: true,
        symbol: 'X1',
        interval: '1m',
        candles: 3,
        start: '2022-01-01T00:00:00.000Z',
        end: '2022-01-01T00:06:00.000Z',
        missing_candles: 3,
        gaps: [{ start: '2022-01-01T00:02:00.000Z', end: '2022-01-01T00:05:00.000Z', missing: 3 }],
        problems: [],
      },
      { ok: false, problem_count: 1 },
    ]);
  });

  test('refuses an unknown interval', async () => {
    expect((await wusData('check', 'x.csv', '--interval', '1x')).error).toBeInstanceOf(UsageError);
  });
});

describe('wus data convert', () => {
  test('writes our format, oldest first, with every column, and tells what it did', async () => {
    await put(
      'in.csv',
      `unix,open,high,low,close,volume,tradecount\n${T0 + 60_000},2,3,1,2,5,8\n${T0},2,3,1,2,5,7\n`,
    );
    const { out, notes, error } = await wusData('convert', 'in.csv', 'a/X1_1m.csv.gz');
    expect(error).toBeUndefined();
    expect(out).toBe(
      'a/X1_1m.csv.gz: 2 1m candles, 2022-01-01 00:00 to 2022-01-01 00:02 UTC, 0 gaps',
    );
    expect(notes).toEqual(['in.csv: newest candle first; the order was reversed']);
    expect(gunzipSync(await readFile(join(folder, 'a/X1_1m.csv.gz'))).toString()).toBe(
      `${HEADER},count\n${T0},2,3,1,2,5,7\n${T0 + 60_000},2,3,1,2,5,8\n`,
    );
  });

  test('goes to JSON and back', async () => {
    await put('X1_1m.csv', `${HEADER}\n${minutes(0, 1, 2)}`);
    await wusData('convert', 'X1_1m.csv', 'X1_1m.json.gz');
    await wusData('convert', 'X1_1m.json.gz', 'again_1m.csv');
    expect(await readFile(join(folder, 'again_1m.csv'), 'utf8')).toBe(
      `${HEADER}\n${minutes(0, 1, 2)}`,
    );
  });

  test.each<[string, string[], string]>([
    ['another extension', ['convert', 'X1_1m.csv', 'out.xls'], 'Cannot determine the format of "'],
    [
      'its own input',
      ['convert', 'X1_1m.csv', './X1_1m.csv'],
      'the input has the same path; give another file',
    ],
    ['one file only', ['convert', 'X1_1m.csv'], "Missing required argument 'out'"],
    [
      'a lone resample file',
      ['resample', 'X1_1m.csv', '--to', '1h'],
      'At least two files are required: input files, then the output file',
    ],
    [
      'a shorter interval',
      ['resample', 'X1_1m.csv', '--to', '1s', 'o.csv'],
      'Cannot build 1s candles from 1m',
    ],
    [
      'data shorter than a candle',
      ['resample', 'X1_1m.csv', '--to', '1h', 'o.csv'],
      'too short for one complete 1h candle; nothing was written',
    ],
    [
      'a path that is no folder',
      ['convert', 'X1_1m.csv', 'X1_1m.csv/o.csv'],
      'part of the path is a file, not a folder; check the path',
    ],
  ])('refuses %s and writes nothing', async (_, args, message) => {
    await put('X1_1m.csv', minutes(0, 1, 2));
    const { error } = await wusData(...args);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toContain(message);
    expect(await readdir(folder)).toEqual(['X1_1m.csv']);
  });
});

describe('wus data resample', () => {
  test('builds from what is there and counts what is missing', async () => {
    await put('X1_1m.csv', minutes(1, 2, 3, 5, 6));
    const { out, error } = await wusData('resample', 'X1_1m.csv', '--to', '3m', 'X1_3m.csv');
    expect(error).toBeUndefined();
    expect(out).toBe(
      [
        'X1_3m.csv: 1 3m candle, 2022-01-01 00:03 to 2022-01-01 00:03 UTC (open times)',
        'Dropped, because the data do not fully cover it: the first and last candle',
        '1 1m candle missing inside 1 candle, built from the available ones',
      ].join('\n'),
    );
    expect(await readFile(join(folder, 'X1_3m.csv'), 'utf8')).toBe(
      `${HEADER}\n${T0 + 180_000},2,3,1,2,0.2\n`,
    );
  });

  test('joins several files and reports as JSON', async () => {
    await put('X1_1m_b.csv', minutes(3, 4, 5));
    await put('X1_1m_a.csv', minutes(0, 1, 2, 3));
    const { out } = await wusData(
      'resample',
      'X1_1m_b.csv',
      'X1_1m_a.csv',
      'o.csv',
      '--to',
      '3m',
      '--json',
    );
    expect(JSON.parse(out)).toMatchObject({ from: '1m', to: '3m', candles: 2, missing: 0 });
  });

  test('sums the extra columns that all of several files have', async () => {
    const row = (minute: number) => `${T0 + minute * 60_000},2,3,1,2,1,${10 + minute},${minute}`;
    const header = `${HEADER},quote_volume,count\n`;
    await put('X1_1m_a.csv', `${header}${[0, 1, 2].map(row).join('\n')}\n`);
    await put('X1_1m_b.csv', `${header}${[3, 4, 5].map(row).join('\n')}\n`);
    await wusData('resample', 'X1_1m_b.csv', 'X1_1m_a.csv', 'o.csv', '--to', '3m');
    expect(await readFile(join(folder, 'o.csv'), 'utf8')).toBe(
      `${header}${T0},2,3,1,2,3,33,3\n${T0 + 180_000},2,3,1,2,3,42,12\n`,
    );
  });
});
