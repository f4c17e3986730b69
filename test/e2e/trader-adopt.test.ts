// A state that is lost is no end: what is open is rebuilt from the fills, and the bot goes on with it.
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ordersAt, startExchange } from './testnet-exchange.js';
import { ALWAYS_LONG } from './traded-strategies.js';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

test.each(['spot', 'usdm'] as const)(
  'wus trader adopt on %s',
  async (market) => {
    const cwd = temporaryFolder();
    const { url, env } = await startExchange(cwd, '--market', market);
    const where = ['--mode', 'testnet', '--rest-url', url, '--market', market];
    const bot = [
      ...['trader', ...where, '--strategy', './always.ts'],
      ...['--symbol', 'BTCUSDT', '--interval', '1m', '--units', '0.01', '--stop-loss', '0.05'],
      ...['--balance', '5000'],
    ];
    writeFileSync(path.join(cwd, 'always.ts'), ALWAYS_LONG);
    const adopt = (...more: string[]) =>
      runWus(['trader', 'adopt', ...where, '--symbol', 'BTCUSDT', ...more], { cwd, env });
    const first = new WusProcess(bot, { cwd, env });
    await first.waitFor(/stop rests on the exchange at .*/);
    const busy = await adopt('--yes');
    expect(busy.stderr).toMatch(/in use by another process \(\d+\): stop that process first/);
    await first.end('SIGTERM');
    renameSync(path.join(cwd, 'state'), path.join(cwd, 'lost'));
    expect((await adopt('--yes')).stderr).toMatch(/contains no state: start the bot once/);

    const blind = new WusProcess(bot, { cwd, env });
    await blind.waitFor(/ALARM .*wus trader adopt/);
    await blind.end('SIGTERM');
    const placed = (await ordersAt(`${url}`).catch(() => [])).length;
    const asked = await adopt();
    expect(asked.exitCode).toBe(2);
    expect(asked.stderr).toContain('Nothing adopted: check the list, then add --yes');
    expect(asked.stdout).toMatch(/^Order +(buy|sell) 0\.0\d+ .*wus-[a-z0-9]+-[0-9a-z]+s-\d/m);
    expect(asked.stdout).toMatch(/^Fill .* at [\d,.]+, fee .* wus-[a-z0-9]+-[0-9a-z]+e-/m);
    expect(asked.stdout).toMatch(/^Adopt +(long|short) 0\.0\d+ from [\d,.]+, fees /m);
    const done = await adopt('--yes');
    expect(done.stdout).toContain('BTCUSDT adopted');

    const again = new WusProcess(bot, { cwd, env });
    await again.waitFor(/long [+-][\d.]+ +stop [\d,.]+ /);
    expect(again.output).not.toMatch(/MISMATCH|ALARM|\(watched\)/);
    await again.end('SIGTERM');
    if (market === 'spot') expect((await ordersAt(url)).length).toBe(placed);
  },
  120_000,
);
