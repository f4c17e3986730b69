import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../domain/index.js';
import { CsvCandleDecoder, decodeCsvCandles } from './csv-decoder.js';
import type { DecodedCandles } from './decoded-candles.js';

const decode = (text: string, keepExtras = false): DecodedCandles =>
  decodeCsvCandles(new TextEncoder().encode(text), { source: 'x.csv', keepExtras });

const rowsOf = ({ columns: c }: DecodedCandles): number[][] =>
  Array.from(c.openTime, (time, i) => [
    time,
    c.open[i]!,
    c.high[i]!,
    c.low[i]!,
    c.close[i]!,
    c.volume[i]!,
  ]);

const T0 = 1_640_995_200_000;
const T1 = T0 + 60_000;
const ROWS = [
  [T0, 10, 12, 9.5, 11, 100.25],
  [T1, 11, 11.5, 10, 10.5, 0],
];
const HEADER = 'open_time,open,high,low,close,volume';
const BODY = `${T0},10,12,9.5,11,100.25\n${T1},11,11.5,10,10.5,0\n`;
const RAW_0 = `${T0},10,12,9.5,11,100.25,${T0 + 59_999},1000.5,7,50,500,0`;
const RAW_1 = `${T1},11,11.5,10,10.5,0,${T1 + 59_999},0,0,0,0,0`;

