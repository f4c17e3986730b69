import { z } from 'zod';
import { accountId, decimalText, id, time } from './schemas.js';

const filterSchema = z.looseObject({ filterType: z.string() });
export const usdmExchangeInfoSchema = z.object({
  symbols: z.array(
    z.object({
      symbol: z.string(),
      status: z.string(),
      baseAsset: z.string(),
      quoteAsset: z.string(),
      marginAsset: z.string(),
      marketTakeBound: decimalText.optional(),
      liquidationFee: decimalText.optional(),
      orderTypes: z.array(z.string()),
      timeInForce: z.array(z.string()).optional(),
      filters: z.array(filterSchema),
    }),
  ),
});
export type UsdmInfoSymbol = z.infer<typeof usdmExchangeInfoSchema>['symbols'][number];

/** A plain order in any answer; average price and notional may be missing in answers to new orders. */
export const usdmOrderSchema = z.object({
  symbol: z.string(),
  orderId: id,
  clientOrderId: z.string(),
  side: z.enum(['BUY', 'SELL']),
  type: z.string(),
  timeInForce: z.string().optional(),
  status: z.string(),
  origQty: decimalText,
  executedQty: decimalText,
  avgPrice: decimalText.optional(),
  cumQuote: decimalText.optional(),
  price: decimalText,
  reduceOnly: z.boolean().optional(),
  closePosition: z.boolean().optional(),
  updateTime: time,
});
export const usdmOrdersSchema = z.array(usdmOrderSchema);
export type UsdmOrderAnswer = z.infer<typeof usdmOrderSchema>;

/** A text, or nothing where Binance sends an empty one. */
const optionalId = z
  .union([z.string(), z.number().int()])
  .optional()
  .transform((value) => (value === undefined || value === '' || value === 0 ? '' : String(value)));

/** An algo order in any answer. */
export const algoOrderSchema = z.object({
  algoId: id,
  clientAlgoId: z.string(),
  orderType: z.string(),
  symbol: z.string(),
  side: z.enum(['BUY', 'SELL']),
  quantity: decimalText,
  algoStatus: z.string(),
  actualOrderId: optionalId,
  actualPrice: decimalText.optional(),
  actualQty: decimalText.optional(),
  triggerPrice: decimalText,
  price: decimalText,
  reduceOnly: z.boolean().optional(),
  closePosition: z.boolean().optional(),
  updateTime: time,
});
export const algoOrdersSchema = z.array(algoOrderSchema);
export type AlgoOrderAnswer = z.infer<typeof algoOrderSchema>;

export const usdmTradesSchema = z.array(
  z.object({
    symbol: z.string(),
    id,
    orderId: id,
    side: z.enum(['BUY', 'SELL']),
    price: decimalText,
    qty: decimalText,
    commission: decimalText,
    commissionAsset: z.string(),
    realizedPnl: decimalText,
    maker: z.boolean(),
    time,
  }),
);

export const usdmAccountSchema = z.object({
  assets: z.array(
    z.object({
      asset: z.string(),
      walletBalance: decimalText,
      marginBalance: decimalText,
      availableBalance: decimalText,
      initialMargin: decimalText,
      maintMargin: decimalText,
      unrealizedProfit: decimalText,
    }),
  ),
});
/** USD-M names the account in its balances only. */
export const usdmBalancesSchema = z.array(z.object({ accountAlias: accountId }));
export const accountConfigSchema = z.object({
  canTrade: z.boolean(),
  dualSidePosition: z.boolean(),
});
export const commissionRateSchema = z.object({
  makerCommissionRate: decimalText,
  takerCommissionRate: decimalText,
});
export const positionRiskSchema = z.array(
  z.object({
    symbol: z.string(),
    positionAmt: decimalText,
    entryPrice: decimalText,
    markPrice: decimalText,
    unRealizedProfit: decimalText,
    liquidationPrice: decimalText,
    initialMargin: decimalText,
    maintMargin: decimalText,
    updateTime: time,
  }),
);
export const symbolConfigSchema = z.array(
  z.object({
    symbol: z.string(),
    marginType: z.string(),
    leverage: z.coerce.number().int(),
    maxNotionalValue: decimalText,
  }),
);
export const leverageSchema = z.object({
  leverage: z.coerce.number().int(),
  maxNotionalValue: decimalText,
});
const bracketSchema = z.object({
  notionalFloor: z.number(),
  notionalCap: z.number(),
  initialLeverage: z.number(),
  maintMarginRatio: z.number(),
  cum: z.number(),
});
const symbolBracketsSchema = z.object({ symbol: z.string(), brackets: z.array(bracketSchema) });
/** One symbol is documented as an object and seen as a list. */
export const leverageBracketSchema = z
  .union([symbolBracketsSchema, z.array(symbolBracketsSchema)])
  .transform((value) => [value].flat());
