import type { Broker } from './broker.js';
import type {
  FundingPayment,
  LeverageBracket,
  MarginType,
  MarkPrice,
  Position,
  SymbolSettings,
} from './usdm-account.js';

/**
 * Trades one USD-M account in one-way mode. Stops are placed, cancelled and queried like every other order; the
 * broker sends them to the algo service. Rejects like `Broker`.
 */
export interface UsdmBroker extends Broker {
  readonly market: 'usdm';
  /** Open positions, of one symbol or all. */
  positions(symbol?: string): Promise<readonly Position[]>;
  symbolSettings(symbol: string): Promise<SymbolSettings>;
  /** Returns the settings then in force. @throws {RequestRefused} If the symbol does not allow it. */
  setLeverage(symbol: string, leverage: number): Promise<SymbolSettings>;
  /** Succeeds as well where nothing is to change. @throws {RequestRefused} While orders or a position are open. */
  setMarginType(symbol: string, marginType: MarginType): Promise<void>;
  /** Sees to it that the account has one position per symbol. @throws {RequestRefused} While any is open. */
  setOneWayMode(): Promise<void>;
  leverageBrackets(symbol: string): Promise<readonly LeverageBracket[]>;
  markPrice(symbol: string): Promise<MarkPrice>;
  /** Funding paid and received from an instant on, oldest first; at most 1,000. */
  fundingPayments(symbol: string, startTime: number): Promise<readonly FundingPayment[]>;
}

/** Whether a broker trades USD-M. */
export function isUsdmBroker(broker: Broker): broker is UsdmBroker {
  return broker.market === 'usdm';
}
