import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

test('links in the pages of the npm package lead to its files', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  const names = files.map((file) => file.path);
  const leadsSomewhere = (target: string): boolean =>
    names.some((name) => name === target || name.startsWith(`${target}/`));
  const dead = names
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => {
      const links = readFileSync(name, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g);
      return [...links]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          return !leadsSomewhere(path.posix.join(path.dirname(name), target).replace(/\/$/, ''));
        })
        .map((target) => `${name} -> ${target}`);
    });
  expect(names.filter((name) => name.endsWith('.md')).length).toBeGreaterThan(20);
  expect(dead).toEqual([]);
}, 60_000);
