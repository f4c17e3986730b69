import type { z } from 'zod';
import { type Decimal, decimal, trimDecimal } from '../../domain/index.js';
import type { AccountReport, MarginReport, Position, ReadingNote } from '../ports/index.js';
import { readRows } from './read-answer.js';
import type {
  accountConfigSchema,
  commissionRateSchema,
  usdmAccountSchema,
} from './usdm-schemas.js';
import { usdmAssetSchema } from './usdm-schemas.js';

/** Commission that is assumed where an account does not name its own; fractions. */
const USUAL_RATES = {
  makerCommissionRate: decimal('0.0002'),
  takerCommissionRate: decimal('0.0005'),
};
/** Credits that the multi-assets mode of some countries keeps its books in. */
const CREDITS = 'BNFCR';

/** The answers that an account is read from. */
export interface UsdmAccountAnswers {
  readonly account: z.infer<typeof usdmAccountSchema>;
  readonly config: z.infer<typeof accountConfigSchema>;
  /** `undefined` if they cannot be had now, and never could. */
  readonly rates: z.infer<typeof commissionRateSchema> | undefined;
  readonly positions: readonly Position[];
  readonly marginAsset: string;
  readonly onNote: ((note: ReadingNote) => void) | undefined;
}

/** Maps the account of USD-M; wallets that are not as a trader expects them are reported. */
export function usdmAccountReport(answers: UsdmAccountAnswers): AccountReport {
  const { account, config, positions, marginAsset, onNote } = answers;
  const assets = readRows(usdmAssetSchema, account.assets, {
    what: 'account',
    nameOf: (row) => row.asset,
    isNeeded: (asset) => asset === marginAsset,
    onNote,
  });
  const own = assets.find(({ asset }) => asset === marginAsset);
  noteWallets(assets, marginAsset, onNote);
  if (answers.rates === undefined) {
    const text = 'the commission of the account cannot be read: 0.05 % is assumed';
    onNote?.({ kind: 'commission', text });
  }
  const rates = answers.rates ?? USUAL_RATES;
  return {
    balances: assets
      .filter(({ walletBalance }) => walletBalance !== 0n)
      .map(({ asset, walletBalance }) => ({ asset, free: walletBalance, locked: 0n })),
    positions,
    canTrade: config.canTrade ?? true,
    makerRate: rates.makerCommissionRate,
    takerRate: rates.takerCommissionRate,
    margin: marginOf(marginAsset, own),
    ...(config.dualSidePosition !== undefined && { isHedged: config.dualSidePosition }),
    ...(config.multiAssetsMargin !== undefined && { isMultiAssets: config.multiAssetsMargin }),
  };
}

type AssetRow = z.infer<typeof usdmAssetSchema>;

function marginOf(asset: string, own: AssetRow | undefined): MarginReport {
  return {
    asset,
    walletBalance: own?.walletBalance ?? 0n,
    marginBalance: own?.marginBalance ?? own?.walletBalance ?? 0n,
    availableBalance: own?.availableBalance ?? 0n,
    initialMargin: own?.initialMargin ?? 0n,
    maintenanceMargin: own?.maintMargin ?? 0n,
    unrealizedPnl: own?.unrealizedProfit ?? 0n,
  };
}

function noteWallets(
  assets: readonly AssetRow[],
  marginAsset: string,
  onNote: ((note: ReadingNote) => void) | undefined,
): void {
  const held = assets.filter(({ walletBalance }) => walletBalance !== 0n);
  const list = held.map((row) => `${trimDecimal(row.walletBalance)} ${row.asset}`).join(', ');
  const own = assets.find(({ asset }) => asset === marginAsset);
  if (own === undefined) {
    const text = `the account has no ${marginAsset} wallet, so it cannot be used for entries; it has ${list || 'nothing'}`;
    onNote?.({ kind: 'no wallet', text });
  } else if (isNegative(own.walletBalance)) {
    const text = `the ${marginAsset} wallet is below zero (${trimDecimal(own.walletBalance)} ${marginAsset}): other assets cover it (multi-assets mode)`;
    onNote?.({ kind: 'negative wallet', text });
  }
  if (held.some(({ asset }) => asset === CREDITS)) {
    const text = `the account uses credits (${list}): the trader counts only ${marginAsset}`;
    onNote?.({ kind: 'credits', text });
  }
}

function isNegative(amount: Decimal): boolean {
  return amount < 0n;
}
