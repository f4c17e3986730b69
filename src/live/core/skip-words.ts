import { durationText, moneyText, timeText } from './amount-text.js';
import { lossOfAll, lossOfDay } from './loss-limits.js';
import { decisionAgeMsMax, type Turn, timeframeOf } from './turn.js';

/**
 * Says in words and numbers why an entry was not taken.
 *
 * @param turn - The step in the making.
 * @param signalTime - Open time of the candle that gave the signal, ms UTC.
 * @param reason - Blocks, joined with a comma, or what became of the order.
 */
export function skipWords(turn: Turn, signalTime: number, reason: string): string {
  const words = reason.split(', ').map((block) => blockWords(turn, signalTime, block) ?? block);
  return words.join('; ');
}

function blockWords(turn: Turn, signalTime: number, block: string): string | undefined {
  const { memory, observed, time } = turn;
  const { limits } = turn.context;
  switch (block) {
    case 'late': {
      const age = time - signalTime - timeframeOf(turn).lengthMs;
      return `its candle closed ${durationText(age)} ago, the limit is ${durationText(decisionAgeMsMax(turn))} (late)`;
    }
    case 'halted':
    case 'reducing':
      return 'the bot is halted; wus trader resume allows entries again';
    case 'mismatch':
      return `the account and the bot disagree (${memory.mismatch ?? ''}); wus trader resume accepts the account`;
    case 'stopping':
      return 'the trader is stopping';
    case 'settings-pending':
      return 'new settings are pending';
    case 'order-in-flight':
      return 'another order is in flight';
    case 'already-entered':
      return 'this signal was already entered';
    case 'loss-limit':
      return `closed trades lost ${moneyText(turn, lossOfAll(turn))}, which reaches the loss limit`;
    case 'daily-loss-limit':
      return `the loss of the day is ${moneyText(turn, lossOfDay(turn))}, the limit is ${moneyText(turn, memory.settings.risk.maxDailyLoss ?? 0)}`;
    case 'strategy-failed':
      return `the strategy failed (${observed.strategyError ?? ''})`;
    case 'disk-failing':
      return 'the state cannot be saved: free disk space';
    case 'market-data-stale':
      return observed.priceTime === 0
        ? 'no price received yet (market-data-stale)'
        : `the last price is ${durationText(time - observed.priceTime)} old (market-data-stale)`;
    case 'account-stale':
      return observed.seenTime === 0
        ? 'the account has not been read yet (account-stale)'
        : `the account has not been read for ${durationText(time - observed.seenTime)} (account-stale)`;
    case 'account-unconfirmed':
      return 'the account is being reconciled';
    case 'clock-skew':
      return observed.clockOffsetMs === undefined
        ? 'the clock offset to the exchange is not measured yet (clock-skew)'
        : `the clock of this machine is ${durationText(Math.abs(observed.clockOffsetMs))} off, the limit is ${durationText(limits.clockOffsetMsMax)} (clock-skew)`;
    case 'exchange-quiet':
      return `requests are suspended until ${timeText(Math.max(memory.quietUntil, memory.retryTime))} (exchange-quiet)`;
    case 'checks-pending':
      return 'the start-up checks are running';
    case 'checks-failed':
      return 'a start-up check failed; it is repeated every minute';
    case 'not-configured':
      return 'the bot is no longer configured and only manages its open position';
    case 'settings-refused':
      return 'its settings were rejected: correct them';
    case 'strategy-missing':
      return 'its strategy cannot be loaded: fix it and restart';
    case 'instrument-closed':
      return `the market is ${observed.rules?.status ?? 'not known'}`;
    default:
      return undefined;
  }
}
