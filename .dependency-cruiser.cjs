// Arrows point down only: a folder may import the folders of lower levels, through their index.ts.
const levels = [
  ['util'],
  ['domain'],
  ['files'],
  ['candles', 'indicators', 'semantics', 'metrics', 'statistics'],
  ['filters', 'rules', 'history'],
  ['settings'],
  ['strategies', 'config'],
  ['backtest', 'exchange', 'plugins'],
  ['optimize', 'analysis', 'live'],
  ['forward-test'],
  ['report', 'trader'],
  ['cli', 'server'],
];
const pure =
  'util|domain|candles|indicators|semantics|metrics|statistics|filters|rules|settings|strategies|backtest|exchange/ports|live/core';

const rows = levels.flatMap((folders, level) =>
  folders.map((folder) => {
    const allowed = levels.slice(0, level).flat();
    return {
      name: `${folder}-imports-down-only`,
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: '\\.(test|contract)\\.ts$' },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
    };
  }),
);

module.exports = {
  forbidden: [
    ...rows,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'other-folders-through-index',
      severity: 'error',
      from: {
        path: '^src/([^/]+)/',
        pathNot: ['\\.(test|contract)\\.ts$', '^src/live/core/'],
      },
      to: {
        path: '^src/[^/]+/.+',
        pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/report/client/'],
      },
    },
    {
      // An index loads its whole folder: what the step of a bot needs of large ones it takes from these modules.
      name: 'live-core-through-index-or-leaf-modules',
      severity: 'error',
      from: { path: '^src/live/core/', pathNot: '\\.(test|contract)\\.ts$' },
      to: {
        path: '^src/[^/]+/.+',
        pathNot: [
          '^src/live/core/',
          '^src/[^/]+/index\\.ts$',
          '^src/exchange/ports/',
          '^src/candles/candle-series\\.ts$',
          '^src/filters/entry-filter\\.ts$',
          '^src/strategies/(strategy-withheld|resolve-parameters)\\.ts$',
          '^src/backtest/(entry-filters|trade-rules)\\.ts$',
        ],
      },
    },
    {
      name: 'pure-folders-import-no-platform',
      severity: 'error',
      from: { path: `^src/(${pure})/`, pathNot: '\\.(test|contract)\\.ts$' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'engines-do-not-import-each-other',
      severity: 'error',
      from: { path: '^src/backtest/reference-engine' },
      to: { path: '^src/backtest/fast' },
    },
    {
      name: 'engines-do-not-import-each-other-2',
      severity: 'error',
      from: { path: '^src/backtest/fast', pathNot: '\\.(test|contract)\\.ts$' },
      to: { path: '^src/backtest/reference-engine' },
    },
    {
      name: 'pool-worker-stays-small',
      severity: 'error',
      from: { path: '^src/optimize/pool/worker\\.ts$' },
      to: { path: '^src/(exchange|live|report|server|cli)/', reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '\\.test\\.ts$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
