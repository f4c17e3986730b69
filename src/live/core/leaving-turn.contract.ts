import { type Decimal, decimal } from '../../domain/index.js';
import type { Fill, InstrumentRules, OrderReport } from '../../exchange/index.js';
import { findStrategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { PAID_IN_QUOTE } from './fees.js';
import { initialMemory } from './memory.js';
import { bookFill, openPosition } from './position.js';
import { resolvedContext } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState, type Turn } from './turn.js';

type Case = ['spot' | 'usdm', 'long' | 'short'];
export const CASES: readonly Case[] = [
  ['spot', 'long'],
  ['usdm', 'long'],
  ['usdm', 'short'],
];
export const rulesOf = (market: 'spot' | 'usdm') =>
  ({
    symbol: 'BTCUSDT',
    market,
    status: 'trading',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    tickSize: decimal('0.01'),
    priceMin: decimal('0.01'),
    priceMax: decimal('100000'),
    stepSize: decimal('0.001'),
    quantityMin: decimal('0.001'),
    quantityMax: decimal('1000'),
    marketStepSize: decimal('0.001'),
    marketQuantityMin: decimal('0.001'),
    marketQuantityMax: decimal('1000'),
    notionalMin: decimal('5'),
    notionalMinAppliesToMarket: true,
    orderTypes: ['market', 'limit', 'stop-loss'],
  }) as unknown as InstrumentRules;
export const fillOf = (side: 'buy' | 'sell', price: string, part: Partial<Fill>): Fill => ({
  symbol: 'BTCUSDT',
  side,
  price: decimal(price),
  quantity: decimal('1'),
  commission: decimal('0.1'),
  commissionAsset: 'USDT',
  isMaker: false,
  time: 0,
  tradeId: '1',
  orderId: '1',
  ...part,
});
/** Of the orders of its bot. */
export const TAG = 'b1';
export const LOST = `wus-${TAG}-0x-1-2`;

/**
 * A turn in which a position of 1 that was entered at 100 wants to leave, after an exit that was given up; the account shows
 * what is left. The best price is 103, and an exit that was executed all the same left at 104.
 */
export function leaving(
  market: 'spot' | 'usdm',
  side: 'long' | 'short',
  shown: Decimal = 0n,
): Turn {
  const settings = busySettings({ market, direction: side, stop_loss_pct: null });
  const state = startState(initialMemory(settings), 10);
  const rules = rulesOf(market);
  const entry = fillOf(side === 'long' ? 'buy' : 'sell', '100', {});
  const position = bookFill(openPosition(0, entry), entry, PAID_IN_QUOTE);
  const exit = { reason: 'signal', decidedTime: 1_000 } as const;
  const memory = {
    ...state.memory,
    tag: TAG,
    position: { ...position, exit },
    absentOrders: [LOST],
    orderCounter: 3,
    epoch: 1,
  };
  const observed = {
    ...state.observed,
    time: 10_000,
    rules,
    bidPrice: decimal('103'),
    askPrice: decimal('103'),
    priceTime: 10_000,
    accountTime: 10_000,
    accountAskedTime: 10_000,
    changeTime: 1_000,
    baseTotal: shown,
    exchangePosition: shown,
  };
  const context = resolvedContext({ strategyOf: findStrategy, limits: DEFAULT_LIVE_LIMITS });
  return { ...state, memory, observed, time: 10_000, context, effects: [] };
}
export const exitFill = (side: 'long' | 'short', part: Partial<Fill> = {}): Fill =>
  fillOf(side === 'long' ? 'sell' : 'buy', '104', {
    time: 5_000,
    tradeId: '2',
    orderId: '2',
    ...part,
  });
/** What became of the order, in the words of the exchange. */
export const reportOf = (side: 'long' | 'short', part: Partial<OrderReport> = {}): OrderReport => ({
  symbol: 'BTCUSDT',
  orderId: '2',
  clientOrderId: LOST,
  side: side === 'long' ? 'sell' : 'buy',
  type: 'market',
  status: 'filled',
  quantity: decimal('1'),
  executedQuantity: decimal('1'),
  executedNotional: decimal('104'),
  price: 0n,
  triggerPrice: 0n,
  updateTime: 5_000,
  fills: [],
  ...part,
});

/** The requests about orders and fills, in their order. */
export const asked = ({ effects }: Turn): string[] =>
  effects.map(({ type }) => type).filter((type) => /^(query|place|fetch-.*fills)$/.test(type));
/** The same bot some time later, with a new look at the account. */
export const later = (turn: Turn, time: number): Turn => ({
  ...turn,
  time,
  observed: { ...turn.observed, time, accountTime: time, accountAskedTime: time },
  effects: [],
});
