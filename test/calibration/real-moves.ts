import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Real coins whose hourly moves are drawn in blocks. */
export const COINS = ['BTC', 'ETH', 'SOL'] as const;

export type Coin = (typeof COINS)[number];

const FOLDER = '../shared/data/spot/1h';
/** The first week after a listing is like no other. */
const HOURS_SKIPPED = 168;
const [MOVE_MIN, MOVE_MAX] = [2e-4, 0.2];

/** Whether the real candles are there; they never belong to this repository. */
export const hasRealMoves = COINS.every((coin) => existsSync(fileOf(coin)));

const known = new Map<Coin, Float64Array>();

/**
 * Returns the sizes of the hourly moves of a coin: |ln(close / open)| of each candle.
 *
 * @param coin - Which one.
 */
export function hourlyMoves(coin: Coin): Float64Array {
  const found = known.get(coin);
  if (found !== undefined) return found;
  const text = gunzipSync(readFileSync(fileOf(coin))).toString('utf8');
  const [header, ...lines] = text.trimEnd().split('\n');
  const columns = header!.split(',');
  const [open, close] = [columns.indexOf('open'), columns.indexOf('close')];
  const moves = Float64Array.from(lines.slice(HOURS_SKIPPED), (line) => {
    const cells = line.split(',');
    const move = Math.abs(Math.log(Number(cells[close]) / Number(cells[open])));
    return Math.min(MOVE_MAX, Math.max(MOVE_MIN, move));
  });
  known.set(coin, moves);
  return moves;
}

function fileOf(coin: Coin): string {
  return `${FOLDER}/${coin}USDT_1h.csv.gz`;
}
