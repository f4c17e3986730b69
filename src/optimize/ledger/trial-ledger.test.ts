import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseBacktestRunConfig } from '../../config/index.js';
import { findStrategy } from '../../strategies/index.js';
import { readGrid } from '../grid.js';
import { openPlan, type TrialPlan } from '../plan.js';
import { HashSet } from './hash-set.js';
import { openTrialHasher } from './trial-hash.js';
import { ledgerPath, openTrialLedger, type TrialLedger } from './trial-ledger.js';

const SUBJECT = {
  strategy: 'MovingAverageCrossoverStrategy',
  symbol: 'BTCUSDT',
  market: 'spot',
  interval: '1h',
} as const;
const RUN = {
  periodStart: Date.UTC(2022, 0, 1),
  periodEnd: Date.UTC(2023, 0, 1),
  dataHash: 'd'.repeat(64),
  strategyHash: undefined,
  startTime: Date.UTC(2024, 0, 2),
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wus-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): TrialLedger => openTrialLedger(folder, SUBJECT, RUN);
const file = (): string => ledgerPath(folder, SUBJECT);

async function countAll(hashes: readonly (readonly [number, number])[]): Promise<TrialLedger> {
  const ledger = open();
  for (const [low, high] of hashes) ledger.add(low, high);
  await ledger.close();
  return ledger;
}

test('every trial is counted once, over runs', async () => {
  const first = await countAll([
    [1, 1],
    [1, 2],
    [1, 1],
    [0, 0],
  ]);
  expect([first.count, first.added]).toEqual([3, 3]);
  const second = await countAll([
    [0, 0],
    [1, 2],
    [7, 7],
  ]);
  expect([second.count, second.added]).toEqual([4, 1]);
  expect(open().count).toBe(4);
  // The format's version and 8 bytes for each.
  expect(statSync(file()).size).toBe(8 + 4 * 8);
});

test('a run that evaluates nothing leaves no file', async () => {
  await countAll([]);
  expect(() => statSync(file())).toThrow('ENOENT');
});

test('period and data of every run are noted beside the ledger', async () => {
  await countAll([[1, 1]]);
  const lines = readFileSync(`${file()}.runs.jsonl`, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      run: expect.stringMatching(/^[0-9a-f]{12}$/) as unknown,
      time: '2024-01-02T00:00:00.000Z',
      period_start: '2022-01-01T00:00:00.000Z',
      period_end: '2023-01-01T00:00:00.000Z',
      data_hash: 'd'.repeat(64),
      strategy_file_sha256: null,
    },
    { run: expect.any(String) as unknown, evaluated: 1, new: 1, beyond: 0 },
  ]);
});