export const premiumIndexSchema = z.object({
  symbol: z.string(),
  markPrice: decimalText,
  indexPrice: decimalText,
  lastFundingRate: decimalText,
  nextFundingTime: time,
  time,
});
export const incomeSchema = z.array(
  z.object({ symbol: z.string(), asset: z.string(), income: decimalText, time }),
);
export const listenKeySchema = z.object({ listenKey: z.string().min(1) });

/** The part of an `ORDER_TRADE_UPDATE` that we read; the fee may be missing. */
export const orderTradeUpdateSchema = z.object({
  e: z.literal('ORDER_TRADE_UPDATE'),
  E: time,
  o: z.object({
    s: z.string(),
    c: z.string(),
    S: z.enum(['BUY', 'SELL']),
    o: z.string(),
    f: z.string().optional(),
    q: decimalText,
    p: decimalText,
    ap: decimalText,
    x: z.string(),
    X: z.string(),
    i: id,
    l: decimalText,
    z: decimalText,
    L: decimalText,
    n: decimalText.nullish(),
    N: z.string().nullish(),
    T: time,
    t: id,
    m: z.boolean(),
    R: z.boolean(),
    cp: z.boolean().optional(),
    rp: decimalText,
    er: z.coerce.string().optional(),
  }),
});
export const algoUpdateSchema = z.object({
  e: z.literal('ALGO_UPDATE'),
  E: time,
  T: time,
  o: z.object({
    caid: z.string(),
    aid: id,
    o: z.string(),
    s: z.string(),
    S: z.enum(['BUY', 'SELL']),
    q: decimalText,
    X: z.string(),
    ai: optionalId,
    ap: decimalText.optional(),
    aq: decimalText.optional(),
    tp: decimalText,
    p: decimalText,
    cp: z.boolean().optional(),
    R: z.boolean(),
    rm: z.string().optional(),
  }),
});
export const accountUpdateSchema = z.object({
  e: z.literal('ACCOUNT_UPDATE'),
  E: time,
  a: z.object({
    m: z.string(),
    S: z.string().optional(),
    B: z.array(z.object({ a: z.string(), wb: decimalText, bc: decimalText })),
    P: z
      .array(
        z.object({
          s: z.string(),
          pa: decimalText,
          ep: decimalText,
          up: decimalText,
          mt: z.string(),
          ps: z.string(),
        }),
      )
      .optional(),
  }),
});
export const marginCallSchema = z.object({
  e: z.literal('MARGIN_CALL'),
  E: time,
  p: z.array(z.object({ s: z.string() })),
});
export const accountConfigUpdateSchema = z.object({
  e: z.literal('ACCOUNT_CONFIG_UPDATE'),
  E: time,
  ac: z.object({ s: z.string(), l: z.number().int() }),
});
export const markPriceEventSchema = z.object({
  e: z.literal('markPriceUpdate'),
  E: time,
  s: z.string(),
  p: decimalText,
  i: decimalText,
  r: decimalText,
  T: time,
});
export const timeSchema = z.object({ serverTime: time });
