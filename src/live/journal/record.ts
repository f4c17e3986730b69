import { crc32 } from 'node:zlib';

/** One line of a journal or snapshot. */
export interface JournalRecord {
  /** Grows by one from record to record. */
  readonly sequence: number;
  /** JSON on one line. */
  readonly text: string;
}

const HEAD = /^([0-9a-f]{8}) ([0-9a-f]{8}) (\d{1,15}) /;
const NEWLINE = 10;

/**
 * Writes a record: length of the text in bytes, checksum of sequence and text, sequence, text.
 *
 * @param record - Its text must not contain a line break.
 */
export function encodeRecord(record: JournalRecord): Uint8Array {
  const text = Buffer.from(record.text);
  const head = `${hex(text.length)} ${checksum(record.sequence, text)} ${record.sequence} `;
  const line = Buffer.allocUnsafe(head.length + text.length + 1);
  line.write(head, 'latin1');
  line.set(text, head.length);
  line[line.length - 1] = NEWLINE;
  return line;
}

/**
 * Reads the records of a file; a line that is torn, overwritten or of other bytes is `undefined`.
 *
 * @param data - The whole file.
 */
export function decodeRecords(data: Uint8Array): readonly (JournalRecord | undefined)[] {
  const records: (JournalRecord | undefined)[] = [];
  for (let from = 0; from < data.length; ) {
    const at = data.indexOf(NEWLINE, from);
    const to = at < 0 ? data.length : at;
    records.push(at < 0 ? undefined : decodeLine(Buffer.from(data.subarray(from, to))));
    from = to + 1;
  }
  return records;
}

function decodeLine(line: Buffer): JournalRecord | undefined {
  const head = HEAD.exec(line.toString('latin1', 0, 40));
  if (head === null) return undefined;
  const text = line.subarray(head[0].length);
  const sequence = Number(head[3]);
  const isWhole = hex(text.length) === head[1] && checksum(sequence, text) === head[2];
  return isWhole ? { sequence, text: text.toString('utf8') } : undefined;
}

function checksum(sequence: number, text: Uint8Array): string {
  return hex(crc32(text, crc32(String(sequence))));
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
