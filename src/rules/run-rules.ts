import { BALANCE } from './balance.js';
import { BREAK_EVEN } from './break-even.js';
import { COOLDOWN } from './cooldown.js';
import { COSTS } from './costs.js';
import { DIRECTION } from './direction.js';
import { EXIT_ATR_PERIOD } from './exit-atr-period.js';
import { EXIT_MIN_PROFIT } from './exit-min-profit.js';
import { EXIT_ON_NEUTRAL } from './exit-on-neutral.js';
import { LEVERAGE } from './leverage.js';
import { LOSS_LIMIT } from './loss-limit.js';
import { MARKET } from './market.js';
import { MAX_CANDLES_HELD } from './max-candles-held.js';
import { OVERDRAFT } from './overdraft.js';
import { POSITION_SIZE } from './position-size.js';
import { PROFIT_TARGETS } from './profit-targets.js';
import { RE_ENTRY } from './re-entry.js';
import { RISK_SIZING } from './risk-sizing.js';
import { SCALE_OUT } from './scale-out.js';
import { STOP_LOSS } from './stop-loss.js';
import { STOP_LOSS_ATR } from './stop-loss-atr.js';
import { TAKE_PROFIT } from './take-profit.js';
import { TAKE_PROFIT_ATR } from './take-profit-atr.js';
import { TRAILING_ACTIVATION } from './trailing-activation.js';
import { TRAILING_STOP } from './trailing-stop.js';
import { TRAILING_STOP_ATR } from './trailing-stop-atr.js';
import { WIDE_STOPS } from './wide-stops.js';

/** Every rule that turns signals into trades, in the order of help and files. A new one is a file and a row here. */
export const RUN_RULES = [
  MARKET,
  DIRECTION,
  // Size and costs.
  BALANCE,
  POSITION_SIZE,
  RISK_SIZING,
  LEVERAGE,
  COSTS,
  LOSS_LIMIT,
  OVERDRAFT,
  // Exits.
  STOP_LOSS,
  STOP_LOSS_ATR,
  TAKE_PROFIT,
  TAKE_PROFIT_ATR,
  PROFIT_TARGETS,
  SCALE_OUT,
  TRAILING_STOP,
  TRAILING_STOP_ATR,
  TRAILING_ACTIVATION,
  BREAK_EVEN,
  EXIT_ATR_PERIOD,
  MAX_CANDLES_HELD,
  WIDE_STOPS,
  EXIT_ON_NEUTRAL,
  EXIT_MIN_PROFIT,
  RE_ENTRY,
  COOLDOWN,
] as const;
