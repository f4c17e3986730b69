import { type Logger, pino } from 'pino';
import { UsageError } from '../domain/index.js';
import { didYouMean } from '../util/index.js';

/** How much is said on standard error. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Parses `--log`.
 *
 * @throws {UsageError} If the word is no level.
 */
export function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((name) => name === text);
  if (level !== undefined) return level;
  throw new UsageError(
    `--log ${text}: no such level${didYouMean(text, LOG_LEVELS)}; use one of ${LOG_LEVELS.join(' ')}`,
  );
}

/**
 * Creates the logger of a command: one line per record, written for people.
 *
 * @param level - Records below it are dropped.
 * @param write - Takes a finished line, without its end.
 */
export function createLogger(level: LogLevel, write: (line: string) => void): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (record) => write(readableLine(record)) },
  );
}

const LEVEL_NAMES: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** `12:00:00.123 info  message key=value`, a stack on lines of its own. */
function readableLine(record: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(record) as {
    level: number;
    time: string;
    msg?: string;
    err?: { stack?: string };
  } & Record<string, unknown>;
  const values = Object.entries(rest).map(([key, value]) => `${key}=${shown(value)}`);
  const clock = time.slice(11, 23);
  const head = [clock, (LEVEL_NAMES[level] ?? String(level)).padEnd(5), msg, ...values]
    .filter((part) => part !== undefined)
    .join(' ');
  return err?.stack === undefined ? head : `${head}\n${err.stack}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value);
}
