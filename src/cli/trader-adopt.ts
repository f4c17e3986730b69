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
    summary: 'Add a position and orders that are missing in the state of a bot',
    description:
      'Lists the position and orders of the symbol, rebuilds entry price, fees and best price from the fills and the candles since, and asks for confirmation. The bot must be stopped; it then continues with its own settings.',
    examples: [
      ['wus trader adopt --mode live --symbol BTCUSDT', 'after a MISMATCH that lists orders'],
      [
        'wus trader adopt --mode testnet --rest-url http://127.0.0.1:9180 --market usdm --symbol ETHUSDT --yes',
        'without confirmation',
      ],
    ],
  });
  command
    .addOption(
      new Option('--mode <mode>', 'Test funds of an exchange, or REAL MONEY')
        .choices(['testnet', 'live'])
        .makeOptionMandatory(),
    )
    .requiredOption('--symbol <symbol>', 'Symbol of the bot')
    .addOption(new Option('--market <market>', 'Where').choices(['spot', 'usdm']).default('spot'))
    .option('--rest-url <url>', 'REST address (default: Binance)')
    .option('--ws-url <url>', 'Stream address (default: the one for the REST address)')
    .option('--state-dir <folder>', 'State folder of the bots', 'state')
    .option('--aws-secret-name <name>', 'Name of the AWS Secrets Manager secret with the key')
    .option('--aws-region <region>', 'Its region (default: that of the AWS SDK)')
    .option('--yes', 'Adopt without confirmation')
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
      throw new UserError(`Nothing adopted: ${printable(offer.refusal)}`);
    if (options.yes !== true) {
      const answer = await answerTo('Adopt it? Type yes: ', terminal);
      if (answer?.trim().toLowerCase() !== 'yes') {
        throw new UsageError(
          answer === undefined
            ? 'Nothing adopted: check the list, then add --yes'
            : 'Nothing adopted',
        );
      }
    }
    await offer.accept();
    terminal.print(`${symbol} adopted: start its bot to continue with it`);
  } finally {
    await offer.close();
  }
}
