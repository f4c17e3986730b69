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
  const { memory, senses, time } = turn;
  const { limits } = turn.context;
  switch (block) {
    case 'late': {
      const age = time - signalTime - timeframeOf(turn).lengthMs;
      return `its candle closed ${durationText(age)} ago, ${durationText(decisionAgeMsMax(turn))} are permitted (late)`;
    }
    case 'halted':
    case 'reducing':
      return 'the bot is halted, wus trader resume lets it enter again';
    case 'mismatch':
      return `the account does not agree with the bot (${memory.mismatch ?? ''}), wus trader resume takes it as it is`;
    case 'stopping':
      return 'the trader is being stopped';
    case 'settings-pending':
      return 'new settings take over first';
    case 'order-in-flight':
      return 'another order is under way';
    case 'already-entered':
      return 'this signal was entered already';
    case 'loss-limit':
      return `closed trades lost ${moneyText(turn, lossOfAll(turn))}, the loss limit is reached`;
    case 'daily-loss-limit':
      return `the day lost ${moneyText(turn, lossOfDay(turn))}, its limit is ${moneyText(turn, memory.settings.risk.maxDailyLoss ?? 0)}`;
    case 'strategy-failed':
      return `the strategy failed (${senses.strategyError ?? ''})`;
    case 'disk-failing':
      return 'the state cannot be saved: make room on the disk';
    case 'market-data-stale':
      return senses.priceTime === 0
        ? 'no price has come yet (market-data-stale)'
        : `the last price is ${durationText(time - senses.priceTime)} old (market-data-stale)`;
    case 'account-stale':
      return senses.seenTime === 0
        ? 'the account was not seen yet (account-stale)'
        : `the account was not seen for ${durationText(time - senses.seenTime)} (account-stale)`;
    case 'account-unconfirmed':
      return 'the account is being compared with the bot';
    case 'clock-skew':
      return senses.clockOffsetMs === undefined
        ? 'the clock was not compared with the exchange yet (clock-skew)'
        : `the clock of this machine is ${durationText(Math.abs(senses.clockOffsetMs))} off, ${durationText(limits.clockOffsetMsMax)} are permitted (clock-skew)`;
    case 'exchange-quiet':
      return `nothing may be sent before ${timeText(Math.max(memory.quietUntil, memory.retryTime))} (exchange-quiet)`;
    case 'checks-pending':
      return 'the checks of the start go on';
    case 'checks-failed':
      return 'a check of the start failed: it is made again every minute';
    case 'not-configured':
      return 'the bot is in no settings any more, it only manages what is open';
    case 'settings-refused':
      return 'its settings are not taken: put them right';
    case 'strategy-missing':
      return 'its strategy cannot be loaded: put it right and start again';
    case 'instrument-closed':
      return `the market is ${senses.rules?.status ?? 'not known'}`;
    default:
      return undefined;
  }
}
