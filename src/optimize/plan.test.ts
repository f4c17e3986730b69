import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FilterSettings, parseBacktestRunConfig } from '../config/index.js';
import type { ParameterSpec, Parameters, ParameterValue, Strategy } from '../strategies/index.js';
import { type GridRun, readGrid } from './grid.js';
import { openPlan, type TrialPlan } from './plan.js';

type Grid = Record<string, readonly ParameterValue[]>;

const NO_FILTERS = parseBacktestRunConfig({ strategy: 'X', allowed_trading_hours_utc: '0-24' });

function fakeStrategy(
  parameters: Record<string, ParameterSpec>,
  findConflict: Strategy['findConflict'] = () => undefined,
): Strategy {
  return {
    name: 'FakeStrategy',
    shortName: 'Fake',
    parameters,
    findConflict,
    warmUp: () => 0,
    signals: (candles) => new Int8Array(candles.length),
    plots: () => [],
  };
}

const number = (value: number | null, dependsOn?: string): ParameterSpec => ({
  kind: 'number',
  default: value,
  nullable: true,
  description: '',
  ...(dependsOn === undefined ? {} : { dependsOn }),
});
const flag = (dependsOn?: string): ParameterSpec => ({
  kind: 'boolean',
  default: false,
  description: '',
  ...(dependsOn === undefined ? {} : { dependsOn }),
});

const MA = fakeStrategy(
  {
    fast_period: number(9),
    slow_period: number(21),
    trend_filter_period: number(null),
    trend_filter_use_ema: {
      kind: 'boolean',
      default: true,
      description: '',
      dependsOn: 'trend_filter_period',
    },
  },
  (p) =>
    Number(p.fast_period) >= Number(p.slow_period)
      ? `fast_period must be below slow_period: ${p.fast_period} and ${p.slow_period}`
      : undefined,
);

function read(
  strategy: Strategy,
  grid: Grid,
  change: Partial<FilterSettings> = {},
  symbol = 'BTCUSDT',
) {
  const run: GridRun = {
    strategy,
    symbol,
    timeframe: '1h',
    shortsPermitted: true,
    config: { ...NO_FILTERS, ...change },
  };
  const at = (name: string, index?: number): string =>
    `g.yaml:${name}${index === undefined ? '' : `#${index}`}`;
  return readGrid({ grid, at }, run);
}

function all(plan: TrialPlan): Parameters[] {
  return [...plan.walk()].map((trial) => ({
    ...plan.signalSettings(trial.signal),
    ...plan.filterSettings(trial.filter),
    ...plan.stopSettings(trial.stop),
  }));
}

function ownCells(strategy: Strategy, grid: Grid): string[] {
  const names = Object.keys(strategy.parameters);
  return all(openPlan(read(strategy, grid).blocks)).map((settings) =>
    names.map((name) => String(settings[name])).join(' '),
  );
}

test('strategy parameters vary slowest and stops fastest', () => {
  const plan = openPlan(
    read(MA, { stop_loss_pct: [null, 0.01], slow_period: [20, 30], take_profit_pct: [0.1, 0.2] })
      .blocks,
  );
  expect(all(plan).map((s) => [s.slow_period, s.stop_loss_pct, s.take_profit_pct])).toEqual([
    [20, null, 0.1],
    [20, null, 0.2],
    [20, 0.01, 0.1],
    [20, 0.01, 0.2],
    [30, null, 0.1],
    [30, null, 0.2],
    [30, 0.01, 0.1],
    [30, 0.01, 0.2],
  ]);
});

