// The four built-in strategies as a session trades them: each on a symbol of its own.

/** Symbol, and settings that hold every kind of exit between them. */
export const TRADED_STRATEGIES: readonly (readonly [
  string,
  { readonly strategy_name: string } & Readonly<Record<string, unknown>>,
])[] = [
  [
    'MACUSDT',
    {
      strategy_name: 'MACross',
      strategy_params: { fast_period: 5, slow_period: 13 },
      stop_loss_pct: 0.01,
    },
  ],
  [
    'RSIUSDT',
    {
      strategy_name: 'RSIReversion',
      strategy_params: { rsi_period: 7 },
      stop_loss_pct: 0.006,
      take_profit_pct: 0.01,
      exit_on_neutral: true,
    },
  ],
  [
    'BBRUSDT',
    {
      strategy_name: 'BBReversion',
      strategy_params: { bb_period: 14 },
      stop_loss_pct: 0.02,
      take_profit_pct: 0.006,
    },
  ],
  [
    'LSHUSDT',
    {
      strategy_name: 'LongShort',
      strategy_params: { return_z_threshold: 1.2, volume_z_threshold: [-3, 3] },
      stop_loss_pct: 0.008,
      trailing_stop_loss_pct: 0.01,
      re_entry: 'new_signal',
    },
  ],
];

/** Source of a strategy file that is always long. */
export const ALWAYS_LONG = [
  "import { defineStrategy } from 'mista-wus-algo-trader';",
  'export const strategy = defineStrategy({',
  "  name: 'AlwaysLong', parameters: {}, warmUp: () => 1,",
  '  signals: () => () => 1,',
  '});',
].join('\n');
