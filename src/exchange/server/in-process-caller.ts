import { errorFromAnswer } from '../binance/errors.js';
import type { EndpointCaller } from '../binance/spot-broker.js';
import { Refusal } from '../simulated/index.js';
import type { ExchangeKey } from './access.js';
import type { ExchangeContext } from './route.js';
import { SPOT_ROUTES } from './spot-routes.js';

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
  return {
    call: async (call) => {
      const route = SPOT_ROUTES[`${call.method} ${call.path}`];
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
