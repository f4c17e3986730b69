/** What the first bytes of a file say that it is. */
export type FileMagic =
  | { readonly kind: 'gzip' | 'zip' | 'arrow' | 'parquet' | 'text' }
  /** Nothing that is read here; `advice` names it and says what to do. */
  | { readonly kind: 'other'; readonly advice: string };

/** Bytes that are enough to tell. */
export const MAGIC_BYTES = 512;

const PICKLE = "a Python pickle; in Python: pandas.read_pickle('FILE').to_csv('candles.csv')";

const OTHERS: readonly (readonly [magic: string, advice: string, at?: number])[] = [
  ['FEA1', 'a Feather file of version 1; write it again with pandas: df.to_feather(path)'],
  [
    'SQLite format 3\0',
    'a SQLite database; export the table: sqlite3 -header -csv FILE "select * from TABLE" > candles.csv',
  ],
  [
    '\x89HDF',
    "an HDF5 file; in Python: pandas.read_hdf('FILE').to_csv('candles.csv'), or freqtrade convert-data --format-from hdf5 --format-to feather",
  ],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook; save it as CSV (UTF-8)'],
  ['BZh', 'a bzip2 file; unpack it: bunzip2 FILE'],
  ['\xfd7zXZ\0', 'an xz file; unpack it: unxz FILE'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard file; unpack it: unzstd FILE'],
  ['\x04\x22\x4d\x18', 'an LZ4 file; unpack it: unlz4 FILE'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive; unpack it: 7z x FILE'],
  ['Rar!\x1a\x07', 'a RAR archive; unpack it: unrar x FILE'],
  [
    '\x93NUMPY',
    "a NumPy file; in Python: pandas.DataFrame(numpy.load('FILE')).to_csv('candles.csv')",
  ],
  [
    'Obj\x01',
    "an Avro file; convert it to CSV or Parquet, for example with DuckDB's avro extension",
  ],
  ['ORC', "an ORC file; in Python: pandas.read_orc('FILE').to_csv('candles.csv')"],
  ['DUCK', "a DuckDB database; export the table: COPY candles TO 'candles.csv' (HEADER)", 8],
  ['\x80\x02', PICKLE],
  ['\x80\x03', PICKLE],
  ['\x80\x04', PICKLE],
  ['\x80\x05', PICKLE],
  ['%PDF', 'a PDF document; get the data as CSV'],
  ['\x89PNG', 'an image; give a candle file'],
  ['ustar', 'a tar archive; unpack it (tar xf FILE) and name the CSV file inside', 257],
  ['\xff\xfe', 'UTF-16 text; save it as UTF-8'],
  ['\xfe\xff', 'UTF-16 text; save it as UTF-8'],
];

/**
 * Tells by its first bytes what kind of file it is.
 *
 * @param head - The first `MAGIC_BYTES` bytes, or all of a shorter file.
 */
export function fileMagic(head: Uint8Array): FileMagic {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  if (text.startsWith('\x1f\x8b')) return { kind: 'gzip' };
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return zipMagic(text);
  if (text.startsWith('ARROW1')) return { kind: 'arrow' };
  if (text.startsWith('PAR1')) return { kind: 'parquet' };
  for (const [magic, advice, at = 0] of OTHERS) {
    if (text.startsWith(magic, at)) return { kind: 'other', advice };
  }
  const words = text.replace(/^\xef\xbb\xbf/, '').trimStart();
  const advice = textAdvice(words);
  return advice === undefined ? { kind: 'text' } : { kind: 'other', advice };
}

/** A workbook is a zip whose first files have names of their own. */
function zipMagic(text: string): FileMagic {
  if (/\[Content_Types\]\.xml|_rels\/|xl\//.test(text)) {
    return { kind: 'other', advice: 'an Excel workbook (.xlsx); save the sheet as CSV (UTF-8)' };
  }
  if (text.includes('mimetypeapplication/vnd.oasis')) {
    return { kind: 'other', advice: 'an OpenDocument spreadsheet; save the sheet as CSV (UTF-8)' };
  }
  return { kind: 'zip' };
}

function textAdvice(text: string): string | undefined {
  if (/^(<!doctype html|<html)/i.test(text)) {
    return 'a web page instead of candles; download the file again';
  }
  if (text.startsWith('<'))
    return 'XML instead of candles; servers often answer a missing file like this';
  return text.startsWith('version https://git-lfs')
    ? 'a Git LFS pointer, not the file; fetch it: git lfs pull'
    : undefined;
}
