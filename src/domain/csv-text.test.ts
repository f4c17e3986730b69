import { describe, expect, test } from 'vitest';
import { csvField, csvFieldText, csvRecords } from './csv-text.js';

describe('csvField()', () => {
  test.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ["'=1+1", "''=1+1"],
    ["'tis", "'tis"],
    [-1.5, '-1.5'],
    [true, 'true'],
  ])('writes %j as %j', (value, cell) => {
    expect(csvField(value)).toBe(cell);
  });

  test.each(['=1', "'=1", "''=1", '+a', '-b', '@c', "'", "'x", '\tx', 'a"b,c\nd'])(
    'text %j comes back',
    (text) => {
      const [record] = csvRecords(`x,${csvField(text)}\n`);
      expect(csvFieldText(record!.cells[1]!)).toBe(text);
    },
  );
});

describe('csvRecords()', () => {
  test('reads quotes, line ends inside cells, CRLF, a byte order mark, and counts lines', () => {
    expect([...csvRecords('\uFEFFa,b\r\n\r\n"1\n2","x""y"\r\n3,4\n')]).toEqual([
      { cells: ['a', 'b'], line: 1, isTerminated: true },
      { cells: ['1\n2', 'x"y'], line: 3, isTerminated: true },
      { cells: ['3', '4'], line: 5, isTerminated: true },
    ]);
  });

  test('says that a record without a line end may be torn', () => {
    expect([...csvRecords('a,b\n1,')].at(-1)).toEqual({
      cells: ['1', ''],
      line: 2,
      isTerminated: false,
    });
    expect([...csvRecords('a,b\n1,"x\n')].at(-1)).toMatchObject({ isTerminated: false });
  });
});
