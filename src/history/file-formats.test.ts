import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileMagic } from './file-magic.js';
import { findCandleFiles } from './find-candle-files.js';
import { loadCandleFile } from './load-candle-file.js';
import { unpackLz4Frame } from './lz4-frame.js';
import { readCandleFile } from './read-candle-file.js';
import { zipOf } from './zip-of.contract.js';

const FILES = new URL('../../test/files/', import.meta.url).pathname;
const T0 = Date.UTC(2024, 0, 1);
const HOUR = 3_600_000;
const HEADER = 'open_time,open,high,low,close,volume\n';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-formats-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const put = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};
const line = (i: number): string => `${T0 + i * HOUR},100,102,99,101,${i}\n`;
const failure = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'nothing',
    (error: unknown) => (error as Error).message,
  );

describe('readCandleFile()', () => {
  test.each([
    'BTC_USDT-1h.feather',
    'BTC_USDT-1h-zstd.feather',
    'BTC_USDT-1h-plain.feather',
    'BTCUSDT_1h_snappy.parquet',
    'BTCUSDT_1h_zstd.parquet',
    'BTCUSDT_1h_gzip.parquet',
  ])('reads %s as pandas wrote it', async (name) => {
    const { columns } = await readCandleFile(join(FILES, name));
    expect(columns.length).toBe(24);
    const rows = [0, 23].map((i) => [
      columns.openTime[i],
      columns.open[i],
      columns.high[i],
      columns.low[i],
      columns.close[i],
      columns.volume[i],
    ]);
    expect(rows).toEqual([
      [T0, 100, 102, 99, 101, 5.5],
      [T0 + 23 * HOUR, 123, 125, 122, 124, 28.5],
    ]);
  });

  test.each([
    ['one file', { 'BTCUSDT-1h-2024-01.csv': line(0) + line(1) }],
    [
      'what macOS adds',
      {
        '__MACOSX/._a.csv': 'x',
        'a/': '',
        'a/BTCUSDT-1h-2024-01.csv': line(0) + line(1),
        'a/.DS_Store': 'x',
      },
    ],
  ])('reads a zip archive with %s', async (_, entries) => {
    const { columns } = await readCandleFile(await put('BTCUSDT-1h-2024-01.zip', zipOf(entries)));
    expect([...columns.openTime]).toEqual([T0, T0 + HOUR]);
  });

  test.each([
    [
      'two files',
      zipOf({ 'a.csv': line(0), 'b.csv': line(1) }),
      'a zip archive of 2 files (a.csv, b.csv)',
    ],
    ['no file', zipOf({}), 'the zip archive is empty'],
    ['a wrong checksum', zipOf({ 'a.csv': line(0) }, { crc: 7 }), 'the checksum does not match'],
    ['half of itself', zipOf({ 'a.csv': line(0) }).subarray(0, 40), 'the zip archive is damaged'],
    ['a Parquet file inside', zipOf({ 'a.parquet': 'PAR1xxxx' }), 'it contains a parquet file'],
  ])('refuses a zip archive with %s', async (_, content, message) => {
    expect(await failure(readCandleFile(await put('BTCUSDT_1h.zip', content)))).toContain(message);
  });

  test.each([
    ['a SQLite database', 'SQLite format 3\0xxxx', /SQLite database; .*sqlite3 -header -csv/],
    ['an HDF5 file', '\x89HDF\r\n\x1a\n', /HDF5 file; .*read_hdf/],
    ['a pickle', '\x80\x04\x95', /pickle; .*read_pickle/],
    ['a workbook', 'PK\x03\x04\x14\0\x06\0[Content_Types].xml', /Excel workbook.*CSV/],
    ['a web page', '\n <!DOCTYPE html><title>x', /web page/],
    ['an answer in XML', '<?xml version="1.0"?><Error/>', /XML/],
    ['a Feather file of version 1', 'FEA1xxxx', /Feather file of version 1.*to_feather/],
    ['a Zstandard file', '\x28\xb5\x2f\xfdxx', /Zstandard file.*unzstd/],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n', /Git LFS.*git lfs pull/],
    ['a broken Arrow file', 'ARROW1\0\0xxxxxxxx', /Arrow file cannot be read/],
    ['a broken Parquet file', 'PAR1xxxxxxxxxxxxPAR1', /Parquet file cannot be read/],
  ])('names %s', async (_, content, message) => {
    const path = await put('x_1h.dat', Buffer.from(content, 'latin1'));
    expect(await failure(readCandleFile(path))).toMatch(message);
  });

  test('names what is inside a gzip', async () => {
    const path = await put('x_1h.gz', gzipSync(Buffer.from('PAR1xxxx')));
    expect(await failure(readCandleFile(path))).toContain('it contains a parquet file');
  });
});

