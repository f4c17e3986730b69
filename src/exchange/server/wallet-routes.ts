import { formatDecimal } from '../../domain/index.js';
import type { Payload } from '../simulated/index.js';
import type { LimitCounter } from './limits.js';
import { type Routes, routeMaker, weightRateRow } from './route.js';

/** What the account has of an asset; `free` and `locked` in its units, as the API prints them. */
export interface WalletAsset {
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
}

/** What the endpoints around trading know of the exchange. */
export interface WalletContext {
  readonly now: () => number;
  readonly limits: LimitCounter;
  /** Every asset that can be traded or is owned. */
  readonly assets: () => readonly WalletAsset[];
}

const ZERO = formatDecimal(0n);
const LEGAL_MONEY = ['EUR', 'TRY'];

const route = routeMaker<WalletContext>();

/**
 * What clients ask for before their first order, beside the market that they trade: is the system up, which coins and
 * margin pairs are there, what else is listed. No margin, no coin-margined contracts and no deposits are here; they are
 * shown as Binance shows that.
 */
export const WALLET_ROUTES: Routes<WalletContext> = {
  'GET /sapi/v1/system/status': route('none', 1, () => ({ status: 0, msg: 'normal' })),
  'GET /sapi/v1/capital/config/getall': route('read', 10, (_, { assets }) => assets().map(coin)),
  'GET /sapi/v1/account/status': route('read', 1, () => ({ data: 'Normal' })),
  'GET /sapi/v1/account/apiTradingStatus': route('read', 1, () => ({
    data: { isLocked: false, plannedRecoverTime: 0, triggerCondition: {}, updateTime: 0 },
  })),
  'POST /sapi/v3/asset/getUserAsset': route('read', 5, (_, { assets }) =>
    assets().map((row) => ({
      ...row,
      freeze: '0',
      withdrawing: '0',
      ipoable: '0',
      btcValuation: '0',
    })),
  ),
  'GET /sapi/v1/bnbBurn': route('read', 1, () => ({ spotBNBBurn: false, interestBNBBurn: false })),
  'GET /sapi/v1/spot/delist-schedule': route('key', 100, () => []),
  'GET /sapi/v1/capital/deposit/hisrec': route('read', 1, () => []),
  'GET /sapi/v1/capital/withdraw/history': route('read', 1, () => []),
  'GET /sapi/v1/margin/allPairs': route('key', 1, () => []),
  'GET /sapi/v1/margin/allAssets': route('key', 1, () => []),
  'GET /sapi/v1/margin/isolated/allPairs': route('key', 10, () => []),
  ...emptyMarket('/api/v3'),
  ...emptyMarket('/fapi/v1'),
  ...emptyMarket('/dapi/v1'),
};

/** A market of Binance that this exchange does not serve: it is up, and nothing is listed. */
function emptyMarket(path: string): Routes<WalletContext> {
  return {
    [`GET ${path}/ping`]: route('none', 1, () => ({})),
    [`GET ${path}/time`]: route('none', 1, (_, { now }) => ({ serverTime: now() })),
    [`GET ${path}/exchangeInfo`]: route('none', 1, (_, { now, limits }) => ({
      timezone: 'UTC',
      serverTime: now(),
      rateLimits: [weightRateRow(limits)],
      exchangeFilters: [],
      assets: [],
      symbols: [],
    })),
  };
}

function coin({ asset, free, locked }: WalletAsset): Payload {
  return {
    coin: asset,
    depositAllEnable: false,
    withdrawAllEnable: false,
    name: asset,
    free,
    locked,
    freeze: '0',
    withdrawing: '0',
    ipoing: '0',
    ipoable: '0',
    storage: '0',
    isLegalMoney: LEGAL_MONEY.includes(asset),
    trading: true,
    networkList: [network(asset)],
  };
}

/** Nothing comes in or goes out here, except through the control interface. */
function network(asset: string): Payload {
  return {
    network: asset,
    coin: asset,
    withdrawIntegerMultiple: '0.00000001',
    isDefault: true,
    depositEnable: false,
    withdrawEnable: false,
    depositDesc: 'A local exchange accepts no deposits',
    withdrawDesc: 'A local exchange makes no withdrawals',
    specialTips: '',
    name: asset,
    resetAddressStatus: false,
    addressRegex: '',
    memoRegex: '',
    withdrawFee: ZERO,
    withdrawMin: ZERO,
    withdrawMax: ZERO,
    depositDust: ZERO,
    minConfirm: 1,
    unLockConfirm: 0,
    sameAddress: false,
    estimatedArrivalTime: 1,
    busy: false,
  };
}
