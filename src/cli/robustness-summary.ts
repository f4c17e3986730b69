import type { RobustnessBlock } from '../config/index.js';
import { type RobustnessCheck, robustnessChecks } from '../report/index.js';
import { countText } from '../util/index.js';
import { plainText } from './plain-text.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';

/**
 * Returns what is known about the reliability of a winner as text: the figures, then the verdict.
 *
 * @param block - As `config/best_params.yaml` carries it.
 * @param palette - Colours; plain on a pipe.
 */
export function robustnessText(block: RobustnessBlock, palette: Palette): string {
  const colour = block.robust ? palette.green : palette.red;
  return [
    palette.bold('Is it more than luck?'),
    ...checkLines(robustnessChecks(block), palette),
    `  from ${countText(block.sample_trials, 'combination')} run again (seed ${block.sample_seed}), ${countText(block.sample_returns, 'return')} each, ${countText(block.overfitting_splits, 'split')}`,
    colour(block.verdict),
  ].join('\n');
}

/**
 * Returns the figures behind a verdict, one line each.
 *
 * @param checks - From `report/`.
 * @param palette - Colours; plain on a pipe.
 */
export function checkLines(checks: readonly RobustnessCheck[], palette: Palette): string[] {
  const words = ({ isPassed }: RobustnessCheck): string =>
    isPassed === undefined ? '' : isPassed ? 'passed' : 'FAILED';
  return textTable(
    checks.map((check) => [
      '',
      check.name,
      plainText(check.value),
      plainText(check.needed ?? ''),
      words(check),
    ]),
    'llrll',
  ).map((line) =>
    line.endsWith('FAILED') ? `${line.slice(0, -'FAILED'.length)}${palette.red('FAILED')}` : line,
  );
}
