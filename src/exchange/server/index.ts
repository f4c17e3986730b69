export type { ExchangeKey } from './access.js';
export {
  type ExchangeServer,
  type ExchangeServerOptions,
  type Pace,
  startExchangeServer,
} from './exchange-server.js';
export { FAULTS, type FaultName, type FaultRule } from './faults.js';
export type { RateLimits } from './limits.js';
