import type { RobustnessBlock } from '../config/index.js';
import { grouped } from './metric-display.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';

/**
 * Returns what is known about the reliability of a winner as text: the verdict, then the figures behind it.
 *
 * @param block - As `config/best_params.yaml` carries it.
 * @param palette - Colours; plain on a pipe.
 */
export function robustnessText(block: RobustnessBlock, palette: Palette): string {
  const colour = block.robust ? palette.green : palette.red;
  const number = (value: number | null, decimals = 2): string =>
    value === null ? '-' : grouped(value, decimals);
  const percent = (value: number | null): string =>
    value === null ? '-' : `${grouped(100 * value, 0)} %`;
  const years = (value: number | null): string =>
    value === null ? '-' : `${grouped(value, 1)} years`;
  const sample = `${grouped(block.sample_trials, 0)} trials run again (seed ${block.sample_seed}), ${grouped(block.sample_returns, 0)} returns each`;
  const rows = [
    [
      'Trials ever',
      grouped(block.trials, 0),
      `distinct combinations in the ledger; ${grouped(block.trials_in_run, 0)} in this run, whose Sharpe ratios give the spread`,
    ],
    [
      'Deflated Sharpe ratio',
      number(block.deflated_sharpe_ratio, 3),
      `needs 0.95; luck alone shows ${number(block.luck_sharpe_ratio)} per year, the winner ${number(block.sharpe_ratio)}`,
    ],
    [
      'Length',
      years(block.length_years),
      `needs ${years(block.min_backtest_length_years)} at the winner's own Sharpe ratio`,
    ],
    [
      'Overfitting probability',
      number(block.overfitting_probability, 3),
      `at most 0.2; ${grouped(block.overfitting_splits, 0)} splits of ${sample}`,
    ],
    [
      'Reality check, SPA',
      `p ${number(block.reality_check_p, 3)}, ${number(block.spa_p, 3)}`,
      'chance that the best of the sample beats cash this well by luck',
    ],
    [
      'Plateau width',
      percent(block.plateau_width),
      `of ${block.plateau_neighbours} neighbours in the grid keep half of the value`,
    ],
    ['Trades', grouped(block.trades, 0), 'needs 100'],
    ['Ambiguous share', percent(block.ambiguous_share), 'of the money hangs on unclear candles'],
  ];
  return [
    palette.bold('Is it more than luck?'),
    ...textTable(
      rows.map((row) => ['', ...row]),
      'llrl',
    ),
    colour(block.verdict),
  ].join('\n');
}
