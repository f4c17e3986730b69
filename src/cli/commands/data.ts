import type { Command } from 'commander';
import { createCommand } from '../create-command.js';
import { addCheckCommand } from '../data/check.js';
import { addConvertCommand } from '../data/convert.js';
import { addResampleCommand } from '../data/resample.js';
import type { Terminal } from '../terminal.js';

/** `wus data`: look at, convert and resample candle files. */
export function dataCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'data',
    summary: 'Check, convert and resample candle files',
    description:
      'Reads CSV (with a header, or Binance archives without one) and JSON, plain or gzipped, with times in ms, µs or ISO 8601.',
    examples: [
      [
        'wus data check data/spot/1h/BTCUSDT_1h.csv.gz',
        'time span, gaps, anomalies, invalid lines',
      ],
      [
        'wus data resample data/spot/1m/BTCUSDT_1m.csv.gz --to 4h data/spot/4h/BTCUSDT_4h.csv.gz',
        'four-hour candles from one-minute candles',
      ],
    ],
  });
  addCheckCommand(command, terminal);
  addConvertCommand(command, terminal);
  addResampleCommand(command, terminal);
  return command;
}