describe('decodeCsvCandles()', () => {
  test.each([
    ['our header', `${HEADER}\n${BODY}`],
    ['no header', BODY],
    ['no line end after the last line', `${HEADER}\n${BODY.trimEnd()}`],
    ['CRLF', `${HEADER}\n${BODY}`.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${HEADER}\n${BODY}`],
    ['a byte order mark and no header', `\uFEFF${BODY}`],
    ['blank lines', `\n${HEADER}\n\n${BODY}\n\n`],
    ['a comment and an address before the header', `#x\nhttps://x.com/a\n${HEADER}\n${BODY}`],
    [
      'quoted header and cells',
      `"open_time","open",high,low,close,"volume"\n"${T0}","10",12,9.5,11,"100.25"\n${BODY.split('\n')[1]}\n`,
    ],
    ['semicolons', `${HEADER}\n${BODY}`.replaceAll(',', ';')],
    ['tabs', `${HEADER}\n${BODY}`.replaceAll(',', '\t')],
    [
      'columns in another order, with others between',
      `volume,close,note,low,high,open,open_time\n100.25,11,x,9.5,12,10,${T0}\n0,10.5,,10,11.5,11,${T1}\n`,
    ],
    ['Binance raw, 12 columns, no header', `${RAW_0}\n${RAW_1}\n`],
    [
      'Binance raw, 12 columns, header',
      `${HEADER},close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n${RAW_0}\n${RAW_1}\n`,
    ],
    ['times in µs', BODY.replaceAll(String(T0), `${T0}000`).replaceAll(String(T1), `${T1}000`)],
    ['times changing from ms to µs', BODY.replaceAll(String(T1), `${T1}000`)],
    [
      'times in s',
      BODY.replaceAll(String(T0), `${T0 / 1000}`).replaceAll(String(T1), `${T1 / 1000}`),
    ],
    [
      'ISO dates',
      BODY.replaceAll(String(T0), '2022-01-01').replaceAll(String(T1), '2022-01-01T00:01:00Z'),
    ],
    [
      'ISO dates with an offset',
      BODY.replaceAll(String(T0), '2022-01-01 02:00:00+02:00').replaceAll(
        String(T1),
        '2021-12-31 23:01-01:00',
      ),
    ],
    ['newest first', `${HEADER}\n${BODY.split('\n')[1]}\n${BODY.split('\n')[0]}\n`],
    [
      'CryptoDataDownload',
      `unix,date,symbol,open,high,low,close,Volume ADA,Volume USDT,tradecount\n${T1},2022-01-01 00:01:00,ADA/USDT,11,11.5,10,10.5,0,0,0\n${T0},2022-01-01 00:00:00,ADA/USDT,10,12,9.5,11,100.25,1000.5,7\n`,
    ],
    ["pandas' numbered header", `0,1,2,3,4,5\n${BODY}`],
    [
      "pandas' numbered header with the row numbers before it",
      `,0,1,2,3,4,5\n${BODY.split('\n')
        .map((line, i) => (line === '' ? '' : `${i},${line}`))
        .join('\n')}`,
    ],
    [
      'row numbers before the columns',
      `,${HEADER}\n${BODY.split('\n')
        .map((line, i) => (line === '' ? '' : `${i},${line}`))
        .join('\n')}`,
    ],
    [
      'row numbers without a header',
      BODY.split('\n')
        .map((line, i) => (line === '' ? '' : `${i},${line}`))
        .join('\n'),
    ],
    ['a time column without a name', `${HEADER.replace('open_time', '')}\n${BODY}`],
    ['a time column called "Unnamed: 0"', `${HEADER.replace('open_time', 'Unnamed: 0')}\n${BODY}`],
    ['"Kline open time"', `${HEADER.replace('open_time', 'Kline open time')}\n${BODY}`],
    ['t,o,h,l,c,v', `t,o,h,l,c,v\n${BODY}`],
    [
      "the keys of Binance's streams",
      `t,T,s,i,o,c,h,l,v,n,x,q,V,Q\n${T0},${T0 + 59_999},X,1m,10,11,12,9.5,100.25,7,true,1000.5,50,500\n${T1},${T1 + 59_999},X,1m,11,10.5,11.5,10,0,0,true,0,0,0\n`,
    ],
    [
      "Kraken's seven columns",
      `${T0 / 1000},10,12,9.5,11,100.25,7\n${T1 / 1000},11,11.5,10,10.5,0,0\n`,
    ],
    [
      "Postgres' offset of hours",
      BODY.replaceAll(String(T0), '2022-01-01 00:00:00+00').replaceAll(
        String(T1),
        '2022-01-01 02:01:00+02',
      ),
    ],
    [
      'slashes and an hour of one digit',
      BODY.replaceAll(String(T0), '2022/01/01 0:00').replaceAll(String(T1), '2022/1/1 0:01:00'),
    ],
    [
      'Dukascopy',
      `Gmt time,Open,High,Low,Close,Volume\n${BODY.replaceAll(String(T0), '01.01.2022 00:00:00.000').replaceAll(String(T1), '01.01.2022 00:01:00.000')}`,
    ],
    [
      "Go's times",
      BODY.replaceAll(String(T0), '2022-01-01 00:00:00 +0000 UTC').replaceAll(
        String(T1),
        '2022-01-01 00:01:00 +0000 UTC',
      ),
    ],
    [
      'times in ns',
      BODY.replaceAll(String(T0), `${T0}000000`).replaceAll(String(T1), `${T1}000000`),
    ],
    [
      'times with a fraction',
      BODY.replaceAll(String(T0), `${T0}.0`).replaceAll(String(T1), `${T1}.0`),
    ],
    [
      'a delimiter inside quotes of a column to skip',
      `note,${HEADER}\n"a, b",${BODY.split('\n')[0]}\n"c",${BODY.split('\n')[1]}\n`,
    ],
    ['signs and exponents', `${T0},+10,1.2e1,95e-1,11.,100.25\n${T1},11,11.5,10,10.5,.0\n`],
  ])('reads %s', (_, text) => {
    expect(rowsOf(decode(text))).toEqual(ROWS);
  });

  test('keeps the extra columns when asked to', () => {
    const { extras } = decode(`${RAW_0}\n${RAW_1}\n`, true);
    expect(Object.fromEntries(Object.entries(extras).map(([k, v]) => [k, [...v]]))).toEqual({
      close_time: [T0 + 59_999, T1 + 59_999],
      quote_volume: [1000.5, 0],
      count: [7, 0],
      taker_buy_volume: [50, 0],
      taker_buy_quote_volume: [500, 0],
    });
    expect(decode(RAW_0).extras).toEqual({});
  });

  test('names lines of the file, past headers and blank lines, also when turned round', () => {
    const decoded = decode(`\n${HEADER}\n${T0},1,1,1,1,1\n\n${T1},1,1,1,1,1\n`);
    expect([decoded.placeOf(0), decoded.placeOf(1)]).toEqual([':3', ':5']);
    const turned = decode(`${HEADER}\n${T1},1,1,1,1,1\n\n${T0},1,1,1,1,1\n`);
    expect([turned.placeOf(0), turned.placeOf(1)]).toEqual([':4', ':2']);
    expect(turned.notes).toEqual(['x.csv: newest candle first; the order was reversed']);
  });

  test('names the instrument of a symbol column', () => {
    expect(decode(`symbol,${HEADER}\nADA/USDT,${BODY.split('\n')[0]}\n`).symbol).toBe('ADAUSDT');
  });

  test.each([
    [
      'the symbol column',
      'symbol,',
      'BTC/USD,',
      'Volume BTC,Volume USD',
      '310,13110000',
      undefined,
    ],
    [
      'the symbol column, quote first',
      'symbol,',
      'BTC/USD,',
      'Volume USD,Volume BTC',
      '13110000,310',
      undefined,
    ],
    [
      'the symbol column, a pair of two coins',
      'symbol,',
      'BNB-ETH,',
      'Volume ETH,Volume BNB',
      '13110000,310',
      undefined,
    ],
    [
      'the symbol column, against what is usual',
      'symbol,',
      'USDTRY,',
      'Volume TRY,Volume USD',
      '13110000,310',
      undefined,
    ],
    ['the name of the file', '', '', 'Volume TRY,Volume USDT', '13110000,310', 'USDTTRY'],
    ['what prices usually count in', '', '', 'Volume USDC,Volume DOGE', '13110000,310', undefined],
    [
      'what prices usually count in, small letters',
      '',
      '',
      'volume_doge,volume_btc',
      '310,13110000',
      undefined,
    ],
    ['a spelling of its own', '', '', 'quote_volume,Volume BTC', '13110000,310', undefined],
  ])('tells volumes named after assets apart by %s', (_, name, cell, volumes, values, symbol) => {
    const text = `${name}open_time,open,high,low,close,${volumes}\n${cell}${T0},1,1,1,1,${values}\n`;
    const bytes = new TextEncoder().encode(text);
    for (const pieces of [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))]) {
      const decoder = new CsvCandleDecoder({ source: 'x.csv', keepExtras: true, symbol });
      for (const piece of pieces) decoder.push(piece);
      const { columns, extras } = decoder.finish();
      expect([columns.volume[0], extras.quote_volume?.[0]]).toEqual([310, 13_110_000]);
    }
  });

  test('accepts a file without volume and says so', () => {
    const decoded = decode(`time,open,high,low,close\n${T0},1,1,1,1\n`);
    expect(decoded.hasVolume).toBe(false);
    expect([...decoded.columns.volume]).toEqual([Number.NaN]);
  });

  test.each([
    ['an empty file', '', 'x.csv: the file is empty; check'],
    ['blank lines only', '\n\n', 'x.csv: only blank lines'],
    ['a header only', `${HEADER}\n`, 'x.csv: only a header, no candles'],
    ['a header only, torn', HEADER, 'x.csv: only a header, no candles'],
    [
      'another table',
      'x,y,z\n1,2,3\n',
      'x.csv:1: no candles: column open_time, open, high, low, close is missing; the header is "x,y,z"',
    ],
    ['a name twice', 'time,open,open,high,low,close\n', 'x.csv:1: the header has "open" twice'],
    [
      'a wrong number of columns',
      '1,2,3\n',
      'x.csv:1: 3 columns and no header: expected 6, 7 (Kraken), 11 or 12',
    ],
    [
      'a word',
      `${HEADER}\n${T0},1,x,1,1,1\n`,
      'x.csv:2: high "x" is not a number; fix or remove it, or download the file again',
    ],
    ['NaN', `${T0},1,nan,1,1,1\n`, 'x.csv:1: high "nan" is not a number'],
    ['Infinity', `${T0},1,1,1,1,Infinity\n`, 'x.csv:1: volume "Infinity" is not a number'],
    ['hex', `${T0},0x10,1,1,1,1\n`, 'x.csv:1: open "0x10" is not a number'],
    ['an empty cell', `${T0},1,1,1,,1\n`, 'x.csv:1: close is empty'],
    [
      'an impossible date',
      '2022-02-30,1,1,1,1,1\n',
      'x.csv:1: open_time "2022-02-30" is not a time',
    ],
    [
      'a missing column',
      `${BODY}${T1},1,1\n${BODY}`,
      `x.csv:3: 3 columns instead of 6 in "${T1},1,1"`,
    ],
    ['a column too many', `${BODY}${T1},1,1,1,1,1,1\n`, 'x.csv:3: 7 columns instead of 6'],
    [
      'a torn last line',
      `${BODY}${T1 + 60_000},1,1`,
      `x.csv:3: 3 columns instead of 6 in "${T1 + 60_000},1,1"; the last line is truncated: download the file again, or remove the line`,
    ],
    [
      'a torn first number',
      `${BODY}16409`,
      'x.csv:3: 1 columns instead of 6 in "16409"; the last line is truncated: download the file again, or remove the line',
    ],
    [
      'a header in the middle',
      `${HEADER}\n${BODY}${HEADER}\n${BODY}`,
      'x.csv:4: a repeated header, as in files joined with cat; wus data convert --drop-repeated-headers',
    ],
    [
      'a header in the middle of a file without one',
      `${BODY}${HEADER}\n${BODY}`,
      'x.csv:3: a repeated header, as in files joined with cat',
    ],
    [
      'thousands in quotes, shown whole',
      `${HEADER}\n${T0},"42,000.00",12,9.5,11,100.25\n`,
      'x.csv:2: open "42,000.00" has commas between thousands: write the number without them',
    ],
    [
      'decimal commas',
      `${HEADER.replaceAll(',', ';')}\n${T0};10,5;12;9;11;1\n`,
      'x.csv:2: open "10,5" has a decimal comma: use a decimal point',
    ],
    [
      'a date of which day and month are not certain',
      `${HEADER}\n01/02/2022,10,12,9.5,11,100.25\n`,
      'x.csv:2: open_time "01/02/2022" may be day/month or month/day: write it as 2024-12-31',
    ],
    [
      'an empty number',
      `${HEADER}\n${T0},10,,9.5,11,100.25\n`,
      'x.csv:2: high is empty; fix or remove it, or download the file again; wus data convert --drop-nan drops such lines',
    ],
    ['control characters', '\u0000\u0001,\u0002\n', 'x.csv:1: no candles: column'],
    ['a line without end', 'x'.repeat(70_000), 'x.csv:1: longer than 65536 bytes'],
  ])('refuses %s', (_, text, message) => {
    const attempt = (): unknown => decode(text);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(message);
  });

  test('warns when the last line has no line end', () => {
    expect(decode(BODY.trimEnd()).notes[0]).toContain('x.csv:2: the last line has no line end');
    expect(decode(BODY).notes).toEqual([]);
  });
});

