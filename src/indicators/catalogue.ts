import { atr } from './atr.js';
import { bollingerBands } from './bollinger-bands.js';
import { compare } from './compare.js';
import { compareColumns } from './compare-columns.js';
import { compareRuns, levelRuns } from './compare-runs.js';
import { populationDeviation, sampleDeviation } from './deviation.js';
import { ema } from './ema.js';
import { highest, lowest } from './highest-lowest.js';
import { logChange } from './log-change.js';
import { macd } from './macd.js';
import { onBalanceVolume } from './on-balance-volume.js';
import { rateOfChange } from './rate-of-change.js';
import { rma } from './rma.js';
import { rsi } from './rsi.js';
import { sma } from './sma.js';
import { smaCrossRuns } from './sma-cross-runs.js';
import { stochastic } from './stochastic.js';
import { trueRange } from './true-range.js';
import { wma } from './wma.js';
import { zScore } from './z-score.js';

/** Every indicator by name, `compare` and what compares whole columns: what strategies are handed. */
export const INDICATORS = Object.freeze({
  atr,
  bollingerBands,
  compare,
  compareColumns,
  compareRuns,
  ema,
  highest,
  levelRuns,
  logChange,
  lowest,
  macd,
  onBalanceVolume,
  populationDeviation,
  rateOfChange,
  rma,
  rsi,
  sampleDeviation,
  sma,
  smaCrossRuns,
  stochastic,
  trueRange,
  wma,
  zScore,
});

/** What a strategy is handed as `indicators`. */
export type Indicators = typeof INDICATORS;
