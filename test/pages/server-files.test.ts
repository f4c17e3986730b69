// The files for a server: read as the programs that take them would, because none of those need be here.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runInProcess } from '../e2e/in-process.js';
import { repositoryRoot } from '../e2e/wus.js';

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');
const page = read('docs/how-to/run-on-a-server.md');
const unit = read('deploy/wus-trader.service');

test('the page shows the systemd unit as it is', () => {
  expect(/```ini\n([\s\S]*?)```/.exec(page)?.[1]).toBe(unit);
});

test('the unit starts wus with flags that exist', async () => {
  const [, line = ''] = /^ExecStart=([\s\S]*?[^\\])$/m.exec(unit) ?? [];
  await expectFlags(line.replaceAll('\\', ' ').split(/\s+/).slice(3));
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) console.warn('SKIPPED: no systemd-analyze here to verify the unit');

test.skipIf(!hasSystemd)('systemd knows every line of the unit', () => {
  const file = path.join(repositoryRoot, 'deploy/wus-trader.service');
  const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
    encoding: 'utf8',
  });
  // What is missing on this machine (the program, the user) is none of the file's business.
  expect(stderr).not.toMatch(/Unknown (key|section|lvalue)|Failed to parse|Invalid/i);
});

interface Compose {
  readonly services: Readonly<
    Record<string, { command: string[]; read_only: boolean; cap_drop: string[]; volumes: string[] }>
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

test('compose has a trader, and a trader beside an exchange, with flags that exist', async () => {
  const compose = parse(read('deploy/compose.yaml'), { merge: true }) as Compose;
  expect(Object.keys(compose.services)).toEqual(['trader', 'exchange', 'rehearsal']);
  for (const [name, service] of Object.entries(compose.services)) {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(service.volumes).toEqual([`${name}:/data`]);
    expect(compose.volumes).toHaveProperty(name);
    await expectFlags(service.command);
  }
});

test('the Dockerfile copies what is there, and starts what the package starts', () => {
  const lines = read('deploy/Dockerfile').split('\n');
  const copied = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(' ').slice(1, -1));
  const allowed = read('.dockerignore').split('\n');
  expect(copied.length).toBeGreaterThan(5);
  for (const file of copied) {
    expect(existsSync(path.join(repositoryRoot, file)), file).toBe(true);
    expect(
      allowed.some((line) => line === `!${file}` || line.startsWith(`!${file}/`)),
      file,
    ).toBe(true);
  }
  for (const line of lines.filter((one) => one !== '' && !one.startsWith('#')))
    expect(line).toMatch(/^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|STOPSIGNAL|ENTRYPOINT|CMD) /);
  const { bin, engines } = JSON.parse(read('package.json')) as {
    bin: { wus: string };
    engines: { node: string };
  };
  expect(lines).toContain(`ENTRYPOINT ["node", "/opt/wus/${bin.wus}"]`);
  const least = Number(/\d+/.exec(engines.node)?.[0]);
  for (const [, major] of read('deploy/Dockerfile').matchAll(/^FROM node:(\d+)/gm))
    expect(Number(major)).toBeGreaterThanOrEqual(least);
});

async function expectFlags(words: readonly string[]): Promise<void> {
  const [command = ''] = words;
  const { stdout } = await runInProcess([command, '--help'], { cwd: repositoryRoot });
  const flags = words.filter((word) => word.startsWith('--'));
  expect(flags.length).toBeGreaterThan(2);
  for (const flag of flags) expect(stdout).toContain(`${flag} `);
}
