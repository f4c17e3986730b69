import { z } from 'zod';
import { signedNumeric } from './candle-rows.js';
import {
  id,
  informative,
  informativeFlag,
  informativeTime,
  informativeWord,
  number,
  optionalId,
  side,
  spendable,
  time,
} from './fields.js';

const fillSchema = z.object({
  price: number,
  qty: number,
  commission: number,
  commissionAsset: z.string(),
  tradeId: id,
});

/** An order in any answer: new, cancelled or queried. Fills that cannot be read are fetched again. */
export const orderSchema = z.object({
  symbol: z.string(),
  orderId: id,
  orderListId: optionalId,
  clientOrderId: z.string(),
  origClientOrderId: z.string().optional(),
  transactTime: informativeTime,
  updateTime: informativeTime,
  price: informative,
  origQty: number,
  executedQty: number,
  cummulativeQuoteQty: informative,
  status: z.string(),
  type: informativeWord,
  side,
  stopPrice: informative,
  fills: z.array(fillSchema).optional().catch(undefined),
});
export const orderListSchema = z.object({
  orderListId: id,
  orderReports: z.array(orderSchema),
});
export const cancelSchema = z.union([orderListSchema, orderSchema]);

export const cancelReplaceSchema = z.object({
  cancelResponse: orderSchema,
  newOrderResponse: orderSchema,
});
/** The answer when one half or both failed. */
export const cancelReplaceFailureSchema = z.object({
  code: z.number(),
  msg: z.string(),
  data: z.object({
    cancelResult: z.string(),
    newOrderResult: z.string(),
    cancelResponse: z.unknown(),
    newOrderResponse: z.unknown(),
  }),
});
export const errorBodySchema = z.object({ code: z.number(), msg: z.string() });

export const tradeSchema = z.object({
  symbol: z.string(),
  id,
  orderId: id,
  price: number,
  qty: number,
  commission: number,
  commissionAsset: z.string(),
  time,
  isBuyer: z.boolean(),
  isMaker: informativeFlag,
});

/** Who the account is; an answer without it, or with an odd one, is as good. */
export const accountId = z
  .union([z.number(), z.string()])
  .transform(String)
  .optional()
  .catch(undefined);

export const accountSchema = z.object({
  canTrade: informativeFlag,
  uid: accountId,
  commissionRates: z.object({ maker: informative, taker: informative }).optional().catch(undefined),
  balances: z.unknown(),
});
export const balanceSchema = z.object({ asset: z.string(), free: spendable, locked: spendable });

export const apiRestrictionsSchema = z.object({
  ipRestrict: z.boolean(),
  enableReading: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
  enableFutures: z.boolean(),
});

/** Unknown filters are normal: only those that we read are described. */
const filterSchema = z.looseObject({ filterType: z.string() });
export const exchangeInfoSchema = z.object({ symbols: z.array(z.unknown()) });
export const symbolInfoSchema = z.object({
  symbol: z.string(),
  status: z.string(),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  orderTypes: z.array(z.string()),
  ocoAllowed: informativeFlag,
  filters: z.array(filterSchema),
});
export type ExchangeInfoSymbol = z.infer<typeof symbolInfoSchema>;
export type BinanceOrder = z.infer<typeof orderSchema>;

/**
 * The part of an `executionReport` that we read. Which order it is and how it stands must be there; what an execution
 * needs besides is looked at where it is one.
 */
export const executionReportSchema = z.object({
  e: z.literal('executionReport'),
  E: informativeTime,
  s: z.string(),
  c: z.string(),
  C: z.string(),
  S: side,
  o: informativeWord,
  q: number,
  p: informative,
  P: informative,
  g: optionalId,
  x: informativeWord,
  X: z.string(),
  r: informativeWord,
  i: id,
  l: informative,
  z: number,
  L: informative,
  n: informative,
  N: informativeWord,
  T: informativeTime,
  t: optionalId,
  m: informativeFlag,
  Z: informative,
  eR: informativeWord,
});
export const accountPositionSchema = z.object({
  e: z.literal('outboundAccountPosition'),
  E: informativeTime,
  B: z.array(z.unknown()),
});
export const balanceChangeSchema = z.object({ a: z.string(), f: spendable, l: spendable });
export const balanceUpdateSchema = z.object({
  e: z.literal('balanceUpdate'),
  E: informativeTime,
  a: z.string(),
  d: number,
});
export const listStatusSchema = z.object({
  e: z.literal('listStatus'),
  E: informativeTime,
  g: id,
  L: z.string(),
});

/** A frame of a kline stream. */
export const klineEventSchema = z.object({
  e: z.literal('kline'),
  E: time,
  s: z.string(),
  k: z.object({
    t: time,
    T: time,
    i: z.string(),
    o: signedNumeric,
    c: signedNumeric,
    h: signedNumeric,
    l: signedNumeric,
    v: signedNumeric,
    n: z.number().int(),
    x: z.boolean(),
    q: signedNumeric,
    V: signedNumeric,
    Q: signedNumeric,
  }),
});
/** A frame of a bookTicker stream: on spot it has no event type. */
export const bookTickerSchema = z.object({ s: z.string(), b: number, a: number });