describe('a field', () => {
  const digits = (max: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: max });
  const decimal = fc.oneof(
    digits(20),
    fc.tuple(digits(18), digits(26)).map(([whole, part]) => `${whole}.${part}`),
    fc.tuple(digits(9), digits(8)).map(([whole, part]) => `${whole}.${part}`),
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom(
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '90071992547409.93',
      '0.9007199254740993',
      '1.',
      '.5',
      '0',
      '0.0',
      '1e22',
      '1e23',
      '5e-324',
      '179769313486231570000',
      '0.00000000000000000000001',
    ),
  );

  test('equals Number(text) to the last bit', () => {
    fc.assert(
      fc.property(decimal, fc.constantFrom('\n', '\r\n', ''), (text, end) => {
        const { columns } = decode(`${T0},${text},1,1,1,${text}${end}`);
        expect(columns.open[0]).toBe(Number(text));
        expect(columns.volume[0]).toBe(Number(text));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('CsvCandleDecoder', () => {
  test('gives the same candles however the bytes are cut into pieces', () => {
    const text = `\uFEFF${HEADER},count\r\n\r\n${ROWS.map((row) => `${row.join(',')},7\r\n`).join('')}`;
    const bytes = new TextEncoder().encode(text);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const decoder = new CsvCandleDecoder({ source: 'x.csv' });
        const ends = [...cuts.sort((a, b) => a - b), bytes.length];
        ends.forEach((end, i) => {
          decoder.push(bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
        });
        const decoded = decoder.finish();
        expect(rowsOf(decoded)).toEqual(ROWS);
        expect(decoded.placeOf(1)).toBe(':4');
      }),
    );
  });

  test('leaves out the lines that are no candles when somebody hears of them', () => {
    const text = [
      HEADER,
      `${T0},1,1,1,1,1`,
      `${T1},1,x,1,1,1`,
      '',
      'a,b',
      `${T1},2,2,2,2,2`,
      `${T1 + 60_000},1,1,1,1,1,1`,
      `${T1 + 120_000},3,3,3,3,3`,
      '164',
    ].join('\n');
    const bytes = new TextEncoder().encode(text);
    for (const size of [bytes.length, 7, 1]) {
      const heard: string[] = [];
      const decoder = new CsvCandleDecoder({
        source: 'x.csv',
        onBrokenLine: (line) => heard.push(line),
      });
      for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size));
      const decoded = decoder.finish();
      expect(heard).toEqual([
        'x.csv:3: high "x" is not a number',
        'x.csv:5: open_time "a" is not a time in ms, µs or ISO 8601',
        `x.csv:7: 7 columns instead of 6 in "${T1 + 60_000},1,1,1,1,1,1"`,
        'x.csv:9: 1 columns instead of 6 in "164"; the last line is truncated: download the file again, or remove the line',
      ]);
      expect([...decoded.columns.open]).toEqual([1, 2, 3]);
      expect([0, 1, 2].map((row) => decoded.placeOf(row))).toEqual([':2', ':6', ':8']);
    }
  });

  test('says of a file without a single candle that it has none', () => {
    const heard: string[] = [];
    const options = { source: 'x.csv', onBrokenLine: (line: string) => heard.push(line) };
    expect(() => decodeCsvCandles(new TextEncoder().encode(`${HEADER}\na\nb\n`), options)).toThrow(
      'x.csv: no line is a candle; check the download or give another file',
    );
    expect(heard).toHaveLength(2);
  });

  test('never fails with anything but a message for the user, whatever the bytes', () => {
    const clean = new TextEncoder().encode(`${HEADER}\n${BODY}${BODY}`);
    const change = fc.tuple(fc.nat(clean.length - 1), fc.integer({ min: 0, max: 255 }));
    const corrupted = fc
      .tuple(fc.array(change, { maxLength: 8 }), fc.nat(clean.length))
      .map(([changes, length]) => {
        const bytes = clean.slice(0, length);
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        return bytes;
      });
    const any = fc.oneof(corrupted, fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(any, fc.boolean(), (bytes, isHeard) => {
        const onBrokenLine = isHeard ? () => undefined : undefined;
        try {
          const options = { source: 'x.csv', keepExtras: true, onBrokenLine };
          const { columns } = decodeCsvCandles(bytes, options);
          expect(columns.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as Error).message).toMatch(/^x\.csv(:\d+)?: /);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
