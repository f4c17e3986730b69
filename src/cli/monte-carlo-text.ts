import type { Band, MonteCarloRuns, RunMonteCarlo } from '../analysis/index.js';
import { grouped } from './metric-display.js';

/**
 * Returns the Monte Carlo of a run as `--json` prints it: `block_bootstrap` says how sure the result is, `what_may_come` what to
 * expect of as many days again.
 *
 * @param found - `undefined` where there was nothing to resample.
 */
export function monteCarloRecord(found: RunMonteCarlo | undefined): Record<string, unknown> | null {
  if (found === undefined) return null;
  return {
    seed: found.seed,
    runs: found.runs,
    mean_block: found.meanBlock,
    ruin_loss: found.ruinLoss,
    block_bootstrap: runsRecord(found.blockBootstrap),
    what_may_come: runsRecord(found.predictive),
    what_may_come_shift: found.predictiveShift,
    trade_shuffle: runsRecord(found.tradeShuffle),
  };
}

/**
 * Returns rows for a summary: how sure the result is, and what may come.
 *
 * @param found - `undefined` where there was nothing to resample.
 * @param run - Balance that it started with, quote.
 */
export function monteCarloRows(
  found: RunMonteCarlo | undefined,
  run: { readonly initialBalance: number },
): string[][] {
  if (found?.blockBootstrap === undefined || found.predictive === undefined) return [];
  const row = (name: string, { finalBalance, maxDrawdown }: MonteCarloRuns): string[] => [
    name,
    `${change(finalBalance.p5, run)} to ${change(finalBalance.p95, run)} (90 %), max drawdown up to ${grouped(100 * maxDrawdown.p95, 1)} % (95 %)`,
  ];
  const days = found.predictive.steps.at(-1)!;
  return [
    row('Uncertainty', found.blockBootstrap),
    row(`Next ${grouped(days, 0)} ${found.dayUnit}s`, found.predictive),
  ];
}

function change(balance: number, run: { readonly initialBalance: number }): string {
  const share = 100 * (balance / run.initialBalance - 1);
  return `${share > 0 ? '+' : ''}${grouped(share, 1)} %`;
}

function runsRecord(runs: MonteCarloRuns | undefined): Record<string, Band | number> | null {
  if (runs === undefined) return null;
  return {
    final_balance: runs.finalBalance,
    max_drawdown: runs.maxDrawdown,
    risk_of_ruin: runs.riskOfRuin,
    risk_of_loss: runs.riskOfLoss,
  };
}
