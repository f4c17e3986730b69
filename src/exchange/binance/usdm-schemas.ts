import { z } from 'zod';
import {
  fee,
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
import { accountId } from './schemas.js';

const filterSchema = z.looseObject({ filterType: z.string() });
export const usdmSymbolInfoSchema = z.object({
  symbol: z.string(),
  status: z.string(),
  contractType: informativeWord,
  deliveryDate: informativeTime,
  baseAsset: z.string(),
  quoteAsset: z.string(),
  marginAsset: z.string(),
  marketTakeBound: informative,
  liquidationFee: informative,
  orderTypes: z.array(z.string()),
  timeInForce: z.array(z.string()).optional().catch(undefined),
  filters: z.array(filterSchema),
});
export type UsdmInfoSymbol = z.infer<typeof usdmSymbolInfoSchema>;

/** A plain order in any answer; average price and notional may be missing in answers to new orders. */
export const usdmOrderSchema = z.object({
  symbol: z.string(),
  orderId: id,
  clientOrderId: z.string(),
  side,
  type: informativeWord,
  timeInForce: informativeWord,
  status: z.string(),
  origQty: number,
  executedQty: number,
  avgPrice: informative,
  cumQuote: informative,
  price: informative,
  reduceOnly: informativeFlag,
  closePosition: informativeFlag,
  updateTime: informativeTime,
});
export type UsdmOrderAnswer = z.infer<typeof usdmOrderSchema>;

/** An algo order in any answer. */
export const algoOrderSchema = z.object({
  algoId: id,
  clientAlgoId: z.string(),
  orderType: informativeWord,
  symbol: z.string(),
  side,
  quantity: informative,
  algoStatus: z.string(),
  actualOrderId: optionalId,
  actualPrice: informative,
  actualQty: informative,
  triggerPrice: informative,
  price: informative,
  reduceOnly: informativeFlag,
  closePosition: informativeFlag,
  updateTime: informativeTime,
});
export type AlgoOrderAnswer = z.infer<typeof algoOrderSchema>;

export const usdmTradeSchema = z.object({
  symbol: z.string(),
  id,
  orderId: id,
  side,
  price: number,
  qty: number,
  commission: number,
  commissionAsset: z.string(),
  realizedPnl: informative,
  maker: informativeFlag,
  time,
});

export const usdmAccountSchema = z.object({ assets: z.unknown() });
export const usdmAssetSchema = z.object({
  asset: z.string(),
  walletBalance: number,
  marginBalance: informative,
  availableBalance: spendable,
  initialMargin: informative,
  maintMargin: informative,
  unrealizedProfit: informative,
});
export const accountConfigSchema = z.object({
  canTrade: informativeFlag,
  dualSidePosition: informativeFlag,
  multiAssetsMargin: informativeFlag,
});
export const commissionRateSchema = z.object({
  makerCommissionRate: number,
  takerCommissionRate: number,
});
export const positionRiskSchema = z.object({
  symbol: z.string(),
  positionSide: informativeWord,
  positionAmt: number,
  entryPrice: informative,
  markPrice: informative,
  unRealizedProfit: informative,
  liquidationPrice: informative,
  initialMargin: informative,
  maintMargin: informative,
  updateTime: informativeTime,
});
export const symbolConfigSchema = z.object({
  symbol: z.string(),
  marginType: z.string(),
  leverage: z.coerce.number().int(),
  maxNotionalValue: informative,
});
export const leverageSchema = z.object({
  leverage: z.coerce.number().int(),
  maxNotionalValue: informative,
});
/** One symbol is documented as an object and seen as a list. The last cap may be 2^63 - 1. */
export const symbolBracketsSchema = z.object({
  symbol: z.string(),
  brackets: z.array(
    z.object({
      notionalFloor: number,
      notionalCap: number,
      initialLeverage: z.coerce.number(),
      maintMarginRatio: number,
      cum: number,
    }),
  ),
});
/** USD-M names the account in its balances only. */
export const usdmBalanceSchema = z.object({ accountAlias: accountId });
/** Delivery contracts have no funding: their rate is an empty text. */
export const premiumIndexSchema = z.object({
  symbol: z.string(),
  markPrice: number,
  indexPrice: informative,
  lastFundingRate: informative,
  nextFundingTime: informativeTime,
  time: informativeTime,
});
export const incomeSchema = z.object({
  symbol: z.string(),
  asset: z.string(),
  income: number,
  time,
});
export const listenKeySchema = z.object({ listenKey: z.string().min(1) });

/**
 * The part of an `ORDER_TRADE_UPDATE` that we read. Which order it is and how it stands must be there; what an execution
 * needs besides is looked at where it is one.
 */
export const orderTradeUpdateSchema = z.object({
  e: z.literal('ORDER_TRADE_UPDATE'),
  E: informativeTime,
  T: informativeTime,
  o: z.object({
    s: z.string(),
    c: z.string(),
    S: side,
    o: informativeWord,
    f: informativeWord,
    q: number,
    p: informative,
    ap: informative,
    sp: informative,
    x: informativeWord,
    X: z.string(),
    i: id,
    l: informative,
    z: number,
    L: informative,
    n: fee,
    N: informativeWord,
    T: informativeTime,
    t: optionalId,
    m: informativeFlag,
    R: informativeFlag,
    cp: informativeFlag,
    ot: informativeWord,
    ps: informativeWord,
    rp: informative,
    /** The algo order that the order came from, with `st` ALGO_CONDITION. */
    si: optionalId,
    st: informativeWord,
    er: z.coerce.string().optional().catch(undefined),
  }),
});
export const algoUpdateSchema = z.object({
  e: z.literal('ALGO_UPDATE'),
  E: informativeTime,
  T: informativeTime,
  o: z.object({
    caid: z.string(),
    aid: id,
    o: informativeWord,
    s: z.string(),
    S: side,
    q: informative,
    X: z.string(),
    ai: optionalId,
    ap: informative,
    aq: informative,
    tp: informative,
    p: informative,
    cp: informativeFlag,
    R: informativeFlag,
    rm: informativeWord,
  }),
});
export const accountUpdateSchema = z.object({
  e: z.literal('ACCOUNT_UPDATE'),
  E: informativeTime,
  a: z.object({
    m: z.string(),
    S: informativeWord,
    B: z.array(z.unknown()).optional(),
    P: z.array(z.unknown()).optional(),
  }),
});
export const walletChangeSchema = z.object({ a: z.string(), wb: number, bc: informative });
export const positionChangeSchema = z.object({
  s: z.string(),
  pa: number,
  ep: informative,
  up: informative,
  mt: informativeWord,
  ps: informativeWord,
});
export const marginCallSchema = z.object({
  e: z.literal('MARGIN_CALL'),
  E: informativeTime,
  p: z.array(z.object({ s: z.string() })),
});
export const accountConfigUpdateSchema = z.object({
  e: z.literal('ACCOUNT_CONFIG_UPDATE'),
  E: informativeTime,
  ac: z.object({ s: z.string(), l: z.coerce.number().int() }),
});
/** The exchange did not carry out a stop whose price was reached. */
export const triggerRejectSchema = z.object({
  e: z.literal('CONDITIONAL_ORDER_TRIGGER_REJECT'),
  E: informativeTime,
  or: z.object({ s: z.string(), i: id, r: informativeWord }),
});
export const markPriceEventSchema = z.object({
  e: z.literal('markPriceUpdate'),
  E: time,
  s: z.string(),
  p: number,
  i: informative,
  r: informative,
  T: informativeTime,
});
export const timeSchema = z.object({ serverTime: time });
