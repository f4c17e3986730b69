import { z } from 'zod';
import { type Decimal, parseDecimal } from '../../domain/index.js';

/** A decimal as Binance writes it: a text without exponent. */
export const decimalText = z.string().transform((text, context): Decimal => {
  const value = parseDecimal(text);
  if (value !== undefined) return value;
  context.addIssue({ code: 'custom', message: `"${text.slice(0, 40)}" is no decimal` });
  return z.NEVER;
});
/** Ids may exceed 2^53 and then arrive as texts. */
export const id = z.union([z.number().int(), z.string()]).transform(String);
export const time = z.number().int();

const fillSchema = z.object({
  price: decimalText,
  qty: decimalText,
  commission: decimalText,
  commissionAsset: z.string(),
  tradeId: id,
});

/** An order in any answer: new, cancelled or queried. */
export const orderSchema = z.object({
  symbol: z.string(),
  orderId: id,
  orderListId: id.optional(),
  clientOrderId: z.string(),
  origClientOrderId: z.string().optional(),
  transactTime: time.optional(),
  updateTime: time.optional(),
  price: decimalText,
  origQty: decimalText,
  executedQty: decimalText,
  cummulativeQuoteQty: decimalText,
  status: z.string(),
  type: z.string(),
  side: z.enum(['BUY', 'SELL']),
  stopPrice: decimalText.optional(),
  fills: z.array(fillSchema).optional(),
});
export const ordersSchema = z.array(orderSchema);
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

export const tradesSchema = z.array(
  z.object({
    symbol: z.string(),
    id,
    orderId: id,
    price: decimalText,
    qty: decimalText,
    commission: decimalText,
    commissionAsset: z.string(),
    time,
    isBuyer: z.boolean(),
    isMaker: z.boolean(),
  }),
);

/** Who the account is; an answer without it, or with an odd one, is as good. */
export const accountId = z
  .union([z.number(), z.string()])
  .transform(String)
  .optional()
  .catch(undefined);

export const accountSchema = z.object({
  canTrade: z.boolean(),
  commissionRates: z.object({ maker: decimalText, taker: decimalText }),
  balances: z.array(z.object({ asset: z.string(), free: decimalText, locked: decimalText })),
  uid: accountId,
});

export const apiRestrictionsSchema = z.object({
  ipRestrict: z.boolean(),
  enableReading: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
  enableFutures: z.boolean(),
});

/** Unknown filters are normal: only those that we read are described. */
const filterSchema = z.looseObject({ filterType: z.string() });
export const exchangeInfoSchema = z.object({
  rateLimits: z.array(
    z.looseObject({ rateLimitType: z.string(), interval: z.string(), limit: z.number() }),
  ),
  symbols: z.array(
    z.object({
      symbol: z.string(),
      status: z.string(),
      baseAsset: z.string(),
      quoteAsset: z.string(),
      orderTypes: z.array(z.string()),
      ocoAllowed: z.boolean().optional(),
      filters: z.array(filterSchema),
    }),
  ),
});
export type ExchangeInfoSymbol = z.infer<typeof exchangeInfoSchema>['symbols'][number];
export type BinanceOrder = z.infer<typeof orderSchema>;

/** The part of an `executionReport` that we read. */
export const executionReportSchema = z.object({
  e: z.literal('executionReport'),
  E: time,
  s: z.string(),
  c: z.string(),
  C: z.string(),
  S: z.enum(['BUY', 'SELL']),
  o: z.string(),
  q: decimalText,
  p: decimalText,
  P: decimalText,
  g: id,
  x: z.string(),
  X: z.string(),
  r: z.string(),
  i: id,
  l: decimalText,
  z: decimalText,
  L: decimalText,
  n: decimalText,
  N: z.string().nullable(),
  T: time,
  t: id,
  m: z.boolean(),
  Z: decimalText,
  eR: z.string().optional(),
});
export const accountPositionSchema = z.object({
  e: z.literal('outboundAccountPosition'),
  E: time,
  B: z.array(z.object({ a: z.string(), f: decimalText, l: decimalText })),
});
export const balanceUpdateSchema = z.object({
  e: z.literal('balanceUpdate'),
  E: time,
  a: z.string(),
  d: decimalText,
});
export const listStatusSchema = z.object({
  e: z.literal('listStatus'),
  E: time,
  g: id,
  L: z.string(),
});

const numeric = z.string().regex(/^\d+(\.\d+)?$/);
/** A frame of a kline stream. */
export const klineEventSchema = z.object({
  e: z.literal('kline'),
  E: time,
  s: z.string(),
  k: z.object({
    t: time,
    T: time,
    i: z.string(),
    o: numeric,
    c: numeric,
    h: numeric,
    l: numeric,
    v: numeric,
    n: z.number().int(),
    x: z.boolean(),
    q: numeric,
    V: numeric,
    Q: numeric,
  }),
});
/** A frame of a bookTicker stream: on spot it has no event type. */
export const bookTickerSchema = z.object({ s: z.string(), b: decimalText, a: decimalText });
