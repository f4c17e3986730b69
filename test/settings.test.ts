// Every key of a run is declared once; here every part of the program is asked whether it knows all of them.
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { engineRules, entryFilters, planRun } from '../src/backtest/index.js';
import { syntheticCandles } from '../src/candles/index.js';
import { COMMANDS } from '../src/cli/commands.js';
import { loadAllCommands } from '../src/cli/load-all-commands.js';
import { settingKey } from '../src/cli/setting-keys.js';
import type { Terminal } from '../src/cli/terminal.js';
import {
  type BacktestRunConfig,
  type BacktestRunConfigInput,
  parseBacktestRunConfig,
  parseRuntimeConfig,
  runSettings,
} from '../src/config/index.js';
import { numberSetting, ownersOf, type Setting, type SettingValue } from '../src/domain/index.js';
import { type EntryFilter, entryMask } from '../src/filters/index.js';
import { frozenConfig } from '../src/forward-test/index.js';
import { detailsIdentity } from '../src/optimize/details-identity.js';
import { readGrid } from '../src/optimize/grid.js';
import { openPlan, trialConfig } from '../src/optimize/index.js';
import { BOT_SETTINGS, RUN_SETTINGS, settingProblem, valuesOf } from '../src/settings/index.js';
import { findStrategy } from '../src/strategies/index.js';
import { planBot } from '../src/trader/bot-plan.js';

const candles = syntheticCandles({ length: 600, timeframe: '1h', market: 'usdm', seed: 3 });
const strategy = findStrategy('MACross');

function middleOf({ openTime }: typeof candles): string {
  return new Date(openTime[openTime.length >> 1]!).toISOString().slice(0, 10);
}

/** Everything is permitted on USD-M. */
const BASE = {
  strategy: 'MACross',
  symbol: candles.symbol,
  interval: '1h',
  market: 'usdm',
} as const;

/** A key that nobody knows: what the tests below must notice. */
const UNKNOWN: Setting = {
  ...numberSetting({
    key: 'nobody_reads_this',
    flag: '--nobody-reads-this',
    unit: 'factor',
    expected: 'a number above 0',
    accepts: (value) => value > 0,
    default: null,
    description: '',
  }),
  section: 'exits',
  scope: 'everywhere',
  identity: 'trial',
};

/** Tried in turn until a setting accepts one that is not its default. */
const CANDIDATES: readonly SettingValue[] = [
  ...[true, -0.01, 0.02, 2, 7, 50, 'short', 'usdm', 'new_signal', 'flatten', '1d'],
  ...['22-4', middleOf(candles), '0.02:0.5', '0:0.05,24:0.01', 'ETHUSDT'],
];

