import type { Timeframe } from '../domain/index.js';
import { parseProfitTargets, profitTargetsText } from '../semantics/index.js';
import { pairTableSetting, problemOf, tooFarForShorts } from './pair-table.js';
import { runRule } from './run-rule.js';

/** Pairs of which some count minutes: whether they ascend shows only in candles. */
const WITH_MINUTES = /^(\s*[\d.]+m?\s*:\s*[\d.]+\s*(,|$))+$/;

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
    const timeframe = (values.interval ?? undefined) as Timeframe | undefined;
    if (timeframe === undefined && hasMinutes(profit_targets)) return undefined;
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
  if (timeframe === undefined && hasMinutes(text)) return text.replaceAll(/\s/g, '');
  return profitTargetsText(parseProfitTargets(text, timeframe));
}

function hasMinutes(text: string): boolean {
  return /\dm\s*:/.test(text) && WITH_MINUTES.test(text);
}