describe('loadCandleFile()', () => {
  const joined = `${HEADER}${line(0)}${line(1)}${HEADER}${line(1)}${line(2).replace(',102,', ',,')}${line(3)}${line(3).replace('101', '101.5')}`;

  test('leaves out and counts what it is asked to', async () => {
    const path = await put('BTCUSDT_1h.csv', joined);
    const drop = { repeatedHeaders: true, duplicates: true, nan: true };
    const { columns, dropped } = await loadCandleFile(path, { drop });
    expect([...columns.openTime].map((time) => (time - T0) / HOUR)).toEqual([0, 1, 3]);
    expect([...columns.close]).toEqual([101, 101, 101.5]);
    expect(dropped).toEqual({ repeatedHeaders: 1, duplicates: 2, differing: 1, nan: 1 });
  });

  test.each([
    [{ duplicates: true, nan: true }, ':4: a repeated header, as in files joined with cat'],
    [
      { repeatedHeaders: true, nan: true },
      'wus data convert --drop-duplicates keeps the later line',
    ],
    [{ repeatedHeaders: true, duplicates: true }, ':6: high is empty'],
  ])('refuses the others with %j', async (drop, message) => {
    const path = await put('BTCUSDT_1h.csv', joined);
    expect(await failure(loadCandleFile(path, { drop }))).toContain(message);
  });
});

test('fileMagic() takes CSV and JSON for text', () => {
  for (const text of ['open_time,open', '[[1', '{"a":1}', '1704067200000,1', '\xef\xbb\xbftime']) {
    expect(fileMagic(Buffer.from(text, 'latin1'))).toEqual({ kind: 'text' });
  }
});

test("findCandleFiles() finds Binance's own names", async () => {
  const names = [
    'BTCUSDT-1h-2024-01.zip',
    'BTCUSDT-1h-2024-02-03.csv',
    'BTCUSDT_1h.feather',
    'BTCUSDT-1h-notes.csv',
    'BTCUSDTX-1h-2024-01.zip',
    'BTCUSDT-1h-2024-01.zip.CHECKSUM',
  ];
  const { mkdir } = await import('node:fs/promises');
  await mkdir(join(folder, 'd/spot/1h'), { recursive: true });
  for (const name of names) await writeFile(join(folder, 'd/spot/1h', name), '');
  const instrument = { market: 'spot', timeframe: '1h', symbol: 'BTCUSDT' } as const;
  const found = await findCandleFiles(join(folder, 'd'), instrument);
  expect(found.map((path) => path.slice(path.lastIndexOf('/') + 1))).toEqual(names.slice(0, 3));
});

describe('unpackLz4Frame()', () => {
  test('copies over the end of what it writes, and from the block before', () => {
    // "ab", then 8 bytes from 2 back; a second block: 4 bytes from 10 back, and the literal "z".
    const blocks = [
      [0x24, 0x61, 0x62, 2, 0, 0x00],
      [0x00, 10, 0, 0x10, 0x7a],
    ];
    const body = blocks.flatMap((block) => [block.length, 0, 0, 0, ...block]);
    const frame = Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0, ...body, 0, 0, 0, 0]);
    expect(Buffer.from(unpackLz4Frame(frame)).toString()).toBe('ababababab' + 'abab' + 'z');
  });

  test('refuses what is cut off', async () => {
    const file = await readFile(join(FILES, 'BTC_USDT-1h.feather'));
    const start = file.indexOf(Buffer.from([0x04, 0x22, 0x4d, 0x18]));
    for (const length of [3, 9, 20, 40]) {
      expect(() => unpackLz4Frame(file.subarray(start, start + length))).toThrow(RangeError);
    }
  });
});
