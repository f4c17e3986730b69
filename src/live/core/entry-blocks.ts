import { decimalToNumber } from '../../domain/index.js';
import { isLossLimitReached, isRuined } from '../../semantics/index.js';
import type { DataBlock } from './degradation.js';
import type { HoldBack } from './hold-back.js';
import { isFlat } from './in-flight.js';
import { lossOfAll, lossOfDay } from './loss-limits.js';
import { programOf, type Turn } from './turn.js';

/** Why nothing is entered now. */
export type EntryBlock =
  | 'halted'
  | 'reducing'
  | 'mismatch'
  | 'settings-pending'
  | 'stopping'
  | 'hedge-mode'
  | 'order-in-flight'
  | 'already-entered'
  | 'loss-limit'
  | 'daily-loss-limit'
  | DataBlock
  | HoldBack
  | 'instrument-closed';

/** What the blocks depend on. */
export type BlockFacts = Pick<Turn, 'time' | 'context' | 'memory' | 'observed'>;

/**
 * Returns why an entry on a signal candle is not permitted now; empty if it is.
 *
 * @param turn - The step in the making, or a bot between two steps.
 * @param signalTime - Open time of the candle that gave the signal.
 */
export function entryBlocks(turn: BlockFacts, signalTime: number): readonly EntryBlock[] {
  const { memory, observed } = turn;
  const { rules } = programOf(turn);
  const tests: readonly (readonly [EntryBlock, boolean])[] = [
    ['halted', memory.trading === 'halted'],
    ['reducing', memory.trading === 'reducing'],
    ['mismatch', memory.mismatch !== null],
    ['stopping', observed.isEnding],
    ['hedge-mode', observed.isHedged],
    ['settings-pending', memory.pendingSettings !== null],
    ['order-in-flight', !isFlat(memory)],
    [
      'already-entered',
      memory.enteredSignalTime !== null && memory.enteredSignalTime >= signalTime,
    ],
    [
      'loss-limit',
      isLossLimitReached(-lossOfAll(turn), rules.maxCumulativeLoss ?? Number.POSITIVE_INFINITY) ||
        isRuined(decimalToNumber(memory.balance), rules.allowOverdraft),
    ],
    [
      'daily-loss-limit',
      lossOfDay(turn) >= (memory.settings.risk.maxDailyLoss ?? Number.POSITIVE_INFINITY),
    ],
  ];
  const isClosed = observed.rules?.status !== 'trading';
  return [
    ...tests.filter(([, isBlocked]) => isBlocked).map(([block]) => block),
    ...observed.heldBack,
    ...dataBlocks(turn),
    ...(isClosed ? (['instrument-closed'] as const) : []),
  ];
}

/** Returns those of too little knowledge; a new array. */
export function dataBlocks({ memory, observed, time, context }: BlockFacts): DataBlock[] {
  const { limits } = context;
  const blocks: DataBlock[] = [];
  if (observed.strategyError !== undefined) blocks.push('strategy-failed');
  if (observed.disk === 'failing') blocks.push('disk-failing');
  if (observed.marketData === 'stale' || isOlder(observed.priceTime, time, limits.priceAgeMsMax))
    blocks.push('market-data-stale');
  if (
    observed.accountData === 'stale' ||
    isOlder(observed.accountTime, time, limits.accountAgeMsMax)
  )
    blocks.push('account-stale');
  else if (!observed.isAgreed) blocks.push('account-unconfirmed');
  if (!(Math.abs(observed.clockOffsetMs ?? Number.NaN) <= limits.clockOffsetMsMax))
    blocks.push('clock-skew');
  if (time < Math.max(memory.quietUntil, memory.retryTime)) blocks.push('exchange-quiet');
  return blocks;
}

/** Whether the account is being read for the first time since its stream connected: the answer is a moment away. */
export function isAccountAwaited({ accountData, accountTime }: BlockFacts['observed']): boolean {
  return accountData === 'fresh' && accountTime === undefined;
}

function isOlder(then: number | undefined, now: number, ageMsMax: number): boolean {
  return then === undefined || now - then > ageMsMax;
}
