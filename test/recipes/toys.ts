// What CONTRIBUTING says, done: a file and a row each.

/** A file that is new, or what becomes of one that is there. */
export interface ToyChange {
  /** Under `src/`. */
  readonly file: string;
  readonly change: (text: string) => string;
}

/** Adds a row to a list `[…] as const` and its import: `add a row` of CONTRIBUTING. */
function row(file: string, name: string, from: string): ToyChange {
  return {
    file,
    change: (text) => {
      const added = text.replace(/,?(\s*)\] as const;/, `, ${name}$1] as const;`);
      if (added === text) throw new Error(`${file} has no list that ends in "] as const;"`);
      return `import { ${name} } from '${from}';\n${added}`;
    },
  };
}

const newFile = (file: string, text: string): ToyChange => ({ file, change: () => text });

/** Entries only on candles with more volume than usual. */
export const TOY_FILTER: readonly ToyChange[] = [
  newFile(
    'filters/volume-filter.ts',
    `import { countSetting, numberSetting } from '../domain/index.js';
import { compare, INDICATORS } from '../indicators/index.js';
import { BOTH_ALLOWED } from './entry-filter.js';
import { filterRule } from './filter-rule.js';

/** Entries only on candles with more volume than usual. */
export const VOLUME_FILTER = filterRule({
  name: 'volume filter',
  apply: {
    key: 'apply_volume_filter',
    flag: '--apply-volume-filter',
    description: 'Enter only when the volume is high',
  },
  settings: [
    countSetting({
      key: 'volume_filter_period',
      flag: '--volume-filter-period',
      unit: 'candles',
      smallest: 1,
      default: 20,
      description: 'Period of the average volume',
    }),
    numberSetting({
      key: 'volume_filter_factor',
      flag: '--volume-filter-factor',
      unit: 'factor',
      expected: 'a number above 0',
      accepts: (value) => value > 0,
      default: 1,
      description: 'Volume at least this times its average',
    }),
  ],
  build: ({ volume_filter_period: period, volume_filter_factor: factor }) => ({
    name: 'volume',
    warmUp: period - 1,
    mask({ volume }, { sma } = INDICATORS) {
      const average = sma(volume, period);
      const mask = new Uint8Array(volume.length);
      for (let i = 0; i < mask.length; i++) {
        if (compare(volume[i], factor * average[i]!) >= 0) mask[i] = BOTH_ALLOWED;
      }
      return mask;
    },
  }),
});
`,
  ),
  row('filters/entry-filters.ts', 'VOLUME_FILTER', './volume-filter.js'),
];

/** A stop-loss under another name: what an exit costs beside the arithmetic of the engines. */
export const TOY_EXIT: readonly ToyChange[] = [
  newFile(
    'rules/toy-stop.ts',
    `import { distanceSetting } from './distance.js';
import { runRule } from './run-rule.js';

/** A second stop-loss. */
export const TOY_STOP = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    distanceSetting({
      key: 'toy_stop_pct',
      flag: '--toy-stop',
      isBelowOne: true,
      description: 'Distance from the entry (0.02 = 2 %)',
      label: 'toy stop',
    }),
  ],
  build: ({ toy_stop_pct }) => (toy_stop_pct === null ? {} : { stopLoss: toy_stop_pct }),
});
`,
  ),
  row('rules/run-rules.ts', 'TOY_STOP', './toy-stop.js'),
];

/** A flag that every command has: costs, times a factor. */
export const TOY_FLAG: readonly ToyChange[] = [
  newFile(
    'rules/toy-slippage.ts',
    `import { numberSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** Slippage of stops, as a fraction. */
export const TOY_SLIPPAGE = runRule({
  section: 'money',
  identity: 'run',
  settings: [
    numberSetting({
      key: 'toy_slippage',
      flag: '--toy-slippage',
      unit: 'fraction',
      expected: 'a fraction above 0 and below 1',
      accepts: (value) => value > 0 && value < 1,
      default: null,
      description: 'Against you on stop fills',
    }),
  ],
  build: ({ toy_slippage }) => (toy_slippage === null ? {} : { stopSlippageRate: toy_slippage }),
});
`,
  ),
  row('rules/run-rules.ts', 'TOY_SLIPPAGE', './toy-slippage.js'),
];

/** Puts lines before a line that is there. */
function before(file: string, anchor: string, lines: string): ToyChange {
  return {
    file,
    change: (text) => {
      if (!text.includes(anchor)) throw new Error(`${file} has no line ${anchor}`);
      return text.replace(anchor, `${lines}${anchor}`);
    },
  };
}

/** What commissions took of the initial balance. */
export const TOY_METRIC: readonly ToyChange[] = [
  before(
    'metrics/metrics.ts',
    '  readonly skippedEntries',
    '  readonly commissionShare: number;\n',
  ),
  before(
    'metrics/metric-table.ts',
    "  {\n    key: 'skippedEntries'",
    `  {
    key: 'commissionShare',
    name: 'commission_share',
    label: 'Commission share',
    unit: 'fraction',
    better: 'lower',
    group: 'Return',
    isGainOrLoss: false,
    meaning: 'All commissions as a share of the initial balance.',
  },\n`,
  ),
  before(
    'metrics/compute-metrics.ts',
    '    skippedEntries: input.',
    '    commissionShare: sum(trades.map((trade) => trade.commission)) / initialBalance,\n',
  ),
  before(
    'backtest/fast/row-metrics.ts',
    '    skippedEntries: 0,',
    '    commissionShare: ledger.commission[row]! / initialBalance,\n',
  ),
  before(
    'semantics/SEMANTICS.md',
    '| `avg_candles_held`, `total_commission`',
    '| `commission_share` | Σ commission / initial balance |\n',
  ),
];
