// The reference is written by the program itself (`make docs`) and compared here.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands.js';
import { strategyPage } from '../src/cli/strategies/strategy-words.js';
import {
  type Setting,
  type SettingIdentity,
  type SettingScope,
  type SettingSection,
  TRADE_LOG_COLUMNS,
} from '../src/domain/index.js';
import { METRIC_GROUPS, METRICS } from '../src/metrics/index.js';
import { BOT_SETTINGS, RUN_SETTINGS } from '../src/settings/index.js';
import { STRATEGIES } from '../src/strategies/index.js';
import { runInProcess } from './e2e/in-process.js';
import { repositoryRoot } from './e2e/wus.js';

const inDocs = (file: string): string => path.join(repositoryRoot, 'docs', file);
const read = (file: string): string => readFileSync(inDocs(file), 'utf8');

describe('docs/reference/commands (written by make docs)', () => {
  test.each(COMMANDS.map(({ name }) => name))('%s.md is what --help says', async (name) => {
    const help = await helpOf([name]);
    const parts = [`# wus ${name}`, fenced(help)];
    for (const child of subcommandsOf(help))
      parts.push(`## wus ${name} ${child}`, fenced(await helpOf([name, child])));
    const page = `${parts.join('\n\n')}\n`;
    await expect(page).toMatchFileSnapshot(inDocs(`reference/commands/${name}.md`));
  });

  test('has no page of a command that is gone', () => {
    const names = COMMANDS.map(({ name }) => `${name}.md`);
    expect(
      readdirSync(inDocs('reference/commands')).filter((file) => !names.includes(file)),
    ).toEqual([]);
  });
});

test('docs/reference/metrics.md has every metric (written by make docs)', async () => {
  const tables = METRIC_GROUPS.map((group) =>
    [
      `## ${group}`,
      '',
      '| name | in tables | unit | better | meaning |',
      '| --- | --- | --- | --- | --- |',
      ...METRICS.filter((metric) => metric.group === group).map(
        ({ name, label, unit, better, meaning }) =>
          `| \`${name}\` | ${label} | ${unit} | ${better ?? ''} | ${meaning} |`,
      ),
    ].join('\n'),
  );
  const lead =
    'The names are those of `--json` and of result columns. Exact definitions: [SEMANTICS.md](../../src/semantics/SEMANTICS.md), section 6.';
  const page = `# Metrics\n\n${lead}\n\n${tables.join('\n\n')}\n`;
  await expect(page).toMatchFileSnapshot(inDocs('reference/metrics.md'));
});

test('docs/reference/strategies.md has every strategy with its parameters (written by make docs)', async () => {
  const pages = STRATEGIES.map((strategy) =>
    [`## ${strategy.name}`, fenced(strategyPage(strategy, undefined, 100).trimEnd())].join('\n\n'),
  );
  const lead =
    'The built-in strategies with their parameters, defaults, ranges and descriptions, as printed by `wus strategies show`. Set them with `--param name=value`, or as lists in a grid of `wus optimize`. ' +
    'Your own: [write a strategy](../how-to/write-a-strategy.md).';
  const page = `# Strategies\n\n${lead}\n\n${pages.join('\n\n')}\n`;
  await expect(page).toMatchFileSnapshot(inDocs('reference/strategies.md'));
});

test('docs/reference/settings.md has every key of a run (written by make docs)', async () => {
  const sections: readonly (readonly [SettingSection, string])[] = [
    ['market', 'Market and period'],
    ['money', 'Money'],
    ['exits', 'Exits'],
    ['filters', 'Filters'],
    ['risk', 'Limits of a bot'],
  ];
  const tables = sections.map(([section, heading]) =>
    [
      `## ${heading}`,
      '',
      '| key | flag | default | must be | commands | tells results apart | meaning |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...[...RUN_SETTINGS, ...BOT_SETTINGS]
        .filter((setting) => setting.section === section)
        .map(settingRow),
    ].join('\n'),
  );
  const lead =
    'Keys of `config/runtime_config.yaml`, `wus.yaml`, of the `config` in `--json` and of grids, with the flags that set them. ' +
    'A key of a filter has an effect only while the switch of the filter is on. ' +
    '"Tells results apart": *grid* is searched by `wus optimize` and a column of the details; *trial* makes another trial; *run* (money, costs) only another details file; *candles* follow from the candles themselves.';
  const page = `# Settings\n\n${lead}\n\n${tables.join('\n\n')}\n`;
  await expect(page).toMatchFileSnapshot(inDocs('reference/settings.md'));
});

const SCOPES: Readonly<Record<SettingScope, string>> = {
  everywhere: 'all',
  research: 'all but trader',
  trading: 'trader',
};
const IDENTITIES: Readonly<Record<SettingIdentity, string>> = {
  axis: 'grid',
  trial: 'trial',
  run: 'run',
  candles: 'candles',
  none: '',
};

function settingRow(setting: Setting): string {
  const { key, flag, unit, check, default: fallback, scope, identity, description } = setting;
  const usual = typeof fallback === 'function' ? (setting.shownDefault ?? '') : (fallback ?? '');
  const cells = [
    `\`${key}\``,
    `\`${unit === undefined ? flag : `${flag} <${unit}>`}\``,
    check.kind === 'switch' ? '' : String(usual),
    check.kind === 'switch' ? '' : check.kind === 'word' ? check.words.join(', ') : check.expected,
    SCOPES[scope],
    IDENTITIES[identity],
    description,
  ];
  return `| ${cells.join(' | ').replaceAll('  ', ' ')} |`;
}

test('docs/reference/results.md has the columns of the trade log, in order', () => {
  const [, section = ''] = read('reference/results.md').split(/^## .*$/m);
  const cells = [...section.matchAll(/^\| `([^|]+)` \|/gm)].map(([, cell]) => cell);
  expect(cells).toEqual(TRADE_LOG_COLUMNS);
});

test('docs/how-to/write-a-strategy.md shows an example that is executed', () => {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(read('how-to/write-a-strategy.md')) ?? [];
  const example = '../examples/buy-when-the-highest-high-is-broken.ts';
  expect(code).toBe(read(example));
});

test('docs/how-to/use-the-library.md shows an example that is executed', () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(read('how-to/use-the-library.md')) ?? [];
  const example = read('../examples/optimize-and-test-on-unseen-candles-in-code.js');
  expect(code).toBe(example.slice(example.indexOf('\n') + 1));
});

async function helpOf(words: readonly string[]): Promise<string> {
  const { stdout, exitCode } = await runInProcess([...words, '--help'], { cwd: repositoryRoot });
  expect(exitCode).toBe(0);
  return stdout.trimEnd();
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** The names under the heading "Commands:". */
function subcommandsOf(help: string): string[] {
  const [, list = ''] = /^Commands:\n((?: {2}.*\n?)+)/m.exec(help) ?? [];
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name ?? '');
}
