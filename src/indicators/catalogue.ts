import { atr } from './atr.js';
import { bollingerBands } from './bollinger-bands.js';
import { compare } from './compare.js';
import { populationDeviation, sampleDeviation } from './deviation.js';
import { ema } from './ema.js';
import { highest, lowest } from './highest-lowest.js';
import { logChange } from './log-change.js';
import { rma } from './rma.js';
import { rsi } from './rsi.js';
import { sma } from './sma.js';
import { trueRange } from './true-range.js';
import { zScore } from './z-score.js';

/** Every indicator by name, and `compare`: what strategies are handed. */
export const INDICATORS = Object.freeze({
  atr,
  bollingerBands,
  compare,
  ema,
  highest,
  logChange,
  lowest,
  populationDeviation,
  rma,
  rsi,
  sampleDeviation,
  sma,
  trueRange,
  zScore,
});

export type Indicators = typeof INDICATORS;