test.each([
  ['half a record', 8 + 3 * 8 - 5, 2],
  ['everything but half of the first bytes', 4, 0],
  ['everything', 0, 0],
])(
  'a ledger of which a crash left only a part, without %s, is continued',
  async (_, size, left) => {
    await countAll([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    truncateSync(file(), size);
    appendFileSync(`${file()}.runs.jsonl`, '{"run":"torn","bey');
    expect(open().count).toBe(left);
    const ledger = await countAll([
      [3, 3],
      [4, 4],
    ]);
    expect(ledger.count).toBe(left + 2);
    expect(open().count).toBe(left + 2);
    expect(statSync(file()).size).toBe(8 + 8 * (left + 2));
    const lines = readFileSync(`${file()}.runs.jsonl`, 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('{"run":"torn"'))).toEqual([
      '{"run":"torn","bey',
    ]);
  },
);

test('two runs at the same time count what both evaluate once', async () => {
  const [one, other] = [open(), open()];
  for (let k = 1; k <= 100; k++) one.add(k, 5);
  for (let k = 51; k <= 150; k++) other.add(k, 5);
  await Promise.all([one.close(), other.close()]);
  expect(one.added + other.added).toBe(150);
  expect(open().count).toBe(150);
  expect(statSync(file()).size).toBe(8 + 8 * 150);
});

test('what is new is written while the run goes on', () => {
  const ledger = open();
  ledger.add(1, 1);
  ledger.flushIfDue(RUN.startTime + 999);
  expect(open().count).toBe(0);
  ledger.flushIfDue(RUN.startTime + 1_000);
  expect(open().count).toBe(1);
});

test('what cannot be written is tried again, and told at the end', async () => {
  const blocked = path.join(folder, 'blocked');
  const ledger = openTrialLedger(blocked, SUBJECT, RUN);
  writeFileSync(blocked, '');
  expect(() => openTrialLedger(blocked, SUBJECT, RUN)).toThrow(/^Cannot read .*blocked/);
  ledger.add(1, 1);
  ledger.flushIfDue(RUN.startTime + 1_000);
  await expect(ledger.close()).rejects.toThrow(/^Cannot write .*blocked/);
  rmSync(blocked);
  ledger.flushIfDue(RUN.startTime + 2_000);
  expect(openTrialLedger(blocked, SUBJECT, RUN).count).toBe(1);
});

test('a file that is no ledger is refused and left alone', () => {
  writeFileSync(file(), 'fast_period,slow_period\n5,20\n');
  expect(open).toThrow(
    `${file()} is not a trial ledger of this version; move it away to start a new one`,
  );
});

test('a hash set holds what a set of texts holds', () => {
  const word = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { maxLength: 300 }), (hashes) => {
      const set = new HashSet(1);
      const texts = new Set<string>();
      for (const [low, high] of hashes) {
        const text = `${low} ${high}`;
        expect(set.has(low, high)).toBe(texts.has(text));
        expect(set.add(low, high)).toBe(!texts.has(text));
        texts.add(text);
      }
      expect(set.size).toBe(texts.size);
    }),
    { seed: 7 },
  );
});

test('a hash set of 1,000,000 members is exact', () => {
  const set = new HashSet();
  for (let k = 0; k < 1_000_000; k++) set.add(Math.imul(k, 0x9e3779b1) >>> 0, k % 3);
  expect(set.size).toBe(1_000_000);
  expect(set.has(Math.imul(999_999, 0x9e3779b1) >>> 0, 0)).toBe(true);
  expect(set.has(Math.imul(999_999, 0x9e3779b1) >>> 0, 1)).toBe(false);
});

