import { open } from 'node:fs/promises';
import { type Market, type Timeframe, UsageError } from '../domain/index.js';
import { type CandleFile, readCandleFile, readCandlePath } from '../history/index.js';
import { isReportPage, type ReportKind, reportKind } from '../report/index.js';

/** An output file, and how an earlier output of the same kind is told from anything else. */
export interface PlannedOutput {
  /** Words by which the user knows it: `--trades-file`. */
  readonly name: string;
  /** `undefined`: not asked for. */
  readonly file: string | undefined;
  readonly kind: OutputKind;
}

export type OutputKind =
  | { readonly kind: 'report'; readonly report?: ReportKind }
  /** A table of this program: its header line, and the instrument of its rows where they begin with one. */
  | {
      readonly kind: 'table';
      readonly header: string;
      /** Whether more columns may follow. Default false. */
      readonly isOpen?: boolean;
      readonly symbol?: string | undefined;
    };

/** Enough for the marks of a page and the first rows of a table. */
const HEAD_BYTES = 16_384;

/**
 * Refuses to replace a file that is no earlier output of the same kind. To be called before the work starts.
 *
 * @param outputs - What will be written.
 * @param isForced - The user said `--force`.
 * @throws {UsageError} Naming the first such file and what it is.
 */
export async function requireReplaceable(
  outputs: readonly PlannedOutput[],
  isForced: boolean,
): Promise<void> {
  if (isForced) return;
  for (const { name, file, kind } of outputs) {
    const head = file === undefined ? '' : await headOf(file);
    if (head === '') continue;
    const problem =
      kind.kind === 'report' ? reportProblem(head, kind.report) : tableProblem(head, kind);
    if (problem !== undefined) throw refusal(name, file!, problem);
  }
}

/** The header of a table that is going to be written. */
export function firstLine(csv: string): string {
  return csv.slice(0, csv.indexOf('\n'));
}

/** The candles that are to be written, and whose. */
export interface PlannedCandles {
  readonly symbol: string | undefined;
  readonly market: Market | undefined;
  readonly timeframe: Timeframe;
  readonly openTime: Float64Array;
  /** Names of the columns beyond the six of every candle. */
  readonly extras: readonly string[];
}

/**
 * Refuses to replace a file that is named after another instrument or length, or that holds candles or columns which would
 * be lost.
 *
 * @param file - Where they go.
 * @param planned - What goes there.
 * @param isForced - The user said `--force`.
 * @throws {UsageError} Naming the file and what it is.
 */
export async function requireReplaceableCandles(
  file: string,
  planned: PlannedCandles,
  isForced: boolean,
): Promise<void> {
  if (isForced || (await headOf(file)) === '') return;
  const named = readCandlePath(file);
  for (const [what, given, found] of [
    ['symbol', planned.symbol, named.symbol],
    ['interval', planned.timeframe, named.timeframe],
    ['market', planned.market, named.market],
  ] as const) {
    if (given !== undefined && found !== undefined && given !== found) {
      throw refusal(
        'Output',
        file,
        `is of ${what} ${found} according to its name, not of ${given}`,
      );
    }
  }
  const existing = await readCandleFile(file, { keepExtras: true }).catch(() => undefined);
  const problem = existing === undefined ? 'is not a candle file' : lossOf(existing, planned);
  if (problem !== undefined) throw refusal('Output', file, problem);
}

/** What of an existing candle file would not be in the new one. */
function lossOf({ columns, extras }: CandleFile, planned: PlannedCandles): string | undefined {
  const times = new Set(planned.openTime);
  const lost = columns.openTime.filter((time) => !times.has(time)).length;
  if (lost > 0) {
    return `holds ${lost.toLocaleString('en-US')} ${lost === 1 ? 'candle' : 'candles'} that the new file lacks`;
  }
  const missing = Object.keys(extras).filter((name) => !planned.extras.includes(name));
  return missing.length === 0
    ? undefined
    : `has columns that the new file lacks (${missing.join(', ')})`;
}

function reportProblem(head: string, wanted: ReportKind | undefined): string | undefined {
  if (!isReportPage(head)) return 'is not a wus report';
  const found = reportKind(head);
  return found === undefined || wanted === undefined || found === wanted
    ? undefined
    : `is a report of another kind (${found}, not ${wanted})`;
}

function tableProblem(
  head: string,
  { header, isOpen = false, symbol }: Extract<OutputKind, { readonly kind: 'table' }>,
): string | undefined {
  const [first = '', second = ''] = head.split(/\r?\n/);
  if (first !== header && !(isOpen && first.startsWith(`${header},`)))
    return 'is not an earlier file of this kind';
  const found = second.split(',')[0]!;
  if (symbol === undefined || found === '' || found === symbol) return undefined;
  return `is of ${found}, not of ${symbol}`;
}

function refusal(name: string, file: string, problem: string): UsageError {
  return new UsageError(
    `${name} ${file}: the file exists and ${problem}; give another file, or add --force to overwrite it`,
  );
}

/**
 * Returns the beginning of a regular file; empty for a new or empty file, a device or a pipe.
 *
 * @param file - Path.
 */
export async function headOf(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    if (!(await handle.stat()).isFile()) return '';
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