test('what a null switches off is not repeated, refused pairs are skipped, both are counted', () => {
  const grid: Grid = {
    fast_period: [10, 20, 10],
    slow_period: [20, 30],
    trend_filter_period: [null, 100],
    trend_filter_use_ema: [true, false],
  };
  expect(ownCells(MA, grid)).toEqual([
    '10 20 null true',
    '10 20 100 true',
    '10 20 100 false',
    '10 30 null true',
    '10 30 100 true',
    '10 30 100 false',
    '20 30 null true',
    '20 30 100 true',
    '20 30 100 false',
  ]);
  expect(read(MA, grid).summary).toEqual({
    written: 24n,
    count: 9,
    ignored: [],
    merged: 12n,
    invalid: 3n,
    invalidExamples: ['fast_period must be below slow_period: 20 and 20'],
  });
});

const stopCells = (grid: Grid, keys: readonly string[]): string[] =>
  all(openPlan(read(MA, grid).blocks)).map((s) => keys.map((key) => String(s[key])).join(' '));

test('an exit that two others switch is not repeated while both are off', () => {
  const grid: Grid = {
    trailing_stop_loss_pct: [null, 0.05],
    trailing_stop_atr: [null, 3],
    trailing_activation_pct: [0.01, 0.02],
  };
  expect(
    stopCells(grid, ['trailing_stop_loss_pct', 'trailing_stop_atr', 'trailing_activation_pct']),
  ).toEqual([
    'null null null',
    'null 3 0.01',
    'null 3 0.02',
    '0.05 null 0.01',
    '0.05 null 0.02',
    '0.05 3 0.01',
    '0.05 3 0.02',
  ]);
  expect(read(MA, grid).summary).toMatchObject({ written: 8n, count: 7, merged: 1n, invalid: 0n });
});

test.each<[Grid, readonly string[], readonly string[]]>([
  [
    { stop_loss_atr: [null, 2], exit_atr_period: [7, 14] },
    ['stop_loss_atr', 'exit_atr_period'],
    ['null 14', '2 7', '2 14'],
  ],
  [
    { stop_loss_atr: [2], take_profit_atr: [null, 3], exit_atr_period: [7, 20] },
    ['stop_loss_atr', 'take_profit_atr', 'exit_atr_period'],
    ['2 null 7', '2 null 20', '2 3 7', '2 3 20'],
  ],
  [
    { break_even_pct: [null, 0.02], break_even_offset_pct: [0, 0.01] },
    ['break_even_pct', 'break_even_offset_pct'],
    ['null 0', '0.02 0', '0.02 0.01'],
  ],
])('exits below others: %j', (grid, keys, cells) => {
  const sorted = (list: readonly string[]): string[] => [...list].sort();
  expect(sorted(stopCells(grid, keys))).toEqual(sorted(cells));
  const { written, merged, invalid, count } = read(MA, grid).summary;
  expect(written - merged - invalid).toBe(BigInt(count));
});

test('tables are values; equal ones are merged, and those that contradict another exit are skipped and told', () => {
  const grid: Grid = {
    take_profit_pct: [null, 0.05],
    profit_targets: [null, '0:0.05,24:0.02', '0:0.050, 1440m:0.02'],
  };
  expect(stopCells(grid, ['take_profit_pct', 'profit_targets'])).toEqual([
    'null null',
    'null 0:0.05,24:0.02',
    '0.05 null',
  ]);
  expect(read(MA, grid).summary).toMatchObject({
    written: 6n,
    count: 3,
    merged: 2n,
    invalid: 1n,
    invalidExamples: [
      'profit_targets replaces take_profit_pct, which is 0.05: keep one (0:0.05 is the same)',
    ],
  });
});

test.each<[Grid, string]>([
  [
    { profit_targets: [null, '0:0.05,90m:0.02'] },
    'profit_targets must count whole candles: 90m is 1.5 candles of 1h; write 1 or 2',
  ],
  [{ scale_out: ['1.5:0.5'] }, 'scale_out must have fractions below 1 where shorts are permitted'],
  [
    { profit_targets: ['0:0.02'], take_profit_pct: [0.02] },
    'no valid combination: profit_targets replaces take_profit_pct',
  ],
])('refuses %j', (grid, message) => {
  expect(() => read(MA, grid)).toThrow(message);
});

