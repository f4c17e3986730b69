export { type AdoptOffer, type AdoptOptions, offerAdoption } from './adopt.js';
export { withoutNumbers } from './alert-budget.js';
export { ALERT_VARIABLES, type AlertSettings, alertSettings } from './alert-settings.js';
export { alertTargets, type Delivery } from './alert-targets.js';
export { type ApiKey, loadApiKey, redactor } from './api-key.js';
export { amountText, clockText, priceText, signedText } from './bot-numbers.js';
export { type BotPlan, type BotWish, planBots, planEach, type RefusedBot } from './bot-plan.js';
export { statusText, unprotectedText } from './bot-report.js';
export type { BotLine, LineLevel } from './bot-session.js';
export {
  blocksText,
  modeText,
  positionText,
  profitText,
  skippedText,
  statusMessage,
  stopText,
} from './bot-words.js';
export {
  BOT_COMMANDS,
  type BotStatus,
  type FoundBot,
  findBots,
  isLocked,
  leaveCommand,
} from './control-files.js';
export { keptCandlesFile } from './keep-candles.js';
export { LineLog } from './line-log.js';
export { ALERT_TIME_LIMIT_MS, Notifier } from './notifier.js';
export { type PaperBot, type PaperBotOptions, paperBot } from './paper-bot.js';
export { pause } from './pause.js';
export { holdsSomething, type SavedBot, savedBots } from './saved-bots.js';
export type { SelfTestCheck } from './self-test.js';
export { TelegramRemote } from './telegram-remote.js';
export { type LiveTradeSubject, liveTradeLogCsv } from './trade-log-file.js';
export {
  isLogOf,
  readTradeLogName,
  stateFolderOf,
  type TradeLogSubject,
} from './trade-log-name.js';
export {
  environmentName,
  environmentOf,
  isQuietTime,
  type MarketPlace,
  Trader,
  type TraderOptions,
  whyOutOfReach,
} from './trader.js';
export {
  type HostKind,
  hostKind,
  TRADING_MODES,
  type TradingHosts,
  type TradingMode,
  tradingHosts,
} from './trading-hosts.js';
