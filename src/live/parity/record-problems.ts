import { candleOpenTime } from '../../domain/index.js';
import { clientOrderId, isOwnOrderId } from '../core/index.js';
import { instant, type ParityContext } from './parity-context.js';
import type { RecordedTrade } from './recorded-trade.js';

/**
 * Says what in a row of the log contradicts itself, the state of the bot or the other rows.
 *
 * @param live - A trade of the log.
 */
export function recordProblems(context: ParityContext, live: RecordedTrade): readonly string[] {
  const { candles, lengthMs } = context;
  const { signalTime, entryFillTime, exitFillTime } = live;
  const problems: string[] = [];
  const openTime = (time: number): number => candleOpenTime(time, candles.timeframe);
  if (openTime(entryFillTime) !== live.entryTime || openTime(exitFillTime) !== live.exitTime)
    problems.push('the candles of entry and exit do not match the fills');
  if (exitFillTime < entryFillTime || entryFillTime < signalTime + lengthMs)
    problems.push('signal, entry and exit are not in chronological order');
  if (!(live.units > 0)) problems.push(`a quantity of ${live.units}`);
  const other = context.trades.find((trade) => trade !== live && overlaps(trade, live));
  if (other !== undefined)
    problems.push(`the bot already held its trade of ${instant(other.entryTime)}`);
  return [...problems, ...orderProblems(context, live)];
}

/** Of two trades at the same time the later one is the odd one; of two at one moment the second of the log. */
function overlaps(earlier: RecordedTrade, later: RecordedTrade): boolean {
  return earlier.entryFillTime <= later.entryFillTime && earlier.exitFillTime > later.entryFillTime;
}

/** The ids of its orders name the bot and the signal candle; none is named twice, or was never made. */
function orderProblems({ memory, trades }: ParityContext, live: RecordedTrade): readonly string[] {
  const { tag, formerTags, orderCounter } = memory;
  const { signalTime, orders } = live;
  const problems: string[] = [];
  const beginnings = [tag, ...formerTags].map((bot) => {
    const entry = clientOrderId({ bot, signalTime, leg: 'entry', epoch: 0, counter: 0 });
    return entry.slice(0, entry.length - '0-0'.length);
  });
  if (!orders.some((id) => beginnings.some((beginning) => id.startsWith(beginning))))
    problems.push('none of its order ids has the prefix of the bot and its signal candle');
  const isMade = (id: string): boolean =>
    !isOwnOrderId(memory, id) ||
    Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 36) <= orderCounter;
  if (!orders.every(isMade)) problems.push('one of its orders was not placed by the bot');
  const isTwice = trades.some(
    (trade) => trade !== live && trade.orders.some((id) => orders.includes(id)),
  );
  if (isTwice) problems.push('another trade of the log has the same order');
  return problems;
}
