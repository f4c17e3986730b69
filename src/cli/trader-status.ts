import {
  blocksText,
  clockText,
  type FoundBot,
  modeText,
  positionText,
  priceText,
  profitText,
  skippedText,
  stopText,
  unprotectedText,
} from '../trader/index.js';
import { nameOf } from './chosen-bots.js';

/** A status older than this is said to be old. */
const OLD_MS = 30_000;

/**
 * Returns how a bot stands, one fact a line.
 *
 * @param bot - As found.
 * @param now - ms UTC.
 */
export function statusLines(bot: FoundBot, now: number): string[] {
  const { status, isRunning } = bot;
  const run = isRunning ? 'running' : 'NOT RUNNING';
  if (status === undefined) return [`${nameOf(bot)}  ${run}, no status written yet`];
  const { view } = status;
  const ageMs = now - status.writtenTime;
  const age = isRunning && ageMs > OLD_MS ? `, no update for ${Math.round(ageMs / 1_000)} s` : '';
  const then = isRunning
    ? ''
    : `, last seen ${new Date(status.writtenTime).toISOString().slice(0, 19)}Z`;
  const blocks = blocksText(view);
  const facts = [
    positionText(view),
    stopText(view),
    targetText(view),
    profitText(view),
    candleText(view),
    modeText(view),
    isRunning && blocks !== '' ? `no entries: ${blocks}` : '',
    skippedText(view),
    unprotectedText(view),
  ];
  return [
    `${nameOf(bot)}  ${run}${age}${then}  ${status.strategy} ${status.interval}`,
    ...facts.filter((fact) => fact !== '').map((fact) => `  ${fact}`),
  ];
}

type View = NonNullable<FoundBot['status']>['view'];

function targetText({ position }: View): string {
  if (position?.takeProfitPrice === undefined) return '';
  const rests = position.takeProfitRests ? 'rests on the exchange' : 'monitored by the bot';
  return `target ${priceText(position.takeProfitPrice)}, ${rests}`;
}

function candleText({ bidPrice, lastClose, lastOpenTime, nextCloseTime }: View): string {
  const price = bidPrice ?? lastClose;
  const parts = [price === undefined ? 'no price yet' : `price ${priceText(price)}`];
  if (lastOpenTime !== undefined && nextCloseTime !== undefined) {
    parts.push(`candle ${clockText(lastOpenTime)} closed, next at ${clockText(nextCloseTime)} UTC`);
  }
  return parts.join(', ');
}