describe('the hash of a trial', () => {
  const strategy = findStrategy('MACross');

  function planOf(
    grid: Record<string, readonly (number | string | boolean | null)[]>,
    filters: object = {},
  ): TrialPlan {
    const config = parseBacktestRunConfig({ strategy: 'MACross', ...filters });
    const entry = { grid, at: (name: string) => name };
    const run = { strategy, symbol: 'BTCUSDT', timeframe: '1h', shortsPermitted: false } as const;
    return openPlan(readGrid(entry, { ...run, config }).blocks);
  }

  function hashes(plan: TrialPlan, change: object = {}, strategyHash?: string): string[] {
    const config = parseBacktestRunConfig({ strategy: 'MACross', market: 'usdm', ...change });
    const { market } = config;
    const hashOf = openTrialHasher(strategy, plan, {
      strategyHash,
      config,
      market,
      symbol: 'BTCUSDT',
    });
    const words = new Uint32Array(2);
    return [...plan.walk()].map((trial) => {
      hashOf(trial, words);
      return [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
    });
  }

  const GRID = { fast_period: [5, 8], slow_period: [20, 30], stop_loss_pct: [null, 0.02] };

  test('is the same in another grid, period or order, with other money', () => {
    const wide = hashes(
      planOf({
        stop_loss_pct: [0.05, 0.02, null],
        slow_period: [40, 30, 20],
        fast_period: [3, 5, 8],
        take_profit_pct: [null, 0.1],
      }),
      { initial_balance: 500, commission_bps: 1, start: '2022-01-01' },
    );
    const narrow = hashes(planOf(GRID));
    expect(new Set(narrow).size).toBe(8);
    expect(new Set(wide).size).toBe(54);
    expect(narrow.every((hash) => wide.includes(hash))).toBe(true);
  });

  test('does not count what has no effect', () => {
    const off = hashes(planOf({ ...GRID, trend_filter_period: [null] }));
    const idle = hashes(
      planOf({ ...GRID, trend_filter_period: [null], trend_filter_use_ema: [false] }),
    );
    expect(idle).toEqual(off);
    const asked = { apply_atr_filter: true };
    expect(hashes(planOf({ ...GRID, apply_atr_filter: [false] }, asked))).toEqual(off);
  });

  test.each<[string, object, object]>([
    ['--direction long on spot', { market: 'spot' }, { direction: 'long' }],
    ['the balance and the costs', {}, { initial_balance: 1, commission_bps: 3 }],
    ['the engine', {}, { engine: 'reference' }],
    ['other defaults of parameters that the grid gives', {}, { stop_loss_pct: 0.01 }],
  ])('does not count %s', (_, base, change) => {
    expect(hashes(planOf(GRID), { ...base, ...change })).toEqual(hashes(planOf(GRID), base));
  });

  test.each([
    ['for another symbol', { apply_seasonality_to_symbols: 'ETHUSDT,SOLUSDT' }],
    ['for all hours', { allowed_trading_hours_utc: '0-24' }],
  ])('does not count a seasonality filter %s', (_, filter) => {
    const asked = { apply_seasonality_filter: true, ...filter };
    expect(hashes(planOf(GRID, asked))).toEqual(hashes(planOf(GRID)));
  });

  test('counts a seasonality filter that acts, once, however its symbols are listed', () => {
    const asked = { apply_seasonality_filter: true, allowed_trading_hours_utc: '5-17' };
    const acting = hashes(planOf(GRID, asked));
    expect(new Set([...acting, ...hashes(planOf(GRID))]).size).toBe(16);
    for (const list of ['BTCUSDT', 'ETHUSDT, btcusdt']) {
      expect(hashes(planOf(GRID, { ...asked, apply_seasonality_to_symbols: list }))).toEqual(
        acting,
      );
    }
  });

  test('a later exit counts as another trial where it is on, and not where it is at its default', () => {
    const later = { max_candles_held: [null, 24], cooldown_candles: [0, 5] };
    const all = hashes(planOf({ ...GRID, ...later }));
    expect(new Set(all).size).toBe(8 * 4);
    expect(hashes(planOf(GRID)).every((hash) => all.includes(hash))).toBe(true);
  });

  test('counts re-entry only where a stop can take a position out', () => {
    const [once, again] = [{}, { re_entry: 'new_signal' }].map((change) =>
      hashes(planOf(GRID), change),
    );
    // Four of the eight have a stop.
    expect(new Set([...once!, ...again!]).size).toBe(12);
  });

  test.each([
    ['direction', { direction: 'long' }],
    ['exits on neutral signals', { exit_on_neutral: true }],
  ])('differs by %s', (_, change) => {
    const all = [...hashes(planOf(GRID)), ...hashes(planOf(GRID), change)];
    expect(new Set(all).size).toBe(16);
  });

  test('differs by the text of a user strategy', () => {
    const versions = ['a'.repeat(64), 'b'.repeat(64)].flatMap((sha) =>
      hashes(planOf(GRID), {}, sha),
    );
    expect(new Set(versions).size).toBe(16);
  });

  test('200,000 trials have 200,000 hashes, both halves well mixed', () => {
    const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k + 1);
    const plan = planOf({
      fast_period: range(100),
      slow_period: range(100).map((k) => 100 + k),
      stop_loss_pct: range(20).map((k) => k / 100),
    });
    const hashOf = openTrialHasher(strategy, plan, {
      strategyHash: undefined,
      config: parseBacktestRunConfig({ strategy: 'MACross' }),
      market: 'spot',
      symbol: 'BTCUSDT',
    });
    const set = new HashSet(plan.count);
    const lows = new Set<number>();
    const highs = new Set<number>();
    const words = new Uint32Array(2);
    for (const trial of plan.walk()) {
      hashOf(trial, words);
      set.add(words[0]!, words[1]!);
      lows.add(words[0]!);
      highs.add(words[1]!);
    }
    expect(set.size).toBe(plan.count);
    // n²/2³³ pairs are expected to collide in 32 bits: 4.7 of 200,000.
    expect(plan.count - lows.size).toBeLessThan(20);
    expect(plan.count - highs.size).toBeLessThan(20);
  });
});
