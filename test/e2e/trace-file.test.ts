import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { csvRecords } from '../../src/domain/index.js';
import { runWus, temporaryFolder } from './wus.js';

const CANDLES = syntheticCandles({ length: 2_000, symbol: 'BTCUSDT', hasTimeGaps: false });
const STRATEGY = (value: string): string => `import { defineStrategy } from 'mista-wus-algo-trader';
export const strategy = defineStrategy({
  name: 'Traced',
  warmUp: 20,
  signals({ candles, indicators, symbol, timeframe, market, trace }) {
    const mean = indicators.sma(candles.close, 20);
    return (i) => {
      trace(i, { mean: ${value}, where: [symbol, timeframe, market].join(' ') });
      return candles.close[i]! > mean[i]! ? 1 : -1;
    };
  },
});
`;

function folderWith(value = 'mean[i]'): string {
  const cwd = temporaryFolder();
  mkdirSync(path.join(cwd, 'data/spot/1h'), { recursive: true });
  writeFileSync(path.join(cwd, 'data/spot/1h/BTCUSDT_1h.csv'), candlesToCsv(CANDLES));
  writeFileSync(path.join(cwd, 'traced.ts'), STRATEGY(value));
  return cwd;
}

const RUN = 'backtest --strategy ./traced.ts --symbol BTCUSDT --interval 1h'.split(' ');

function tableOf(file: string): Record<string, string>[] {
  const [header, ...rows] = [...csvRecords(readFileSync(file, 'utf8'))];
  return rows.map(({ cells }) =>
    Object.fromEntries(header!.cells.map((name, k) => [name, cells[k]!])),
  );
}

describe('wus backtest --trace-file', () => {
  test('writes one row per candle with what the strategy traced, and replaces only its own kind', async () => {
    const cwd = folderWith();
    const args = [...RUN, '--trace-file', 'trace.csv', '--stop-loss', '0.02', '--json'];
    const first = await runWus(args, { cwd });
    expect(first).toMatchObject({ exitCode: 0 });
    const result = JSON.parse(first.stdout) as {
      trace_file: string;
      metrics: { total_trades: number };
    };
    expect(result.trace_file).toBe('trace.csv');
    const table = tableOf(path.join(cwd, 'trace.csv'));
    expect(table).toHaveLength(2_000);
    expect(table[10]).toMatchObject({ signal: '0', mean: '', where: '' });
    expect(table[1_500]).toMatchObject({ symbol: 'BTCUSDT', where: 'BTCUSDT 1h spot' });
    expect(Number(table[1_500]!.mean)).toBeGreaterThan(0);
    const exits = table.flatMap((row) => (row.exit_reason ?? '').split(' ')).filter(Boolean);
    expect(exits).toHaveLength(result.metrics.total_trades);

    expect(await runWus(args, { cwd })).toMatchObject({ exitCode: 0 });
    const onto = (file: string) => runWus([...RUN, '--trace-file', file], { cwd });
    expect((await onto('traced.ts')).stderr).toBe(
      '--trace-file traced.ts: the strategy file has the same path; give another file\n',
    );
    writeFileSync(path.join(cwd, 'notes.csv'), 'my,own\n');
    expect(await onto('notes.csv')).toMatchObject({
      exitCode: 2,
      stderr:
        '--trace-file notes.csv: the file exists and is not an earlier file of this kind; give another file, or add --force to overwrite it\n',
    });
    expect(await runWus([...RUN, '--trace-file', 'notes.csv', '--force'], { cwd })).toMatchObject({
      exitCode: 0,
    });
  });

  test('names the line of a wrong call; without the flag the call does nothing', async () => {
    const cwd = folderWith('() => 1');
    const wrong = await runWus([...RUN, '--trace-file', 'trace.csv'], { cwd });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toMatch(
      /^Strategy "Traced" at \S+traced\.ts:8: trace\(20, …\): "mean" must be [^\n]* a function \(call it and trace its result\)\n$/,
    );
    expect(await runWus(RUN, { cwd })).toMatchObject({ exitCode: 0 });
  });
});