test('keys of filters that are not asked for are ignored, and only those', () => {
  const grid: Grid = {
    apply_atr_filter: [true, false],
    atr_filter_period: [10, 20],
    apply_seasonality: [true, false],
    seasonality_start_hour: [5],
    seasonality_end_hour: [17, 18],
    apply_seasonality_to_symbols: ['BTCUSDT'],
    allowed_trading_hours_utc: ['1-2'],
  };
  expect(read(MA, grid).summary).toMatchObject({
    count: 1,
    written: 1n,
    ignored: Object.keys(grid),
  });
  const own = fakeStrategy({ atr_period: number(14) });
  expect(read(own, { atr_period: [7, 14] }).summary).toMatchObject({ count: 2, ignored: [] });
});

test('the ATR filter takes its values from the grid, else from the flags', () => {
  const cells = (grid: Grid): string[] =>
    all(openPlan(read(MA, grid, { apply_atr_filter: true }).blocks)).map((s) =>
      [
        s.apply_atr_filter,
        s.atr_filter_period,
        s.atr_filter_multiplier,
        s.atr_filter_sma_period,
      ].join(' '),
    );
  expect(cells({})).toEqual(['true 14 1.5 100']);
  expect(cells({ apply_atr_filter: [true, false], atr_filter_period: [10, 20] })).toEqual([
    'true 10 1.5 100',
    'true 20 1.5 100',
    'false   ',
  ]);
});

test('hours come from the list and from pairs; settings that act alike on the symbol are merged', () => {
  const cells = (grid: Grid, symbol?: string): string[] =>
    all(openPlan(read(MA, grid, { apply_seasonality_filter: true }, symbol).blocks)).map((s) =>
      [
        s.apply_seasonality_filter,
        s.allowed_trading_hours_utc,
        s.apply_seasonality_to_symbols,
      ].join(' '),
    );
  expect(cells({ apply_seasonality: [true, false], allowed_trading_hours_utc: ['05-17'] })).toEqual(
    ['true 5-17 ', 'false  '],
  );
  expect(cells({ seasonality_start_hour: [5, 22], seasonality_end_hour: [5, 17] })).toEqual([
    'true 5-17 ',
    'true 22-5 ',
    'true 22-17 ',
  ]);
  const grid = {
    apply_seasonality: [true, false],
    allowed_trading_hours_utc: ['5-17'],
    apply_seasonality_to_symbols: ['ETHUSDT', 'btcusdt , ETHUSDT', null],
  };
  expect(cells(grid)).toEqual(['true 5-17 ETHUSDT', 'true 5-17 btcusdt , ETHUSDT']);
  expect(read(MA, grid, { apply_seasonality_filter: true }).summary).toMatchObject({
    written: 6n,
    merged: 4n,
  });
});

test('a pair parameter takes lists of [low, high]', () => {
  const strategy = fakeStrategy({ z_low: number(-2), z_high: number(2) }, (p) =>
    Number(p.z_low) >= Number(p.z_high) ? 'z_low must be below z_high' : undefined,
  );
  expect(
    ownCells(strategy, {
      z: [
        [-1, 1],
        [3, 2],
        [-2, 2],
        [-1, 1],
      ],
    }),
  ).toEqual(['-1 1', '-2 2']);
});

