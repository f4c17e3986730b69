import type { Timeframe } from '../domain/index.js';
import { parseProfitTargets, profitTargetsText } from '../semantics/index.js';
import { pairTableSetting, problemOf, tooFarForShorts } from './pair-table.js';
import { runRule } from './run-rule.js';

/** Where the candles are not known yet minutes count as such: what ascends in them ascends in longer candles, or is told later. */
const ANY_TIMEFRAME: Timeframe = '1m';

/** S-74. */
export const PROFIT_TARGETS = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    pairTableSetting({
      key: 'profit_targets',
      flag: '--profit-targets',
      example: '0:0.05,24:0.02,72:0',
      read: readTargets,
      description: 'Take-profit by age, candles:fraction,… (0:0.05,24:0.02; 60m: counts minutes)',
      label: 'profit targets',
    }),
  ],
  build: ({ profit_targets }, values) =>
    profit_targets === null
      ? {}
      : {
          profitTargets: parseProfitTargets(
            profit_targets,
            (values.interval ?? undefined) as Timeframe | undefined,
          ),
        },
  conflict: (values) => {
    const { profit_targets, take_profit_pct } = values;
    if (typeof profit_targets !== 'string') return undefined;
    if (typeof take_profit_pct === 'number') {
      return {
        key: 'profit_targets',
        message: `replaces take_profit_pct, which is ${take_profit_pct}: keep one (0:${take_profit_pct} is the same)`,
      };
    }
    const timeframe = (values.interval ?? ANY_TIMEFRAME) as Timeframe;
    // What counts minutes may be no whole candles of the interval.
    const message = problemOf('profit_targets', () => readTargets(profit_targets, timeframe));
    if (message !== undefined) return { key: 'profit_targets', message };
    const targets = parseProfitTargets(profit_targets, timeframe);
    const fractions = targets.map(({ fraction }) => fraction);
    return tooFarForShorts('profit_targets', values, fractions);
  },
});

/** Minutes stay minutes while nobody knows the candles. */
function readTargets(text: string, timeframe?: Timeframe): string {
  const targets = profitTargetsText(parseProfitTargets(text, timeframe ?? ANY_TIMEFRAME));
  const hasMinutes = /\dm\s*:/.test(text);
  return timeframe === undefined && hasMinutes ? text.replaceAll(/\s/g, '') : targets;
}
