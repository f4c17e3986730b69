import { didYouMean } from '../util/index.js';
import { StrategyError } from './strategy-error.js';

/** What engines of JavaScript, consoles and tests ask of any object. */
const ASKED_OF_ANYTHING: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...['then', 'toJSON', 'inspect', 'nodeType', 'tagName', 'asymmetricMatch', '$$typeof'],
]);

/**
 * Returns values by name, in an object that answers the reading of any other name with an error that lists those it has.
 * What is there is read as fast as from any object.
 *
 * @param what - For the message: `Strategy "X": series`.
 * @param values - By name.
 */
export function namedValues<Values extends object>(what: string, values: Values): Values {
  const names = Object.keys(values);
  const unknown = new Proxy(Object.create(null) as object, {
    get(_, key) {
      if (typeof key !== 'string' || ASKED_OF_ANYTHING.has(key)) return undefined;
      const known = names.length === 0 ? 'there is none' : `there is ${names.join(', ')}`;
      throw new StrategyError(
        'threw',
        `${what} has no "${key}"${didYouMean(key, names)}; ${known}`,
      );
    },
  });
  return Object.freeze(Object.setPrototypeOf({ ...values }, unknown) as Values);
}