function otherValue(setting: Setting): SettingValue {
  const { check, default: fallback } = setting;
  const found = CANDIDATES.find((value) => {
    if (value === fallback || settingProblem(setting, value) !== undefined) return false;
    if (check.kind !== 'text' || typeof value !== 'string') return true;
    // An instrument or a list of them accepts any text: only a symbol means something.
    if (/symbol/.test(setting.key)) return value === 'ETHUSDT';
    try {
      check.verify?.(value);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`CANDIDATES has no value for ${setting.key}: add one`);
  return found;
}

/** A run with a value of a setting, what it depends on switched on; `undefined` where the run is refused. */
function runWith(
  setting: Setting,
  value: SettingValue,
  more: Partial<BacktestRunConfigInput>,
): BacktestRunConfig | undefined {
  const above = RUN_SETTINGS.find(({ key }) => key === ownersOf(setting)[0]);
  const switches = above === undefined ? {} : { [above.key]: otherValue(above) };
  const isKnown = RUN_SETTINGS.includes(setting);
  try {
    const config = parseBacktestRunConfig({
      ...BASE,
      ...more,
      ...switches,
      ...(isKnown ? { [setting.key]: value } : {}),
    });
    return isKnown ? config : { ...config, [setting.key]: value };
  } catch {
    return undefined;
  }
}

/** What a run decides, as text: rules, entries, period, or why it cannot be. */
function decided(config: BacktestRunConfig | undefined): string {
  if (config === undefined) return 'refused';
  try {
    const { parameters, period } = planRun(config, candles, strategy);
    const filters: readonly EntryFilter[] = entryFilters(config, parameters);
    return JSON.stringify([engineRules(config), [...entryMask(candles, filters)], period]);
  } catch (error) {
    return String(error);
  }
}

/** Whether another value of a setting decides something else, in one of some runs. */
function hasEffect(setting: Setting): boolean {
  const { default: fallback } = setting;
  const usual = typeof fallback === 'function' ? null : fallback;
  return [{}, { units: 1 }, { take_profit_pct: 0.9 }].some((more) => {
    const before = decided(runWith(setting, usual, more));
    const after = runWith(setting, otherValue(setting), more);
    return after !== undefined && decided(after) !== before;
  });
}

describe('a key decides something', () => {
  test.each(RUN_SETTINGS.map((setting) => [setting.key, setting] as const))('%s', (_, setting) => {
    expect(hasEffect(setting)).toBe(true);
  });

  test('one that nobody consumes is noticed', () => {
    expect(hasEffect(UNKNOWN)).toBe(false);
  });
});

const terminal = { columns: 80, environment: {}, workingFolder: '.' } as unknown as Terminal;
const commands = await loadAllCommands(COMMANDS, terminal);

function hasFlag(command: string, { key, flag }: Setting): boolean {
  const found = commands.find((one: Command) => one.name() === command);
  return found!.options.some((option) => option.long === flag && settingKey(option) === key);
}

const instrument = {
  strategy,
  symbol: 'BTCUSDT',
  timeframe: '1h',
  shortsPermitted: true,
} as const;

/** Settings of the only combination of a grid that has one value of an axis. */
function searched(setting: Setting): Readonly<Record<string, unknown>> {
  const above = RUN_SETTINGS.find(({ key }) => key === ownersOf(setting)[0]);
  const values = {
    [setting.key]: otherValue(setting),
    ...(above && { [above.key]: otherValue(above) }),
  };
  const grid = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, [value!]]));
  const config = parseBacktestRunConfig({ ...BASE, ...filtersOn(values) });
  try {
    const { blocks } = readGrid({ grid, at: String }, { ...instrument, config });
    const plan = openPlan(blocks);
    const { signal, filter, stop } = plan.trial(0);
    const settings = {
      parameters: plan.signalSettings(signal),
      filters: plan.filterSettings(filter),
      stops: plan.stopSettings(stop),
    };
    return { ...trialConfig(config, settings) };
  } catch {
    return {};
  }
}

/** Filters count in a grid only where the run asks for them. */
function filtersOn(values: Readonly<Record<string, SettingValue>>): object {
  const own = RUN_SETTINGS.filter(({ key, section }) => section === 'filters' && key in values);
  const switches = own.map((one) => ownersOf(one)[0] ?? one.key);
  return Object.fromEntries(switches.map((key) => [key, true]));
}

/** Values of a setting that an optimization left, as a forward test freezes them. */
function frozen(setting: Setting): Readonly<Record<string, unknown>> {
  const above = RUN_SETTINGS.find(({ key }) => key === ownersOf(setting)[0]);
  const isFilter = setting.section === 'filters';
  const defaults = valuesOf(
    RUN_SETTINGS.filter(({ section }) => section === 'filters'),
    {},
  );
  const values = {
    ...(above && { [above.key]: otherValue(above) }),
    [setting.key]: otherValue(setting),
  };
  const known = RUN_SETTINGS.includes(setting) ? values : {};
  const entry = {
    strategy: {},
    risk: isFilter ? {} : known,
    filters: isFilter ? { ...defaults, ...values } : {},
  };
  const asked = { strategy: 'MACross', ...filtersOn(values) };
  return { ...frozenConfig(entry, asked, strategy).config };
}

/** What a bot trades that has a setting in its file. */
async function traded(setting: Setting): Promise<Readonly<Record<string, unknown>>> {
  const above = RUN_SETTINGS.find(({ key }) => key === ownersOf(setting)[0]);
  const lines = [above, setting].flatMap((one) =>
    one === undefined ? [] : [`${one.key}: ${JSON.stringify(otherValue(one))}`],
  );
  const base = Object.entries({ symbol: 'BTCUSDT', interval: '1h', market: 'usdm' });
  const others = base
    .filter(([key]) => key !== setting.key)
    .map(([key, value]) => `${key}: ${value}`);
  try {
    const runtime = parseRuntimeConfig([...others, ...lines].join('\n'), 'r.yaml');
    const wish = {
      mode: 'paper',
      given: { strategy: 'MACross' },
      parameterWords: [],
      bestParamsFile: '/nowhere/best_params.yaml',
      isBestParamsNamed: false,
      days: undefined,
    } as const;
    const { settings } = await planBot(wish, runtime, strategy);
    return { ...settings.run, ...settings.risk };
  } catch {
    return {};
  }
}

