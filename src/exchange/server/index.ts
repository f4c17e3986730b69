export type { ExchangeKey } from './access.js';
export type { Pace } from './exchange-clock.js';
export {
  type ExchangeServer,
  type ExchangeServerOptions,
  startExchangeServer,
} from './exchange-server.js';
export { FAULTS, FaultBox, type FaultName, type FaultRule } from './faults.js';
export { fundingSchedule } from './funding-schedule.js';
export { inProcessCaller, inProcessUsdmCaller } from './in-process-caller.js';
export { keptAccountsText, readKeptAccounts } from './kept-accounts.js';
export { DEFAULT_LIMITS, LimitCounter, type RateLimits } from './limits.js';
export { ReplayMarket, type ReplayStep } from './replay-market.js';
export type { ExchangeContext, UsdmContext } from './route.js';
