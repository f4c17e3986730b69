import { rmSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareBooks } from './compare-books.js';
import { clients, RestartableExchange, RunningClient, sleep } from './side-by-side.js';

/** Minutes of wall time; the quick part trades for some seconds. */
const MINUTES = Number(process.env.CLIENT_MINUTES ?? 0.75);
const isLong = process.env.CLIENT_MINUTES !== undefined;
const FINISH_MS = 120_000;

const all = clients();
const present = all.filter(({ missing }) => missing === undefined);
for (const { name, missing } of all.filter((client) => client.missing !== undefined)) {
  const how = isLong ? '' : ' (make test-clients-long installs it where it can)';
  // Past the test runner, which shows nothing of what passes.
  writeSync(2, `WARNING: ${name} is SKIPPED: ${missing} is not here${how}\n`);
}

describe('clients of others side by side', () => {
  test(
    `${present.map(({ name }) => name).join(', ')}: ${MINUTES} minutes with restarts, and their books agree`,
    async () => {
      const exchange = new RestartableExchange(all.map(({ symbol }) => symbol));
      await exchange.start();
      const endTime = Date.now() + MINUTES * 60_000;
      const running = present.map((client) => new RunningClient(client, exchange, endTime));
      for (const client of running) client.start();
      await mishaps(exchange, running, endTime);
      for (const client of running) {
        await client.finish(Math.max(0, endTime - Date.now()) + FINISH_MS);
      }
      const states = { spot: await exchange.state('spot'), usdm: await exchange.state('usdm') };
      const found = running.map((client) => {
        const { differences, counts } = compareBooks(client.client, client.entries(), states);
        const figures = { ...counts, starts: client.starts, exit: client.exitCode };
        const trouble =
          differences.length === 0 ? [] : [...differences.slice(0, 12), client.lastWords()];
        const { name, listens } = client.client;
        return { name, figures, trouble, isDeaf: listens === true && counts.events === 0 };
      });
      console.log(`${exchange.starts} starts of the exchange, ${exchange.folder}`);
      for (const { name, figures } of found) console.log(name, JSON.stringify(figures));
      await exchange.stop();
      expect(Object.fromEntries(found.map(({ name, trouble }) => [name, trouble]))).toEqual(
        Object.fromEntries(found.map(({ name }) => [name, []])),
      );
      for (const { name, figures, isDeaf } of found) {
        // Programs that wait for a candle may not come to trade in some seconds.
        const quick = name === 'freqtrade' || name === 'nautilus_trader' ? 0 : 1;
        const least = MINUTES < 2 ? quick : MINUTES / 3;
        const traded = figures.fills >= least;
        expect({ name, traded, exit: figures.exit, isDeaf }).toEqual({
          name,
          traded: true,
          exit: 0,
          isDeaf: false,
        });
      }
      rmSync(exchange.folder, { recursive: true, force: true });
    },
    MINUTES * 60_000 + 2 * FINISH_MS + 120_000,
  );
});

/** Every other time the exchange, every other time a client in turn, stops and comes back. */
async function mishaps(
  exchange: RestartableExchange,
  running: readonly RunningClient[],
  endTime: number,
): Promise<void> {
  // So that in twelve minutes every client has had its turn.
  const long = Math.max(30_000, Math.min(90_000, (MINUTES * 60_000) / 14));
  const everyMs = isLong ? long : (MINUTES * 60_000) / 3;
  for (let i = 0; Date.now() + 1.5 * everyMs < endTime; i++) {
    await sleep(everyMs);
    if (i % 2 === 0) {
      await exchange.stop();
      await sleep(3_000);
      await exchange.start();
    } else {
      await running[((i - 1) / 2) % running.length]!.restart();
    }
  }
}
