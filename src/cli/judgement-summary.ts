import { isGoodWord, type JudgementBlock } from '../config/index.js';
import { judgementChecks, sampleWords, type VerdictCheck } from '../report/index.js';
import { plainText } from './plain-text.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';

/**
 * Returns what is known about the reliability of a winner as text: the figures, then the verdict.
 *
 * @param block - As `config/best_params.yaml` carries it.
 * @param palette - Colours; plain on a pipe.
 */
export function judgementText(block: JudgementBlock, palette: Palette): string {
  const colour = isGoodWord(block.verdict) ? palette.green : palette.red;
  return [
    palette.bold('Is it more than luck?'),
    ...checkLines(judgementChecks(block), palette),
    `  ${sampleWords(block)}`,
    colour(block.sentence),
    ...(block.choice === null ? [] : [block.choice]),
  ].join('\n');
}

/**
 * Returns the figures behind a verdict, one line each.
 *
 * @param checks - From `report/`.
 * @param palette - Colours; plain on a pipe.
 */
export function checkLines(checks: readonly VerdictCheck[], palette: Palette): string[] {
  const words = ({ isPassed }: VerdictCheck): string =>
    isPassed === undefined ? '' : isPassed ? 'passed' : 'missed';
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
    line.endsWith('missed') ? `${line.slice(0, -'missed'.length)}${palette.red('missed')}` : line,
  );
}
