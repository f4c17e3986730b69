import {
  type BrokenLine,
  type CandleGap,
  type CandleOddities,
  findCandleProblems,
  findGaps,
  findOddities,
} from '../candles/index.js';
import { type Market, type Timeframe, timeframeMs, UserError } from '../domain/index.js';
import { readCandlePath } from './candle-path.js';
import { type CandleFile, readCandleFile } from './read-candle-file.js';
import { requireTimeframe, volumeNotes } from './require-sound.js';

/** What is in a candle file, and what is wrong with it. */
export interface CandleFileCheck {
  readonly file: string;
  /** Sentences that name line and value; empty for a sound file. Of many, the first ones. */
  readonly problems: readonly string[];
  readonly problemCount: number;
  /** Things to know that are no problem. */
  readonly notes: readonly string[];
  /** `undefined` when the file could not be read as candles. */
  readonly content: CheckedContent | undefined;
}

/** The candles of a readable file. */
export interface CheckedContent {
  readonly symbol: string | undefined;
  readonly market: Market | undefined;
  readonly timeframe: Timeframe;
  readonly candles: number;
  /** Open time of the first candle and end of the last, ms UTC. */
  readonly startTime: number;
  readonly endTime: number;
  readonly extraColumns: readonly string[];
  readonly gaps: readonly CandleGap[];
  readonly missing: number;
  readonly oddities: CandleOddities;
}

const PROBLEMS_LISTED = 20;
/** A file with more lines that are no candles is something else. */
const BROKEN_LINES_MAX = 10_000;

/**
 * Examines one candle file without stopping at the first problem.
 *
 * @param file - Path of the file.
 * @param options - `timeframe` the candles should have (default: told by the path, then by the candles);
 *   `onBytes` gets the size of every piece read.
 * @returns What was found; a file that is missing or no candle file is a problem, too.
 */
export async function checkCandleFile(
  file: string,
  options: {
    readonly timeframe?: Timeframe | undefined;
    readonly onBytes?: ((bytes: number) => void) | undefined;
  } = {},
): Promise<CandleFileCheck> {
  const path = readCandlePath(file);
  const broken: string[] = [];
  const reasons = new Set<BrokenLine>();
  const onBrokenLine = (message: string, why: BrokenLine): void => {
    broken.push(message);
    reasons.add(why);
    if (broken.length < BROKEN_LINES_MAX) return;
    throw new UserError(`${file}: stopped reading after ${BROKEN_LINES_MAX} invalid lines`);
  };
  try {
    const { onBytes } = options;
    const decoded = await readCandleFile(file, { keepExtras: true, onBytes, onBrokenLine });
    const timeframe = requireTimeframe(file, decoded, options.timeframe ?? path.timeframe);
    const { columns, hasVolume } = decoded;
    const found = findCandleProblems(columns, timeframe, { hasVolume, limit: PROBLEMS_LISTED });
    const wrong = found.first.map(
      ({ row, message }) => `${file}${decoded.placeOf(row)}: ${message}`,
    );
    return {
      file,
      problems: inFileOrder([...broken, ...wrong]).slice(0, PROBLEMS_LISTED),
      problemCount: broken.length + found.count,
      notes: [
        ...decoded.notes,
        ...volumeNotes(file, hasVolume),
        ...symbolNotes(file, decoded),
        ...dropNotes(
          reasons,
          wrong.some((text) => text.endsWith('appears twice')),
        ),
      ],
      content: {
        ...contentOf(decoded, timeframe, found.count === 0),
        symbol: path.symbol ?? decoded.symbol,
        market: path.market,
      },
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      file,
      problems: [...broken.slice(0, PROBLEMS_LISTED - 1), error.message],
      problemCount: broken.length + 1,
      notes: [],
      content: undefined,
    };
  }
}

/** What leaves the lines out that need no decision. */
function dropNotes(reasons: ReadonlySet<BrokenLine>, hasDuplicates: boolean): string[] {
  const flags = [
    ...(reasons.has('header') ? ['--drop-repeated-headers'] : []),
    ...(hasDuplicates ? ['--drop-duplicates'] : []),
    ...(reasons.has('not-a-number') ? ['--drop-nan'] : []),
  ];
  return flags.length === 0 ? [] : [`wus data convert ${flags.join(' ')} drops such lines`];
}

/** Each begins with the file and the number of the line. */
function inFileOrder(problems: readonly string[]): string[] {
  return [...problems].sort(new Intl.Collator('en', { numeric: true }).compare);
}

function contentOf(
  decoded: CandleFile,
  timeframe: Timeframe,
  isSound: boolean,
): Omit<CheckedContent, 'symbol' | 'market'> {
  const { columns, extras } = decoded;
  const last = columns.openTime[columns.length - 1]!;
  // Of candles in disorder the gaps are those that stay when they are sorted and none is there twice.
  const times = isSound ? columns.openTime : new Float64Array(new Set(columns.openTime)).sort();
  const gaps = findGaps(times, timeframe).filter((gap) => gap.missing > 0);
  return {
    timeframe,
    candles: columns.length,
    startTime: columns.openTime[0]!,
    endTime: last + timeframeMs(timeframe),
    extraColumns: Object.keys(extras),
    gaps,
    missing: gaps.reduce((sum, gap) => sum + gap.missing, 0),
    oddities: findOddities(columns),
  };
}

function symbolNotes(file: string, decoded: CandleFile): string[] {
  const { symbol } = readCandlePath(file);
  if (symbol === undefined || decoded.symbol === undefined || symbol === decoded.symbol) return [];
  return [
    `${file}: the symbol is ${symbol} in the file name, but ${decoded.symbol} in the symbol column`,
  ];
}
