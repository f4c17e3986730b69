/** `mista-wus-algo-trader/live`: a paper bot, and how a session compares with its backtest. Loads network code. */
export {
  type BotView,
  explainParity,
  type LiveTrade,
  type ParityReport,
  type ParityRow,
  recordedSession,
} from './live/index.js';
export { type BotLine, type PaperBot, type PaperBotOptions, paperBot } from './trader/index.js';
