import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listTrades } from './live-trade-list.js';

const COLUMNS =
  'symbol,side,signal_time,entry_time,exit_time,entry_price,exit_price,units,commission,funding,net_pnl,exit_reason,balance,entry_fill_time,exit_fill_time,dust,order_ids';
const TIME = '2026-11-30T16:00:00.000Z';

function folderWith(logs: Readonly<Record<string, number>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, netPnl] of Object.entries(logs)) {
    const row = `BTCUSDT,long,${TIME},${TIME},${TIME},1,1,1,0,0,${netPnl},signal,1,${TIME},${TIME},0,a`;
    writeFileSync(path.join(folder, `${name}_trades.csv`), `${COLUMNS}\n${row}\n`);
  }
  return folder;
}

test('trades of two SYNTHETIC sessions are not listed together', async () => {
  const folder = folderWith({
    'paper-synthetic_spot_BTCUSDT_1m_Flip_2026-11-30T16-00-00.000Z': 1,
    'paper-synthetic_spot_BTCUSDT_1m_Flip_2026-11-30T17-00-00.000Z': 2,
    'paper-synthetic_spot_BTCUSDT_1m_Flip': 4,
    paper_spot_BTCUSDT_1m_Flip: 8,
    live_spot_BTCUSDT_1m_Flip: 16,
  });
  const listed = async (filter: Parameters<typeof listTrades>[1]): Promise<number[]> =>
    (await listTrades(folder, filter)).trades.map(({ netPnl }) => netPnl).sort((a, b) => a - b);
  expect(await listed({})).toEqual([2, 8, 16]);
  expect(await listed({ environment: 'paper-synthetic' })).toEqual([2]);
  expect(await listed({ environment: 'paper' })).toEqual([8]);
  const session = '2026-11-30T18-00-00.000Z';
  expect(await listed({ environment: 'paper-synthetic', session })).toEqual([]);
});
