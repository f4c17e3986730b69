import { createHash } from 'node:crypto';
import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import type { SettingValues } from '../domain/index.js';
import { isAlwaysWritten, RUN_SETTINGS, valuesOf } from '../settings/index.js';
import type { GridBlocks } from './grid.js';

/** What a row of a details file depends on besides its own parameters. */
export type RunSettings = Readonly<Record<string, string | number | boolean | null>>;

/** What is kept beside a details file: whether its rows may be continued or reused. */
export interface DetailsIdentity {
  readonly format: typeof DETAILS_FORMAT;
  readonly settings: RunSettings;
  /** Of all combinations and their order. */
  readonly grid_hash: string;
  readonly combinations: number;
}

/** Changes when rows of older files no longer mean the same. */
export const DETAILS_FORMAT = 1;

/** What decides the rows of a run. */
export interface IdentityInput {
  readonly strategyName: string;
  /** SHA-256 of a user's strategy file. */
  readonly strategyHash: string | undefined;
  readonly candles: CandleSeries;
  readonly dataHash: string;
  /** Open times of the first candle of the period and of the first one after it. */
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly config: BacktestRunConfig;
  readonly engine: string;
  readonly blocks: GridBlocks;
  readonly combinations: number;
}

/**
 * Returns the identity of a run's details.
 *
 * @param input - What decides the rows.
 */
export function detailsIdentity(input: IdentityInput): DetailsIdentity {
  const { candles, config } = input;
  const settings: RunSettings = {
    strategy: input.strategyName,
    strategy_file_sha256: input.strategyHash ?? null,
    symbol: candles.symbol,
    market: candles.market,
    interval: candles.timeframe,
    data_hash: input.dataHash,
    period_start: new Date(input.periodStart).toISOString(),
    period_end: new Date(input.periodEnd).toISOString(),
    ...runIdentity(config),
    engine: input.engine,
  };
  return {
    format: DETAILS_FORMAT,
    settings,
    grid_hash: gridHash(input.blocks),
    combinations: input.combinations,
  };
}

/** Everything of a run that decides the rows and is no column of them. */
function runIdentity(config: BacktestRunConfig): RunSettings {
  const values = config as unknown as SettingValues;
  const defaults = valuesOf(RUN_SETTINGS, {});
  const told = RUN_SETTINGS.filter(
    ({ key, identity }) =>
      (identity === 'run' || identity === 'trial') &&
      (isAlwaysWritten(key) || values[key] !== defaults[key]),
  );
  return Object.fromEntries(
    told.flatMap(({ key }) => [
      [key, values[key]!],
      // Rows of files that lack it let the notional, not the margin, and the commission share the balance.
      ...(key === 'leverage' && config.leverage > 1 ? [['sizing', 'margin and commission']] : []),
    ]),
  ) as RunSettings;
}

/**
 * Says which settings of two runs differ, or `undefined` when none do.
 *
 * @param theirs - Of an existing file.
 * @param ours - Of this run.
 */
export function settingsDifference(theirs: RunSettings, ours: RunSettings): string | undefined {
  const names = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
  const differences = [...names]
    .filter((name) => theirs[name] !== ours[name])
    .map((name) => `${name} is ${shown(ours[name])} now but was ${shown(theirs[name])}`);
  return differences.length === 0 ? undefined : differences.join(', ');
}

function shown(value: string | number | boolean | null | undefined): string {
  const text = value === undefined || value === null ? 'not set' : String(value);
  return /^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 12)}…` : text;
}

function gridHash(blocks: GridBlocks): string {
  // The valid members of linked blocks as text: typed arrays have no JSON of their own.
  const text = JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'ranks') return undefined;
    return value instanceof Uint32Array ? createHash('sha256').update(value).digest('hex') : value;
  });
  return createHash('sha256').update(text).digest('hex');
}
