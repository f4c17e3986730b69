import { EXTRA_COLUMN_NAMES, type ExtraColumn } from '../candles/index.js';
import type { StrategyCandles } from './strategy-candles.js';
import { StrategyError } from './strategy-error.js';

/**
 * Checks that candles have the extra columns that a strategy declares.
 *
 * @param strategy - Name, for the message.
 * @param names - Declared.
 * @param candles - What it is going to run on.
 * @throws {StrategyError} If one is absent.
 */
export function requireExtraColumns(
  strategy: string,
  names: readonly ExtraColumn[],
  candles: StrategyCandles,
): void {
  const missing = names.filter((name) => candles[name] === undefined);
  if (missing.length === 0) return;
  throw new StrategyError(
    'threw',
    `Strategy "${strategy}" needs ${missing.join(', ')}, which these candles do not have; load them with loadCandles({ extraColumns: [${missing.map((name) => `'${name}'`).join(', ')}] })`,
  );
}

/** Answers a strategy that reads an extra column without declaring it; stands behind candles that are checked. */
export const UNDECLARED_COLUMNS = Object.freeze(
  Object.create(
    Object.prototype,
    Object.fromEntries(EXTRA_COLUMN_NAMES.map((name) => [name, { get: () => refuse(name) }])),
  ) as object,
);

function refuse(name: ExtraColumn): never {
  throw new StrategyError(
    'threw',
    `The strategy reads candles.${name} without declaring it; add extraColumns: ['${name}'] to its definition`,
  );
}
