import { describe, expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import type { EngineInput } from './engine.js';
import { engineMetrics } from './engine-metrics.js';
import { runFastByTables } from './fast/run-by-tables.contract.js';
import { runFast } from './fast/run-fast.js';
import { expectGolden, goldenFile } from './golden-cases.contract.js';
import { type LaterRow, laterColumns, laterInput } from './later-cases.contract.js';
import { runReference } from './reference-engine.js';

/** Rows that need funding, liquidation, detail candles, bounds or a portfolio. */
const PENDING = new Set(
  `
  interplay_more-7 s80_at_the_open-1 s80_at_the_open-2 s80_at_the_open-4
  s80_at_the_open-5 s80_at_the_open-7 s80_at_the_open-8 s80_at_the_open-10
  s80_at_the_open-11 s80_holes-2 s80_holes-3 s80_inside-1
  s80_inside-2 s80_inside-4 s80_several-1 s80_several-3
  s80_several-4 s80_several-6 s81_brackets-1 s81_brackets-2
  s81_brackets-4 s81_brackets-5 s81_liquidation-2 s81_liquidation-3 s81_liquidation-5
  s82_both_ways-1 s82_both_ways-2 s82_both_ways-4 s82_both_ways-5
  s82_gap_between_details-2 s82_levels_move_at_base_closes-1 s82_missing-1 s82_missing-2
  s82_missing-4 s82_missing-5 s82_scale_out-1 s82_scale_out-2
  s82_scale_out-4 s83_bounds-1 s83_bounds-2 s83_bounds-4
  s83_bounds-5 s76_s80_s92_together-1 s90_cooldown_and_time_per_symbol-1 s90_missing_candles-1
  s90_missing_candles-3 s90_s92_shared_money-1 s91_rank-1 s91_rank-2
  s91_rank-4 s91_rank-5 s92_equity_of_the_decision-1 s92_equity_of_the_decision-2
  s92_equity_of_the_decision-4 s92_stake_and_shrink-1 s92_stake_and_shrink-3 s92_stake_and_shrink-4
  s92_stake_and_shrink-6 s92_stake_and_shrink-7 s92_stake_and_shrink-9 s93_isolated-1
  s93_isolated-2 s93_loss_limit_funding-1 s93_loss_limit_funding-2
`
    .trim()
    .split(/\s+/),
);

const ENGINES = [
  ['reference engine', runReference],
  ['fast engine', (input: EngineInput) => runFast(input)],
  ['fast engine by tables', (input: EngineInput) => runFastByTables(input)],
] as const;
type Engine = (typeof ENGINES)[number][1];

const rows = goldenFile<LaterRow>('later-cases.json');
const now = rows.filter(({ id }) => !PENDING.has(id));
const later = rows.filter(({ id }) => PENDING.has(id));

describe('the later golden cases of an independent implementation', () => {
  test('are all there', () => {
    expect(rows).toHaveLength(205);
    expect(later).toHaveLength(PENDING.size);
  });

  describe.each(ENGINES)('%s', (_engine, run) => {
    test.each(now.map((row) => [row.id, row] as const))('%s', (_id, row) => {
      expectRow(row, run);
    });
  });

  test.each(later.map((row) => [row.id, row] as const))('%s is still pending', (_id, row) => {
    expect(() => expectRow(row, runReference)).toThrow();
  });
});

function expectRow({ case: one, expected }: LaterRow, run: Engine): void {
  if ('error' in expected) {
    expect(() => runCase(one, run)).toThrow(UsageError);
  } else if ('columns' in expected) {
    expect(laterColumns(one)).toEqual(expected.columns);
  } else {
    const { input, result } = runCase(one, run);
    const names = { symbol: one.symbol, strategy: one.strategy!.kind };
    expectGolden(result, engineMetrics(input, result), expected, names);
  }
}

function runCase(one: LaterRow['case'], run: Engine) {
  if (one.align !== undefined) laterColumns(one);
  const input = laterInput(one);
  return { input, result: run(input) };
}
