import {
  type AlertSettings,
  alertTargets,
  type BotLine,
  type LineLog,
  Notifier,
  withoutNumbers,
} from '../trader/index.js';
import { noteFolded } from './fold-line.js';
import type { Terminal } from './terminal.js';
import { lineText } from './trader-words.js';

/** From which importance on messages are sent. */
export const ALERT_LEVELS = ['info', 'warning', 'alarm'] as const;
type AlertLevel = (typeof ALERT_LEVELS)[number];

/** Messages to people who are not there. */
export interface Messages {
  /** Names of the places that take them. */
  readonly targets: readonly string[];
  /** Sends what is worth it of the lines of the bots. */
  readonly take: (line: BotLine) => void;
  /** Sends news of the whole process: starts, stops, days. */
  readonly tell: (topic: string, text: string) => void;
  /** Lets what waits go out. */
  readonly stop: () => Promise<void>;
}

export interface MessagesOptions {
  readonly alerts: AlertSettings;
  readonly redact: (text: string) => string;
  readonly level: AlertLevel;
  /** Part of every message: several traders may write to one place. */
  readonly environment: string;
  readonly log: LineLog;
}

/**
 * Opens the way to the configured targets.
 *
 * @param options - Which targets, and what is worth a message.
 * @param terminal - Shows when one takes nothing.
 */
export function openMessages(options: MessagesOptions, terminal: Terminal): Messages {
  const { alerts, redact, level, environment, log } = options;
  const notifier = new Notifier({
    targets: alerts.targets,
    redact,
    onFailure: (text) => {
      log.write(text);
      noteFolded(text, terminal, '  ');
    },
  });
  return {
    targets: alertTargets(alerts.targets).map(({ name }) => name),
    take: (line) => {
      if (!isWorthAMessage(line, level)) return;
      notifier.send(line.level, `wus ${environment} ${lineText(line, true)}`, {
        topic: `${line.symbol} ${line.code} ${withoutNumbers(line.text)}`,
        source: line.symbol ?? '',
      });
    },
    tell: (topic, text) => {
      if (level === 'info')
        notifier.send('info', `wus ${environment} ${text}`, { topic, source: '' });
    },
    stop: () => notifier.stop(),
  };
}

/** Trades are worth it at `info`; candles and orders under way never are. */
function isWorthAMessage({ kind, level }: BotLine, least: AlertLevel): boolean {
  if (kind !== 'alert' && kind !== 'trade') return false;
  return ALERT_LEVELS.indexOf(level) >= ALERT_LEVELS.indexOf(least);
}
