import type { DetailsTable } from '../analysis/index.js';
import type { RunAgain } from '../report/index.js';
import type { RerunRecord } from './rerun-file.js';
import { RUN_FLAG_GROUPS } from './run-flags.js';
import { shellLine } from './shell-line.js';

/**
 * Prepares the command lines of trials: words for every value of every column, quoted for the shell, so that the page has only to
 * put them together.
 *
 * @param table - Details.
 * @param record - What was kept beside them.
 */
export function runAgain(table: DetailsTable, record: RerunRecord): RunAgain {
  const flags = RUN_FLAG_GROUPS.flatMap((group) => group.flags);
  return {
    command: shellLine(record.words),
    columns: table.parameters.map(({ name, levels }) => {
      const spec = record.parameters[name];
      if (spec !== undefined) {
        return {
          words: levels.map((level) =>
            level === String(spec.default ?? '')
              ? ''
              : shellLine(['--param', `${name}=${level === '' ? 'null' : level}`]),
          ),
          needs: spec.depends_on,
        };
      }
      const flag = flags.find(({ key }) => key === name);
      const [option = ''] = flag?.flags.split(' ') ?? [];
      return {
        words: levels.map((level) => {
          if (flag === undefined || level === '') return '';
          // Without any of its owners it has its default, which needs no word.
          if ((flag.needs?.length ?? 0) > 1 && level === String(flag.default)) return '';
          if (flag.kind === 'truth') return level === 'true' ? option : '';
          return shellLine([option, level]);
        }),
        needs: flag?.needs?.length === 1 ? flag.needs[0]! : null,
      };
    }),
  };
}
