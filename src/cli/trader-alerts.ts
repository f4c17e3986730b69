import os from 'node:os';
import type { Command } from 'commander';
import { UserError } from '../domain/index.js';
import {
  ALERT_TIME_LIMIT_MS,
  ALERT_VARIABLES,
  type AlertSettings,
  alertSettings,
  alertTargets,
  type Delivery,
  redactor,
} from '../trader/index.js';
import { addSubcommand } from './create-command.js';
import { foldLine } from './fold-line.js';
import type { Terminal } from './terminal.js';

const INDENT = '         ';

/**
 * Adds `test-alert` to `wus trader`.
 *
 * @param parent - `wus trader`.
 * @param terminal - Where it prints, and the environment that names the targets.
 */
export function addTestAlert(parent: Command, terminal: Terminal): void {
  addSubcommand(parent, terminal, {
    name: 'test-alert',
    summary: 'Send a test message to every alert target and print each answer',
    description: `The targets come from the environment, as for wus trader:\n\n${variableLines()}\n\nThe exit code is 1 if any target did not accept the message.`,
    examples: [
      ['WUS_ALERT_WEBHOOK=https://… wus trader test-alert', 'one target'],
      ['wus trader test-alert', 'every target in the environment'],
    ],
  })
    .optionsGroup('Help:')
    .action(async () => {
      const results = await testAlerts(alertSettings(terminal.environment));
      for (const { text } of results) {
        for (const line of foldLine(text, terminal.columns, INDENT)) terminal.print(line);
      }
      const failed = results.filter(({ isDelivered }) => !isDelivered).length;
      if (failed > 0)
        throw new UserError(`${failed} of ${results.length} targets did not accept the message`);
    });
}

interface AlertTest {
  readonly text: string;
  readonly isDelivered: boolean;
}

/** One try each, side by side: a person waits for it. */
async function testAlerts({ targets, secrets }: AlertSettings): Promise<readonly AlertTest[]> {
  const found = alertTargets(targets);
  if (found.length === 0) {
    throw new UserError(
      `No alert target is configured. Set one of these in the environment:\n${variableLines()}`,
    );
  }
  const redact = redactor(secrets);
  const text = `wus test: alerts of the trader on ${os.hostname()} arrive here`;
  return Promise.all(
    found.map(async ({ name, host, deliver }) => {
      const startTime = performance.now();
      const delivery = await deliver(
        { level: 'info', text },
        { fetch: (url, init) => fetch(url, init), timeLimitMs: ALERT_TIME_LIMIT_MS },
      );
      const ms = Math.round(performance.now() - startTime);
      return {
        text: redact(`${wordOf(delivery)}   ${name} at ${host}: ${resultOf(delivery, ms)}`),
        isDelivered: delivery.kind === 'delivered',
      };
    }),
  );
}

const wordOf = ({ kind }: Delivery): string => (kind === 'delivered' ? 'ok    ' : 'FAILED');

function resultOf(delivery: Delivery, ms: number): string {
  return delivery.kind === 'delivered'
    ? `${delivery.answer} in ${ms} ms; check that the message arrived`
    : delivery.why;
}

function variableLines(): string {
  const names = Object.entries(ALERT_VARIABLES);
  const width = Math.max(...names.map(([name]) => name.length));
  return names.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`).join('\n');
}
