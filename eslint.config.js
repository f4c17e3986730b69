// Biome formats and lints; this second pass holds only rules that need types, and the purity rules.
import { readFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const impureGlobals = [
  'process',
  'console',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'Worker',
].map((name) => ({ name, message: 'This folder is pure: take it as an argument instead.' }));

const pureFolders = [
  'util',
  'domain',
  'candles',
  'indicators',
  'semantics',
  'metrics',
  'statistics',
  'filters',
  'rules',
  'settings',
  'strategies',
  'backtest',
  'live/core',
];

export default tseslint.config(
  {
    ignores: [...ignoredByGit(), 'test/clients/**'],
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    ignores: ['src/report/client/**'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-base-to-string': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
    },
  },
  {
    files: pureFolders.map((folder) => `src/${folder}/**/*.ts`),
    ignores: ['**/*.test.ts', '**/*.contract.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'This folder is pure: pass the time in.' },
        { object: 'Math', property: 'random', message: 'This folder is pure: pass a seeded PRNG.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'This folder is pure: pass the time in.',
        },
      ],
    },
  },
);

/** What git ignores is no source: `/data/` is the folder at the root, `dist/` one at any depth. */
function ignoredByGit() {
  const lines = readFileSync(new URL('.gitignore', import.meta.url), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isAnywhere = !line.slice(0, -1).includes('/');
      return `${isAnywhere ? '**/' : ''}${line.replace(/^\//, '').replace(/\/$/, '/**')}`;
    });
}
