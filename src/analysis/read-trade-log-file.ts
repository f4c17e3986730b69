import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileError, systemErrorCode } from '../files/index.js';
import { idleSettings, knownParameters } from './idle-settings.js';
import { parameterText, parseRunRecord, type RunRecord } from './run-record.js';
import type { TradeLog } from './trade-analysis.js';
import { NOT_RECORDED, readTradeLog } from './trade-log-reader.js';
import { worldOfLog } from './trade-world.js';

/** `<Strategy>_<SYMBOL>_<interval>_<from>_<to>_trades.csv`, as forward tests name their logs. */
const LOG_NAME = /^(.+)_([A-Z0-9]+)_(\d+[smhdwM])_(\d{4}[\d-]*)_(\d{4}[\d-]*)_trades\.csv$/;

/** What the name of a trade log tells. */
export interface TradeLogName {
  readonly strategy: string;
  readonly symbol: string;
  readonly interval: string;
}

/**
 * Reads what the name of a trade log tells.
 *
 * @param file - Path.
 * @returns `undefined` when it is not named like a forward test's log.
 */
export function tradeLogName(file: string): TradeLogName | undefined {
  const [, strategy, symbol, interval] = LOG_NAME.exec(path.basename(file)) ?? [];
  if (strategy === undefined || symbol === undefined || interval === undefined) return undefined;
  return { strategy, symbol, interval };
}

/**
 * Returns where the settings and measures of a trade log's run are kept.
 *
 * @param tradesFile - Of the trade log.
 */
export function runRecordPath(tradesFile: string): string {
  return `${tradesFile}.run.json`;
}

/**
 * Reads a trade log with the run record beside it, if there is one.
 *
 * @param file - CSV.
 * @throws {UserError} If either cannot be read or is damaged.
 */
export function readTradeLogFile(file: string): TradeLog {
  const text = readText(file);
  const record = readRecordBeside(file);
  const parameters = record === undefined ? '' : effectiveText(record);
  const parameterSet = parameters === '' ? NOT_RECORDED : parameters;
  const world = worldOfLog(path.basename(file), record);
  return { path: file, ...readTradeLog(text, file, parameterSet, world), record };
}

/** Without those that do nothing: two runs that differ in such a one alone are the same. */
function effectiveText({ strategy, parameters }: RunRecord): string {
  const idle = idleSettings(parameters, knownParameters(strategy));
  return parameterText(
    Object.fromEntries(Object.entries(parameters).filter(([name]) => !idle.has(name))),
  );
}

function readRecordBeside(file: string): RunRecord | undefined {
  const beside = runRecordPath(file);
  let text: string;
  try {
    text = readFileSync(beside, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw fileError('read', beside, error);
  }
  return parseRunRecord(text, beside);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fileError('read', file, error);
  }
}
