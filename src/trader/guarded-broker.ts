import { type Broker, isUsdmBroker, type UsdmBroker } from '../exchange/index.js';

/** How a guard lets the methods of a broker through. */
export interface BrokerGuard {
  /** Around what changes the account. */
  readonly writes: <T>(action: () => Promise<T>) => Promise<T>;
  /** Around what only looks. */
  readonly reads: <T>(action: () => Promise<T>) => Promise<T>;
}

type Kind = 'writes' | 'reads';
type Methods<B> = {
  [Name in keyof B as B[Name] extends (...args: never[]) => unknown ? Name : never]: Kind;
};

/** What each method does. A method that a broker gets later does not compile before it stands here. */
const METHODS: Methods<Required<Broker>> = {
  place: 'writes',
  placeOCO: 'writes',
  cancel: 'writes',
  cancelReplace: 'writes',
  test: 'reads',
  query: 'reads',
  queryById: 'reads',
  openOrders: 'reads',
  fills: 'reads',
  account: 'reads',
  keyPermissions: 'reads',
};
const USDM_METHODS: Methods<Required<UsdmBroker>> = {
  ...METHODS,
  setLeverage: 'writes',
  setMarginType: 'writes',
  setOneWayMode: 'writes',
  positions: 'reads',
  symbolSettings: 'reads',
  leverageBrackets: 'reads',
  markPrice: 'reads',
  fundingPayments: 'reads',
};

/**
 * Returns a broker whose every method goes through a guard: none can be forgotten.
 *
 * @param broker - Does the work.
 * @param guard - Around each call.
 */
export function guardedBroker(broker: Broker, guard: BrokerGuard): Broker {
  const methods = isUsdmBroker(broker) ? USDM_METHODS : METHODS;
  const guarded = Object.entries(methods).map(([name, kind]) => {
    const method = (broker as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[
      name
    ];
    return [name, (...args: unknown[]) => guard[kind](() => method!.apply(broker, args))];
  });
  return { market: broker.market, ...Object.fromEntries(guarded) } as Broker;
}