/** Commands that do not understand a key of a run, though its scope says that they do. */
async function strangers(setting: Setting): Promise<string[]> {
  const { key, scope, identity, section } = setting;
  const value = otherValue(setting);
  const isSearched = identity === 'axis' && searched(setting)[key] === value;
  const isFrozen = identity === 'axis' && frozen(setting)[key] === value;
  // Whoever searched wide stops has consented; the values are frozen.
  const isConsent = section === 'exits' && identity === 'none';
  const understood: Readonly<Record<string, boolean>> = {
    backtest: hasFlag('backtest', setting),
    optimize: identity === 'axis' ? isSearched : hasFlag('optimize', setting),
    'walk-forward': identity === 'axis' ? isSearched : hasFlag('walk-forward', setting),
    'forward-test': identity === 'axis' ? isFrozen : isConsent || hasFlag('forward-test', setting),
    // What a bot does not have it must not take from a file either.
    ...(scope === 'research' && { 'not trader': !hasFlag('trader', setting) }),
    ...(scope === 'everywhere' && {
      trader: hasFlag('trader', setting) && (await traded(setting))[key] === value,
    }),
  };
  return Object.keys(understood).filter((name) => !understood[name]);
}

describe('backtest, optimize, forward-test, walk-forward and trader understand', () => {
  test.each(RUN_SETTINGS.map((setting) => [setting.key, setting] as const))(
    '%s',
    async (_, setting) => {
      expect(await strangers(setting)).toEqual([]);
    },
  );

  test('not a key that none of them has', async () => {
    const names = ['backtest', 'optimize', 'walk-forward', 'forward-test', 'trader'];
    expect(await strangers(UNKNOWN)).toEqual(names);
    const axis: Setting = { ...UNKNOWN, identity: 'axis' };
    expect(await strangers(axis)).toEqual(names);
  });

  test.each(BOT_SETTINGS.map((setting) => [setting.key, setting] as const))(
    'only the trader has %s',
    (_, setting) => {
      expect(hasFlag('trader', setting)).toBe(true);
      for (const name of ['backtest', 'optimize', 'walk-forward', 'forward-test'])
        expect(hasFlag(name, setting)).toBe(false);
      const line = `${setting.key}: ${JSON.stringify(otherValue(setting))}`;
      expect(() => parseRuntimeConfig(line, 'r.yaml')).not.toThrow();
    },
  );
});

describe('the identity of details', () => {
  const identityOf = (config: BacktestRunConfig): string =>
    JSON.stringify(
      detailsIdentity({
        strategyName: 'X',
        strategyHash: undefined,
        candles,
        dataHash: '',
        periodStart: 0,
        periodEnd: 0,
        config,
        engine: 'fast',
        blocks: { signal: [], filter: [], stop: [] },
        combinations: 1,
      }).settings,
    );

  test.each(
    RUN_SETTINGS.filter(({ identity }) => identity === 'run' || identity === 'trial').map(
      (setting) => [setting.key, setting] as const,
    ),
  )('tells another %s', (_, setting) => {
    const runs = [{}, { units: 1 }].map((more) => ({
      before: runWith(setting, null, more),
      after: runWith(setting, otherValue(setting), more),
    }));
    const both = runs.find(({ before, after }) => before !== undefined && after !== undefined);
    expect(identityOf(both!.after!)).not.toBe(identityOf(both!.before!));
  });

  test('has every key that decides something and is no column, and none that changes no result', () => {
    const kinds = RUN_SETTINGS.filter(({ identity }) => identity === 'none');
    expect(kinds.map(({ key }) => key)).toEqual(['allow_wide_stops']);
  });
});

test('an entry of best parameters sorts every key into one section', () => {
  const config = parseBacktestRunConfig(BASE);
  const run = Object.keys(runSettings(config));
  const expected = RUN_SETTINGS.filter(
    ({ section, identity }) =>
      section !== 'filters' && identity !== 'axis' && identity !== 'candles',
  ).map(({ key }) => key);
  expect(run).toEqual(expected);
});

test('keys and flags are distinct, and a flag is its key or is shorter', () => {
  const all = [...RUN_SETTINGS, ...BOT_SETTINGS];
  for (const part of ['key', 'flag'] as const)
    expect(new Set(all.map((setting) => setting[part])).size).toBe(all.length);
  for (const one of all) {
    const { key, flag } = one;
    expect(flag).toMatch(/^--[a-z]+(-[a-z]+)*$/);
    expect(key).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const owner of ownersOf(one)) expect(all.map((other) => other.key)).toContain(owner);
  }
});
