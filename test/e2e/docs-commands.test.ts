// What the pages show is run as it stands: every line of every shell block, in order, in an empty folder with small data.
// `WUS_PACKAGE=<folder where the package is installed>` runs it from there (make test-package).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  BEFORE,
  EXIT_CODES,
  IN_OTHER_WORDS,
  NOT_RUN,
  NOT_RUN_PAGES,
  PREPARATIONS,
  UNDER_WAY,
} from '../pages/page-plans.js';
import { shellCommandsOf } from '../pages/shell-lines.js';
import { buildOnce, repositoryRoot, temporaryFolder, testSideBySide, whenTestEnds } from './wus.js';

const installed = process.env.WUS_PACKAGE;
const packageFolder =
  installed === undefined
    ? repositoryRoot
    : path.join(installed, 'node_modules/mista-wus-algo-trader');
const PAGES = Object.keys(PREPARATIONS);
const LIMIT_MS = 60_000;

describe('the lines of', () => {
  for (const page of PAGES)
    testSideBySide(`${page} run as they stand`, async () => runPage(page), 240_000);
});

test('every how-to is run, or the reason is known', () => {
  const pages = readdirSync(path.join(repositoryRoot, 'docs/how-to'))
    .map((name) => `docs/how-to/${name}`)
    .concat('README.md');
  expect([...PAGES, ...Object.keys(NOT_RUN_PAGES)].sort()).toEqual(pages.sort());
});

test('every line that is not run is there', () => {
  const lines = new Set(PAGES.flatMap(shellCommandsOf));
  const rows = [NOT_RUN, IN_OTHER_WORDS, BEFORE].flatMap((table) => Object.keys(table));
  expect(rows.filter((line) => !lines.has(line))).toEqual([]);
});

async function runPage(page: string): Promise<void> {
  if (installed === undefined) buildOnce();
  const folder = temporaryFolder();
  for (const prepare of PREPARATIONS[page] ?? []) prepare(folder);
  const shell = new Shell(folder, await freePort());
  whenTestEnds(() => shell.killAll());
  for (const line of shellCommandsOf(page)) {
    if (line in NOT_RUN) continue;
    const before = BEFORE[line];
    if (before !== undefined) await shell.run(before);
    await shell.run(IN_OTHER_WORDS[line] ?? line);
  }
  await shell.endAll();
}

/** A terminal, or several: what does not end by itself goes on while the next lines run. */
class Shell {
  readonly #folder: string;
  readonly #port: number;
  #running: Running[] = [];
  #key = '';

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    mkdirSync(path.join(folder, '.bin'));
    const wus = path.join(folder, '.bin/wus');
    const program = path.join(packageFolder, 'bin/wus.js');
    writeFileSync(wus, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(wus, 0o755);
  }

  async run(line: string): Promise<void> {
    const isExchange = line.startsWith('wus exchange');
    // One address, one exchange: the reader has stopped the last one; a session is compared when it is over.
    if (isExchange || line.startsWith('wus parity')) await this.endAll();
    const running = new Running(this.#words(line), this.#folder, line);
    const underWay = UNDER_WAY.find(([pattern]) => pattern.test(line))?.[1];
    if (underWay === undefined) return running.expectEnd();
    this.#running.push(running);
    await running.expectOutput(underWay);
    if (isExchange)
      this.#key = /BINANCE_API_KEY=\S+ BINANCE_API_SECRET=\S+/.exec(running.output)?.[0] ?? '';
    // What only shows something is looked at, and left.
    if (!isExchange && !/\bwus trader --/.test(line)) await this.#end(running);
  }

  async endAll(): Promise<void> {
    // Traders before the exchange that they trade at.
    for (const running of [...this.#running].reverse()) await this.#end(running);
  }

  killAll(): void {
    for (const running of this.#running) running.kill();
  }

  async #end(running: Running): Promise<void> {
    this.#running = this.#running.filter((one) => one !== running);
    await running.interrupt();
  }

  #words(line: string): string {
    const own = line
      .replaceAll('9180', String(this.#port))
      .replace('BINANCE_API_KEY=… BINANCE_API_SECRET=…', this.#key);
    return line.startsWith('wus exchange') ? `${own} --port ${this.#port}` : own;
  }
}

class Running {
  readonly #child: ChildProcess;
  readonly #line: string;
  readonly #ended: Promise<unknown>;
  output = '';

  constructor(words: string, cwd: string, line: string) {
    this.#line = line;
    this.#child = spawn('bash', ['-c', words], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', PATH: `${cwd}/.bin:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  async expectEnd(): Promise<void> {
    const timer = setTimeout(() => this.kill(), LIMIT_MS);
    await this.#ended;
    clearTimeout(timer);
    const isRefused = this.#line.startsWith('curl') && /"code":|"error":/.test(this.output);
    const exitCode = EXIT_CODES[this.#line] ?? 0;
    const told = `${this.#line}
${this.output}`;
    expect([this.#child.exitCode, isRefused], told).toEqual([exitCode, false]);
  }

  async expectOutput(pattern: RegExp): Promise<void> {
    const deadline = Date.now() + LIMIT_MS;
    while (!pattern.test(this.output)) {
      const isOver = this.#child.exitCode !== null || Date.now() > deadline;
      if (isOver)
        throw new Error(`${this.#line}: ${String(pattern)} did not come:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async interrupt(): Promise<void> {
    this.#child.kill('SIGINT');
    await this.#ended;
    expect([0, 130], `${this.#line}\n${this.output}`).toContain(this.#child.exitCode);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** A port that nobody uses: other tests run at the same time. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('the examples of the pages are part of the package', () => {
  expect(existsSync(path.join(packageFolder, 'examples'))).toBe(true);
});