test('10^9 combinations are counted, drawn and opened anywhere without being held', () => {
  const periods = Array.from({ length: 1_000 }, (_, k) => k + 1);
  const stops = Array.from({ length: 100 }, (_, k) => (k + 1) / 200);
  const { blocks, summary } = read(MA, {
    fast_period: periods,
    slow_period: periods,
    stop_loss_pct: stops,
    take_profit_pct: stops.slice(0, 20),
  });
  expect(summary).toMatchObject({
    written: 2_000_000_000n,
    count: 999_000_000,
    invalid: 1_001_000_000n,
  });
  const plan = openPlan(blocks);
  const last = plan.trial(plan.count - 1);
  expect(plan.signalSettings(last.signal)).toMatchObject({ fast_period: 999, slow_period: 1_000 });
  expect(plan.stopSettings(last.stop)).toMatchObject({ stop_loss_pct: 0.5, take_profit_pct: 0.1 });
  const drawn = plan.sample(1_000, 7);
  expect(new Set(drawn).size).toBe(1_000);
  expect(drawn).toEqual(plan.sample(1_000, 7));
  expect(drawn).not.toEqual(plan.sample(1_000, 8));
  expect(drawn.every((id, k) => k === 0 || id > drawn[k - 1]!)).toBe(true);
  const mean = drawn.reduce((sum, id) => sum + id, 0) / drawn.length / plan.count;
  expect(mean).toBeGreaterThan(0.45);
  expect(mean).toBeLessThan(0.55);
});

test('sample() draws everything once when asked for more than there is', () => {
  const plan = openPlan(read(MA, { slow_period: [20, 30, 40] }).blocks);
  expect(plan.sample(10, 1)).toEqual([0, 1, 2]);
});

/** Random strategies: parameters depend on earlier ones, and some combinations are refused. */
const randomCase = fc.integer({ min: 1, max: 5 }).chain((size) =>
  fc.record({
    kinds: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
    parents: fc.array(fc.integer({ min: -3, max: size - 1 }), { minLength: size, maxLength: size }),
    lists: fc.array(fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 1, maxLength: 4 }), {
      minLength: size,
      maxLength: size,
    }),
    stops: fc.array(fc.constantFrom(null, 0.01, 0.02), { minLength: 1, maxLength: 4 }),
    refused: fc.record({
      first: fc.integer({ min: 0, max: size - 1 }),
      second: fc.integer({ min: 0, max: size - 1 }),
      modulus: fc.integer({ min: 1, max: 4 }),
      lazily: fc.boolean(),
    }),
  }),
);

test('the lazy enumeration equals brute force, and random access equals the walk', () => {
  fc.assert(
    fc.property(randomCase, ({ kinds, parents, lists, stops, refused }) => {
      const name = (k: number): string => `p${k}`;
      const parent = (k: number): string | undefined =>
        parents[k]! >= 0 && parents[k]! < k ? name(parents[k]!) : undefined;
      const specs = kinds.map((isFlag, k) => (isFlag ? flag(parent(k)) : number(5, parent(k))));
      const names = specs.map((_, k) => name(k));
      const value = (k: number, raw: number): ParameterValue =>
        kinds[k] ? raw > 0 : raw < 0 ? null : raw;
      const conflict = (p: Parameters): string | undefined => {
        const first = Number(p[name(refused.first)]);
        if (refused.lazily && first > 1) return undefined;
        return (first + Number(p[name(refused.second)])) % refused.modulus === 1
          ? 'refused'
          : undefined;
      };
      const strategy = fakeStrategy(
        Object.fromEntries(specs.map((spec, k) => [name(k), spec])),
        conflict,
      );
      const grid: Grid = {
        ...Object.fromEntries(lists.map((list, k) => [name(k), list.map((raw) => value(k, raw))])),
        stop_loss_pct: stops,
      };
      const expected = bruteForce(names, specs, grid, conflict);
      if (expected.size === 0) {
        expect(() => read(strategy, grid)).toThrow('no valid combination');
        return;
      }
      const { blocks, summary } = read(strategy, grid);
      const plan = openPlan(blocks);
      const text = (s: Parameters): string =>
        [...names, 'stop_loss_pct'].map((n) => String(s[n])).join('|');
      const walked = all(plan).map(text);
      expect(walked.length).toBe(plan.count);
      expect(new Set(walked)).toEqual(expected);
      expect(new Set(walked).size).toBe(walked.length);
      expect(summary.written - summary.merged - summary.invalid).toBe(BigInt(plan.count));
      const ids = [...plan.walk(Math.floor(plan.count / 3))].map((trial) => trial.id);
      expect(ids[0]).toBe(Math.floor(plan.count / 3));
      for (const trial of plan.walk()) expect(plan.trial(trial.id)).toEqual(trial);
    }),
    { numRuns: 400 },
  );
});

