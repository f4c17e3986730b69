import { type Command, Option } from 'commander';
import { TRADING_MODES } from '../../trader/index.js';
import { createCommand } from '../create-command.js';
import { numberOption } from '../option-values.js';
import { addRunFlags } from '../run-flags.js';
import { runTrader, TRADER_LOG_LEVELS } from '../run-trader.js';
import type { Terminal } from '../terminal.js';
import { addTraderControl } from '../trader-control.js';
import { TRADER_FLAG_GROUPS } from '../trader-flags.js';
import { ALERT_LEVELS } from '../trader-messages.js';

/** `wus trader`: strategies on live candles. */
export function traderCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'trader',
    summary: 'Trade a strategy on live candles, with play money by default',
    description:
      'The very strategies, filters and stop rules of wus backtest, decided at the close of each candle. ' +
      'In paper mode fills are simulated at live prices: nothing is ever sent to an exchange.',
    examples: [
      [
        'wus trader --strategy MACross --symbol BTCUSDT --interval 15m --stop-loss 0.02',
        'paper trading at live prices of Binance, parameters of config/best_params.yaml if it has them',
      ],
      [
        'wus trader --from config/best_params.yaml --symbol BTCUSDT',
        'the winner of an optimization as it was found, its verdict said at the start',
      ],
      [
        'wus trader --strategy RSIReversion --symbol ETHUSDT --interval 1m --market-data local --speed 60',
        'a SYNTHETIC market on this machine, a minute per second: no network needed',
      ],
    ],
  })
    .optionsGroup('Strategy:')
    .option('--strategy <name|file>', 'MACross, RSIReversion, BBReversion, LongShort, or a file')
    .option('--param <name=value...>', 'Parameter of the strategy; may be repeated')
    .option(
      '--param-config <file>',
      'Parameters and stops that an optimization found (default: config/best_params.yaml, if it has them)',
    )
    .option(
      '--from <file>',
      'A run to trade, with strategy, settings, costs and verdict: config/best_params.yaml, or what a command printed with --json',
    )
    .option(
      '--days <n>',
      'History that strategy and filters see (default: four times what they need to warm up, at least 500 candles)',
      numberOption('--days'),
    );
  for (const group of TRADER_FLAG_GROUPS) addRunFlags(command, group);
  command.enablePositionalOptions();
  command
    .optionsGroup('Where:')
    .addOption(
      new Option(
        '--mode <mode>',
        'Simulated fills, play money of an exchange, or REAL MONEY; the host decides: no mode but live reaches a real one with orders',
      )
        .choices([...TRADING_MODES])
        .default('paper'),
    )
    .option('--yes-live <symbol>', 'Start --mode live without being asked to type the symbol')
    .option(
      '--accept-unproven',
      'Start --mode live without being asked although the optimized parameters may be luck',
    )
    .addOption(
      new Option(
        '--market-data <from>',
        'Prices of an exchange, of a SYNTHETIC market on this machine, or of the first that can be had',
      )
        .choices(['exchange', 'local', 'auto'])
        .default('exchange'),
    )
    .option(
      '--speed <factor>',
      'Of the SYNTHETIC market, times real time',
      numberOption('--speed'),
      60,
    )
    .option('--seed <n>', 'Of the SYNTHETIC market', numberOption('--seed'), 1)
    .option('--rest-url <url>', 'REST address (default: Binance)')
    .option('--ws-url <url>', 'Stream address (default: what belongs to the REST address)')
    .option('--state-dir <folder>', 'Where positions, orders and accounts are kept', 'state')
    .option('--trades-dir <folder>', 'Where trade logs are written', 'results/live_trades')
    .option(
      '--runtime-config <file>',
      'Settings of one or several bots; flags win (default: config/runtime_config.yaml, if it is there)',
    )
    .addOption(
      new Option('--log <level>', 'How much is said')
        .choices([...TRADER_LOG_LEVELS])
        .default('info'),
    )
    .addOption(
      new Option(
        '--alert-level <level>',
        'Messages to webhook, Telegram, Discord and ntfy from here on: info has starts, entries, exits and stops as well; wus trader test-alert names the variables that set them',
      )
        .choices([...ALERT_LEVELS])
        .default('info'),
    )
    .option(
      '--heartbeat <hours>',
      'Send a sign of life every so many hours, with --alert-level info; 0 sends none',
      numberOption('--heartbeat'),
      6,
    )
    .option(
      '--telegram-commands',
      'Obey /status, /trades, /halt, /resume and /flatten of the chat WUS_TELEGRAM_CHAT',
    )
    .optionsGroup(
      'Key (default: BINANCE_API_KEY with BINANCE_PRIVATE_KEY_FILE or BINANCE_API_SECRET):',
    )
    .option('--aws-secret-name <name>', 'Secret of AWS Secrets Manager that holds the key')
    .option('--aws-region <region>', 'Its region (default: as the AWS SDK finds it)')
    .option(
      '--accept-unverified-key',
      'Trade live although the permissions of the key cannot be seen',
    )
    .optionsGroup('Help:')
    .action(async (options: Record<string, unknown>) => {
      await runTrader(options, terminal);
    });
  addTraderControl(command, terminal);
  return command;
}
