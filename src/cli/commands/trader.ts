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
    summary: 'Trade a strategy on live candles; paper trading by default',
    description:
      'Uses the strategies, filters and stop rules of wus backtest and decides at the close of each candle. ' +
      'Paper mode simulates fills at live prices and sends no orders to an exchange.',
    examples: [
      [
        'wus trader --strategy MACross --symbol BTCUSDT --interval 15m --stop-loss 0.02',
        'paper trading at live Binance prices, with the parameters of config/best_params.yaml if it has any',
      ],
      [
        'wus trader --from config/best_params.yaml --symbol BTCUSDT',
        'the winner of an optimization with its settings; the start prints its verdict',
      ],
      [
        'wus trader --strategy RSIReversion --symbol ETHUSDT --interval 1m --market-data local --speed 60',
        'a SYNTHETIC market on this machine at one minute per second, without a network',
      ],
    ],
  })
    .optionsGroup('Strategy:')
    .option('--strategy <name|file>', 'MACross, RSIReversion, BBReversion, LongShort, or a file')
    .option('--param <name=value...>', 'Parameter of the strategy; may be repeated')
    .option(
      '--param-config <file>',
      'Optimized parameters and stops (default: config/best_params.yaml, if it has an entry)',
    )
    .option(
      '--from <file>',
      'Run to trade, with its strategy, settings, costs and verdict: config/best_params.yaml or the --json output of a command',
    )
    .option(
      '--days <n>',
      'History for strategy and filters (default: four times their warm-up, at least 500 candles)',
      numberOption('--days'),
    );
  for (const group of TRADER_FLAG_GROUPS) addRunFlags(command, group);
  command.enablePositionalOptions();
  command
    .optionsGroup('Where:')
    .addOption(
      new Option(
        '--mode <mode>',
        'Simulated fills, test funds of an exchange, or REAL MONEY; only live mode sends orders to a real exchange',
      )
        .choices([...TRADING_MODES])
        .default('paper'),
    )
    .option('--yes-live <symbol>', 'Start --mode live without typing the symbol to confirm')
    .option(
      '--accept-unproven',
      'Start --mode live without confirmation although the optimized parameters are not proven',
    )
    .addOption(
      new Option(
        '--market-data <from>',
        'Prices of an exchange, of a SYNTHETIC market on this machine, or of the first one available',
      )
        .choices(['exchange', 'local', 'auto'])
        .default('exchange'),
    )
    .option(
      '--speed <factor>',
      'Speed of the SYNTHETIC market, as a multiple of real time',
      numberOption('--speed'),
      60,
    )
    .option('--seed <n>', 'Seed of the SYNTHETIC market', numberOption('--seed'), 1)
    .option('--rest-url <url>', 'REST address (default: Binance)')
    .option('--ws-url <url>', 'Stream address (default: the one for the REST address)')
    .option('--state-dir <folder>', 'Folder for positions, orders and accounts', 'state')
    .option('--trades-dir <folder>', 'Folder for trade logs', 'results/live_trades')
    .option(
      '--runtime-config <file>',
      'Settings of one or several bots; flags override them (default: config/runtime_config.yaml, if it exists)',
    )
    .addOption(
      new Option('--log <level>', 'Log level').choices([...TRADER_LOG_LEVELS]).default('info'),
    )
    .addOption(
      new Option(
        '--alert-level <level>',
        'Lowest level of messages sent to webhook, Telegram, Discord and ntfy; info includes starts, entries, exits and stops; wus trader test-alert lists the environment variables',
      )
        .choices([...ALERT_LEVELS])
        .default('info'),
    )
    .option(
      '--heartbeat <hours>',
      'Interval of heartbeat messages, with --alert-level info; 0 for none',
      numberOption('--heartbeat'),
      6,
    )
    .option(
      '--telegram-commands',
      'Accept /status, /trades, /halt, /resume and /flatten from the chat WUS_TELEGRAM_CHAT',
    )
    .optionsGroup(
      'Key (default: BINANCE_API_KEY with BINANCE_PRIVATE_KEY_FILE or BINANCE_API_SECRET):',
    )
    .option('--aws-secret-name <name>', 'Name of the AWS Secrets Manager secret with the key')
    .option('--aws-region <region>', 'Its region (default: that of the AWS SDK)')
    .option(
      '--accept-unverified-key',
      'Trade live although the permissions of the key cannot be verified',
    )
    .optionsGroup('Help:')
    .action(async (options: Record<string, unknown>) => {
      await runTrader(options, terminal);
    });
  addTraderControl(command, terminal);
  return command;
}
