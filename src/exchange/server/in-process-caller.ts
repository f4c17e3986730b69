import { errorFromAnswer } from '../binance/errors.js';
import type { EndpointCaller } from '../binance/spot-broker.js';
import { Refusal } from '../simulated/index.js';
import type { ExchangeKey } from './access.js';
import type { ExchangeContext, Routes, UsdmContext } from './route.js';
import { SPOT_ROUTES } from './spot-routes.js';
import { USDM_ROUTES } from './usdm-routes.js';

const KEY: ExchangeKey = {
  apiKey: 'in-process',
  canTrade: true,
  canWithdraw: false,
  isIpRestricted: true,
};

/**
 * Calls the endpoints of an exchange in the same process: no sockets, no clock, the same answers. With the broker of
 * Binance on top it is the simulated broker.
 *
 * @param context - Exchange, market, limits, faults and clocks.
 */
export function inProcessCaller(context: ExchangeContext): EndpointCaller {
  return callerOf(SPOT_ROUTES, context);
}

/**
 * The same for USD-M.
 *
 * @param context - Exchange, market, limits, faults, listen keys and clocks.
 */
export function inProcessUsdmCaller(context: UsdmContext): EndpointCaller {
  return callerOf(USDM_ROUTES, context);
}

function callerOf<Context>(routes: Routes<Context>, context: Context): EndpointCaller {
  return {
    call: async (call) => {
      const route = routes[`${call.method} ${call.path}`];
      if (route === undefined) throw new Error(`The exchange has no ${call.method} ${call.path}`);
      const parameters = Object.fromEntries(
        Object.entries(call.parameters ?? {})
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [name, String(value)]),
      );
      try {
        // As over a wire: nobody may change what the other side still holds.
        return await Promise.resolve(structuredClone(route.run({ parameters, key: KEY }, context)));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { code, message, data, status } = error;
        throw errorFromAnswer({
          status,
          body: { code, msg: message, ...(data === undefined ? {} : { data }) },
          host: 'the simulated exchange',
          isWrite: call.method !== 'GET',
          retryTime: undefined,
        });
      }
    },
  };
}
