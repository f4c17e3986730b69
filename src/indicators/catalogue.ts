import { accumulationDistribution } from './accumulation-distribution.js';
import { adx } from './adx.js';
import { aroon } from './aroon.js';
import { atr } from './atr.js';
import { bollingerBands } from './bollinger-bands.js';
import { cci } from './cci.js';
import { chaikinOscillator } from './chaikin-oscillator.js';
import { cmf } from './cmf.js';
import { compare } from './compare.js';
import { compareColumns } from './compare-columns.js';
import { compareRuns, levelRuns } from './compare-runs.js';
import { cross } from './cross.js';
import { dema } from './dema.js';
import { populationDeviation, sampleDeviation } from './deviation.js';
import { donchian } from './donchian.js';
import { elderRay } from './elder-ray.js';
import { ema } from './ema.js';
import { ewo } from './ewo.js';
import { fisher } from './fisher.js';
import { heikinAshi } from './heikin-ashi.js';
import { highest, lowest } from './highest-lowest.js';
import { hma } from './hma.js';
import { ichimoku } from './ichimoku.js';
import { kama } from './kama.js';
import { keltner } from './keltner.js';
import { linearRegression } from './linear-regression.js';
import { logChange } from './log-change.js';
import { macd } from './macd.js';
import { mfi } from './mfi.js';
import { onBalanceVolume } from './on-balance-volume.js';
import { pivotPoints } from './pivot-points.js';
import { psar } from './psar.js';
import { rateOfChange } from './rate-of-change.js';
import { rma } from './rma.js';
import { rsi } from './rsi.js';
import { sessionVwap } from './session-vwap.js';
import { sma } from './sma.js';
import { smaCrossRuns } from './sma-cross-runs.js';
import { ssl } from './ssl.js';
import { stochRsi } from './stoch-rsi.js';
import { stochastic } from './stochastic.js';
import { superTrend } from './super-trend.js';
import { t3 } from './t3.js';
import { tema } from './tema.js';
import { trix } from './trix.js';
import { trueRange } from './true-range.js';
import { typicalPrice } from './typical-price.js';
import { vwma } from './vwma.js';
import { williamsR } from './williams-r.js';
import { wma } from './wma.js';
import { zScore } from './z-score.js';
import { zlema } from './zlema.js';

/** The indicators: columns in, one column or several by name out. */
export const COLUMN_INDICATORS = Object.freeze({
  accumulationDistribution,
  adx,
  aroon,
  atr,
  bollingerBands,
  cci,
  chaikinOscillator,
  cmf,
  dema,
  donchian,
  elderRay,
  ema,
  ewo,
  fisher,
  heikinAshi,
  highest,
  hma,
  ichimoku,
  kama,
  keltner,
  linearRegression,
  logChange,
  lowest,
  macd,
  mfi,
  onBalanceVolume,
  pivotPoints,
  populationDeviation,
  psar,
  rateOfChange,
  rma,
  rsi,
  sampleDeviation,
  sessionVwap,
  sma,
  ssl,
  stochRsi,
  stochastic,
  superTrend,
  t3,
  tema,
  trix,
  trueRange,
  typicalPrice,
  vwma,
  williamsR,
  wma,
  zScore,
  zlema,
});

/** What compares numbers and columns. */
export const COMPARISONS = Object.freeze({
  compare,
  compareColumns,
  compareRuns,
  cross,
  levelRuns,
  smaCrossRuns,
});

/** Every indicator by name, `compare` and what compares whole columns: what strategies are handed. */
export const INDICATORS = Object.freeze({ ...COLUMN_INDICATORS, ...COMPARISONS });

/** What a strategy is handed as `indicators`. */
export type Indicators = typeof INDICATORS;
