// Rules of the repository as tests.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands.js';
import { repositoryRoot } from './e2e/wus.js';

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');
const sources = ['src', 'test', 'bench', 'examples', 'docs']
  .filter((folder) => existsSync(path.join(repositoryRoot, folder)))
  .flatMap((folder) =>
    readdirSync(path.join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => path.posix.join(folder, name.replaceAll('\\', '/')),
    ),
  )
  .filter((file) => /\.(ts|js|md)$/.test(file) && !file.includes('node_modules/'));

test('every target of the Makefile that others call is described by make help', () => {
  const targets = [...read('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name);
  const help = execFileSync('make', ['-s', 'help'], { cwd: repositoryRoot, encoding: 'utf8' });
  for (const target of targets.filter((name) => name !== 'chromium'))
    expect(help).toMatch(new RegExp(`^ {2}${target} +\\S`, 'm'));
});

test.each([
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...sources.filter((file) => file.endsWith('.md')),
])('links of %s lead somewhere', (file) => {
  for (const [, target = ''] of read(file).matchAll(/\]\((?!https?:)([^)#]+)/g))
    expect(existsSync(path.join(repositoryRoot, path.dirname(file), target)), target).toBe(true);
});

test('every page of docs/ is reached from docs/README.md or the decisions', () => {
  const pages = sources.filter((file) => /^docs\/(how-to|reference)\/[^/]+\.md$/.test(file));
  for (const page of pages) expect(read('docs/README.md')).toContain(page.slice('docs/'.length));
});

test('ARCHITECTURE.md names every folder of src/', () => {
  const folders = readdirSync(path.join(repositoryRoot, 'src'), { withFileTypes: true });
  for (const { name } of folders.filter((entry) => entry.isDirectory()))
    expect(read('ARCHITECTURE.md'), name).toContain(`\`${name}\``);
});

test('the README has every command, and the strategy of the example that is executed', () => {
  for (const { name } of COMMANDS) expect(read('README.md')).toContain(`\`wus ${name}`);
  expect(read('README.md')).toContain(read('examples/buy-when-the-close-crosses-its-average.ts'));
});

test('there are at most fourteen runtime dependencies, each with a decision', () => {
  const { dependencies } = JSON.parse(read('package.json')) as {
    dependencies: Record<string, string>;
  };
  const names = Object.keys(dependencies);
  const decisions = readdirSync(path.join(repositoryRoot, 'docs/decisions'))
    .map((file) => read(`docs/decisions/${file}`))
    .join('\n');
  expect(names.length).toBeLessThanOrEqual(14);
  for (const name of names) {
    expect(dependencies[name]).toMatch(/^\d/);
    expect(decisions, `docs/decisions says nothing of ${name}`).toContain(name);
  }
});

test('the lockfile holds no addresses', () => {
  expect(read('package-lock.json')).not.toContain('"resolved": "http');
});

describe('the sources', () => {
  const law = new Set(read('src/semantics/SEMANTICS.md').match(/S-\d{2}/g));

  test('cite only rules that SEMANTICS.md has', () => {
    for (const file of sources)
      for (const rule of read(file).match(/\bS-\d{2}\b/g) ?? []) {
        expect(law.has(rule), `${file} cites ${rule}`).toBe(true);
      }
  });

  test('hold no unfinished places and no paths of one machine', () => {
    const forbidden = new RegExp(
      ['TO' + 'DO', 'FIX' + 'ME', '/wo' + 'rk/', '/ho' + 'me/\\w+/'].join('|'),
    );
    for (const file of sources) expect(forbidden.exec(read(file))?.[0], file).toBeUndefined();
  });
});
