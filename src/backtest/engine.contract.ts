import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import { timeframeMs } from '../domain/index.js';
import type { TradeColumns } from '../semantics/index.js';
import { PLAIN_RULES } from '../semantics/plain-rules.contract.js';
import { type EngineInput, type EngineResult, LONG_ALLOWED, SHORT_ALLOWED } from './engine.js';
import { ENGINE_CASES, type EngineCase, type ExpectedTrade } from './engine-cases.contract.js';
import { LATER_ENGINE_CASES } from './later-engine-cases.contract.js';
import { firstDifference, randomEngineInput } from './random-input.contract.js';

/** Anything that claims to follow SEMANTICS. */
export type Engine = (input: EngineInput) => EngineResult;

const FIRST_OPEN_TIME = Date.UTC(2024, 0, 1);
const TIMEFRAME = '1h';

/**
 * Runs the case table against an engine: call it at the top of a test file.
 *
 * @param name - Of the engine, for the report.
 * @param engine - What is tested.
 */
export function describeEngineContract(name: string, engine: Engine): void {
  describe(`${name} follows SEMANTICS`, () => {
    const rows = [...ENGINE_CASES, ...LATER_ENGINE_CASES];
    test.each(rows.map((row) => [row.id, row] as const))('%s', (_id, row) => {
      const input = caseInput(row);
      const result = engine(input);
      expect(result.trades.map(summary)).toEqual(row.trades.map(rounded));
      const scaleOuts = row.scaleOuts ?? row.trades.map(() => 0);
      expect(result.trades.map((trade) => trade.scaleOuts)).toEqual(scaleOuts);
      checkTotals(row, input, result);
    });
  });
}

/**
 * Compares two engines on seeded random inputs, to the bit (S-51): call it at the top of a test file.
 *
 * @param names - Of both engines, for the report.
 * @param first - One engine.
 * @param second - The other.
 * @param options - `runs` inputs from `seed` on; a failure names the seed of its input.
 */
export function describeEngineAgreement(
  names: string,
  first: Engine,
  second: Engine,
  options: { readonly seed: number; readonly runs: number },
): void {
  const { seed, runs } = options;
  test(`${names} agree to the bit on ${runs} random inputs from seed ${seed}`, () => {
    let trades = 0;
    for (let k = 0; k < runs; k++) {
      const input = randomEngineInput(seed + k);
      const expected = second(input);
      trades += expected.trades.length;
      const difference = firstDifference(first(input), expected);
      if (difference !== undefined)
        throw new Error(`randomEngineInput(${seed + k}): ${difference}`);
    }
    expect(trades).toBeGreaterThan(runs);
  });
}

function checkTotals(row: EngineCase, { candles }: EngineInput, result: EngineResult): void {
  const time = (index: number | undefined): number | undefined =>
    index === undefined ? undefined : candles.openTime[index];
  expect(result.maxCumulativeLossTrippedAt).toBe(time(row.lossLimitTrippedIn));
  expect(result.ruinedAt).toBe(time(row.ruinedIn));
  expect(result.equity.at(-1)).toBe(result.finalBalance);
  if (row.units !== undefined) {
    expect(result.trades.map(({ units }) => round(units))).toEqual(row.units.map(round));
  }
  if (row.finalBalance !== undefined) expect(result.finalBalance).toBeCloseTo(row.finalBalance, 9);
  if (row.skippedEntries !== undefined) expect(result.skippedEntries).toBe(row.skippedEntries);
  if (row.candlesInMarket !== undefined) expect(result.candlesInMarket).toBe(row.candlesInMarket);
  if (row.equity !== undefined) {
    expect([...result.equity].map(round)).toEqual(row.equity.map(round));
  }
  if (row.excursions !== undefined) {
    expect(result.trades[0]!.maePct).toBeCloseTo(row.excursions[0], 9);
    expect(result.trades[0]!.mfePct).toBeCloseTo(row.excursions[1], 9);
  }
}

function caseInput(row: EngineCase): EngineInput {
  const n = row.candles.length;
  expect(row.signals, 'one signal per candle').toHaveLength(n);
  const mask = row.mask ?? 'b'.repeat(n);
  expect(mask, 'one mask character per candle').toHaveLength(n);
  const step = timeframeMs(TIMEFRAME);
  let openTime = FIRST_OPEN_TIME - step;
  const rows = row.candles.map((prices, i) => {
    openTime += row.gapsBefore?.includes(i) === true ? 3 * step : step;
    return [openTime, ...prices, 1];
  });
  const rules = { ...PLAIN_RULES, ...row.rules };
  const [from, to] = row.period ?? [0, n];
  return {
    candles: candleSeriesFromRows(
      { symbol: 'TEST', market: rules.market, timeframe: TIMEFRAME },
      rows,
    ),
    period: { from, to },
    signals: Int8Array.from(row.signals, (character) => '-.+'.indexOf(character) - 1),
    entryMask: Uint8Array.from(mask, maskBits),
    rules,
    exits:
      row.exits === undefined
        ? undefined
        : Uint8Array.from(row.exits, (character) => '.lsb'.indexOf(character)),
    columns: row.columns && caseColumns(row.columns),
    manage: row.manage,
  };
}

function caseColumns(columns: NonNullable<EngineCase['columns']>): TradeColumns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]),
  );
}

function maskBits(character: string): number {
  if (character === 'b') return LONG_ALLOWED | SHORT_ALLOWED;
  if (character === 'l') return LONG_ALLOWED;
  return character === 's' ? SHORT_ALLOWED : 0;
}

function summary(trade: EngineResult['trades'][number]): unknown[] {
  const where = trade.ambiguous ? ['ambiguous'] : trade.exitInsideCandle ? ['inside'] : [];
  return [
    trade.side,
    trade.entryIndex,
    round(trade.entryPrice),
    trade.exitIndex,
    round(trade.exitPrice),
    trade.exitReason,
    ...where,
  ];
}

function rounded(row: ExpectedTrade): unknown[] {
  return row.map((cell) => (typeof cell === 'number' ? round(cell) : cell));
}

/** Ten digits after the point: the table is written by hand, engines are compared with each other to the bit. */
function round(value: number): number {
  return Number(value.toFixed(10)) + 0;
}
