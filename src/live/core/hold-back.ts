/**
 * Why whoever runs the bot holds its entries back, though nothing in its memory does: its checks go on or failed, its settings
 * were taken away or are not to be had, or its strategy is gone.
 */
export type HoldBack =
  | 'checks-pending'
  | 'checks-failed'
  | 'not-configured'
  | 'settings-refused'
  | 'strategy-missing';