function bruteForce(
  names: readonly string[],
  specs: readonly ParameterSpec[],
  grid: Grid,
  conflict: (p: Parameters) => string | undefined,
): Set<string> {
  const found = new Set<string>();
  const visit = (k: number, chosen: Record<string, ParameterValue>): void => {
    if (k < names.length) {
      for (const value of grid[names[k]!]!) visit(k + 1, { ...chosen, [names[k]!]: value });
      return;
    }
    const settings = { ...chosen };
    names.forEach((name, j) => {
      let above = specs[j]!.dependsOn;
      while (above !== undefined) {
        if (settings[above] === null || settings[above] === false)
          settings[name] = specs[j]!.default;
        above = specs[names.indexOf(above)]!.dependsOn;
      }
    });
    if (conflict(settings) !== undefined) return;
    for (const stop of grid.stop_loss_pct!) {
      found.add([...names.map((name) => String(settings[name])), String(stop)].join('|'));
    }
  };
  visit(0, {});
  return found;
}

test.each<[string, Grid, Partial<FilterSettings>, string]>([
  [
    'an unknown parameter',
    { fast_perod: [1] },
    {},
    'g.yaml:fast_perod: FakeStrategy has no parameter "fast_perod" (did you mean "fast_period"?)',
  ],
  [
    'a stop of 5 instead of 0.05',
    { stop_loss_pct: [0.05, 5] },
    {},
    'g.yaml:stop_loss_pct#1: stop_loss_pct must be a fraction above 0 and below 1 (0.02 = 2 %), or null for none: current value is 5; did you mean 0.05?',
  ],
  [
    'a text period',
    { fast_period: ['x'] },
    {},
    'g.yaml:fast_period#0: fast_period must be a number, or null: current value is "x"',
  ],
  [
    'hours that are none',
    { allowed_trading_hours_utc: ['5-25'] },
    { apply_seasonality_filter: true },
    'g.yaml:allowed_trading_hours_utc#0: allowed_trading_hours_utc must be hours like "5-17": current value is "5-25"',
  ],
  [
    'a start without an end',
    { seasonality_start_hour: [5] },
    { apply_seasonality_filter: true },
    'g.yaml:seasonality_start_hour: seasonality_start_hour also needs seasonality_end_hour',
  ],
  [
    'two names of one flag',
    { apply_seasonality: [true], apply_seasonality_filter: [true] },
    { apply_seasonality_filter: true },
    'g.yaml:apply_seasonality: apply_seasonality means the same as apply_seasonality_filter (g.yaml:apply_seasonality_filter); keep one of them',
  ],
  [
    'a fractional ATR period',
    { atr_filter_period: [1.5] },
    { apply_atr_filter: true },
    'g.yaml:atr_filter_period#0: atr_filter_period must be an integer >= 1: current value is 1.5',
  ],
  [
    'nothing valid',
    { fast_period: [30], slow_period: [20] },
    {},
    'g.yaml:: no valid combination: fast_period must be below slow_period: 30 and 20',
  ],
])('names %s', (_, grid, flags, message) => {
  expect(() => read(MA, grid, flags)).toThrow(message);
});

test('refuses grids whose mutually exclusive parameters are too many to look at', () => {
  const periods = Array.from({ length: 4_000 }, (_, k) => k + 1);
  expect(() => read(MA, { fast_period: periods, slow_period: periods })).toThrow(
    'g.yaml:fast_period: fast_period, slow_period constrain each other and have 16,000,000 combinations (at most 10,000,000)',
  );
});
