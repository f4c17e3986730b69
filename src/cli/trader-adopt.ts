import path from 'node:path';
import { type Command, Option } from 'commander';
import { type Market, printable, UsageError, UserError } from '../domain/index.js';
import { offerAdoption, redactor, type TradingMode, tradingHosts } from '../trader/index.js';
import { answerTo } from './ask.js';
import { addSubcommand } from './create-command.js';
import type { Terminal } from './terminal.js';
import { keyOf, requireCheckedTls } from './trader-request.js';

/**
 * Adds `adopt` to `wus trader`.
 *
 * @param parent - `wus trader`.
 * @param terminal - Where it prints and asks.
 */
export function addTraderAdopt(parent: Command, terminal: Terminal): void {
  const command = addSubcommand(parent, terminal, {
    name: 'adopt',
    summary: 'Give a bot the position and the orders that its state does not know',
    description:
      'Lists what the account has of the symbol, rebuilds entry price, fees and best price from its fills and the candles since, and asks. The bot must be stopped; it goes on with its settings.',
    examples: [
      ['wus trader adopt --mode live --symbol BTCUSDT', 'after a MISMATCH that names orders'],
      [
        'wus trader adopt --mode testnet --rest-url http://127.0.0.1:9180 --market usdm --symbol ETHUSDT --yes',
        'without being asked',
      ],
    ],
  });
  command
    .addOption(
      new Option('--mode <mode>', 'Play money of an exchange, or REAL MONEY')
        .choices(['testnet', 'live'])
        .makeOptionMandatory(),
    )
    .requiredOption('--symbol <symbol>', 'What the bot trades')
    .addOption(new Option('--market <market>', 'Where').choices(['spot', 'usdm']).default('spot'))
    .option('--rest-url <url>', 'REST address (default: Binance)')
    .option('--ws-url <url>', 'Stream address (default: what belongs to the REST address)')
    .option('--state-dir <folder>', 'Where the bots keep their state', 'state')
    .option('--aws-secret-name <name>', 'Secret of AWS Secrets Manager that holds the key')
    .option('--aws-region <region>', 'Its region (default: as the AWS SDK finds it)')
    .option('--yes', 'Adopt without being asked')
    .optionsGroup('Help:')
    .action(async (options: Record<string, unknown>) => {
      await adopt(options, terminal);
    });
}

async function adopt(
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<void> {
  const mode = options.mode as TradingMode;
  if (mode === 'live') requireCheckedTls(terminal);
  const symbol = String(options.symbol).toUpperCase();
  const hosts = tradingHosts({
    mode,
    market: options.market as Market,
    restUrl: options.restUrl as string | undefined,
    wsUrl: options.wsUrl as string | undefined,
  });
  const key = await keyOf(options, terminal);
  const redact = redactor(key.secrets);
  const offer = await offerAdoption({
    ...{ mode, hosts, symbol, key },
    stateFolder: path.resolve(terminal.workingFolder, options.stateDir as string),
    workingFolder: terminal.workingFolder,
    onLine: ({ text }) => terminal.note(printable(redact(text))),
  });
  try {
    for (const line of offer.lines) terminal.print(printable(redact(line)));
    if (offer.refusal !== undefined)
      throw new UserError(`Nothing is adopted: ${printable(offer.refusal)}`);
    if (options.yes !== true) {
      const answer = await answerTo('Adopt it? Type yes: ', terminal);
      if (answer?.trim().toLowerCase() !== 'yes') {
        throw new UsageError(
          answer === undefined
            ? 'Nothing is adopted: look at it, then give --yes'
            : 'Nothing is adopted',
        );
      }
    }
    await offer.accept();
    terminal.print(`${symbol} is adopted: start its bot, it goes on with it`);
  } finally {
    await offer.close();
  }
}
