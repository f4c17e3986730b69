import type { Band, MonteCarloRuns, RunMonteCarlo } from '../analysis/index.js';
import { fanChart } from './charts/fan-chart.js';
import { type HtmlPart, html, type SafeHtml } from './html.js';
import type { Section } from './page.js';
import { formatAs, formatNumber } from './shared/index.js';
import { table } from './tables.js';

/** Quantiles that the tables print, worst first. */
const QUANTILES = ['p5', 'p25', 'p50', 'p75', 'p95'] as const;

/**
 * Builds the section that says how sure a result is and what may come: two bands, each named for what it is.
 *
 * @param found - Monte Carlo of the run; `undefined` when there was nothing to resample.
 * @param run - Asset and balance that it started with, quote; whether its days were unseen when its settings were chosen.
 * @returns No section without draws.
 */
export function monteCarloSections(
  found: RunMonteCarlo | undefined,
  run: {
    readonly asset: string;
    readonly initialBalance: number;
    readonly isUnseen?: boolean;
  },
): readonly Section[] {
  if (found === undefined) return [];
  const floor = (1 - found.ruinLoss) * run.initialBalance;
  const { blockBootstrap, predictive, tradeShuffle, dayUnit } = found;
  const days = `${dayUnit}s`;
  return [
    {
      id: 'monte-carlo',
      title: 'How sure it is, and what may come',
      navigation: 'Monte Carlo',
      lead: html`${formatNumber(found.runs, 0)} draws each way. Inner band: half of the draws; outer band: 90 % of them; dashed: the median; orange: what happened; dotted, where it is near: ruin.`,
      content: html`<div class="grid two">${
        blockBootstrap &&
        methodCard(
          'How sure is the result',
          `Stretches of ${found.meanBlock} ${days} on average are drawn again with repetition, so that good and bad stretches stay together: this shows how far the result hangs on the ${days} that happened to come. It is no forecast.`,
          fanChart(
            {
              steps: blockBootstrap.steps,
              bands: blockBootstrap.equity,
              actual: found.dailyEquity,
              floor,
            },
            {
              label: 'Equity of the block bootstrap',
              xName: days,
              yName: `equity (${run.asset})`,
            },
          ),
          blockBootstrap,
          found,
        )
      }${
        predictive &&
        methodCard(
          'What may come',
          `The next ${formatNumber(predictive.steps.at(-1)!, 0)} ${days}, if they are made of the same stuff: drawn from ${days} that were drawn themselves, because the sample does not know its own mean well either. ${shiftText(found, run)}`,
          fanChart(
            { steps: predictive.steps, bands: predictive.equity, floor },
            {
              label: 'Equity that may come',
              xName: `${days} from now`,
              yName: `equity (${run.asset})`,
            },
          ),
          predictive,
          found,
        )
      }${
        tradeShuffle &&
        methodCard(
          'Trades in another order',
          'The same trades, shuffled: the final balance cannot change, only the way there. This hides that losses come together, so trust the drawdowns of the blocks where they differ.',
          fanChart(
            {
              steps: tradeShuffle.steps,
              bands: tradeShuffle.equity,
              actual: found.tradeBalances,
              floor,
            },
            {
              label: 'Balance with shuffled trades',
              xName: 'trades',
              yName: `balance (${run.asset})`,
            },
          ),
          tradeShuffle,
          found,
        )
      }<div class="card wide">${quantileTable(found, run.asset)}<p class="small-print">Risk of ruin is the share of draws that lose ${formatNumber(100 * found.ruinLoss, 0)}\u00a0% of the initial balance at some moment; risk of loss the share that ends below it. Politis and Romano's stationary bootstrap, mean block ${found.meanBlock} ${days}, ${formatNumber(found.runs, 0)} runs, seed ${found.seed}: the same run gives the same numbers. All assume that the future is made of the same days or trades, and it need not be. ${LONG_MEMORY}</p></div></div>`,
    },
  ];
}

/** Measured with fresh paths of processes whose drift lasts for 60 days, one year of data. */
const LONG_MEMORY =
  'What lasts longer than the blocks, such as regimes of two months, is not in them: a fresh path then lies inside the 90\u00a0% band of what may come about 7 times in 10, otherwise about 9 times.';

function shiftText(
  { predictiveShift }: RunMonteCarlo,
  { isUnseen = false }: { readonly isUnseen?: boolean },
): string {
  if (isUnseen)
    return 'The settings were chosen before these days, so no luck of a choice is in them.';
  return predictiveShift > 0
    ? `Every return was lowered by ${formatNumber(10_000 * predictiveShift, 2)} basis points first: a chosen winner holds the luck of the choice, which does not come again.`
    : 'If these settings are the winner of a search on these candles, the luck of the choice is still in it: give the Sharpe ratio that its judgement expects (--expected-sharpe).';
}

function methodCard(
  title: string,
  lead: string,
  chart: SafeHtml,
  runs: MonteCarloRuns,
  { ruinLoss }: RunMonteCarlo,
): SafeHtml {
  return html`<div class="card"><h3>${title}</h3><p>${lead}</p>${chart}<p class="small-print">Risk of ruin (−${formatNumber(100 * ruinLoss, 0)}\u00a0%): <b>${formatAs(runs.riskOfRuin, 'fraction')}</b>. Risk of ending with a loss: <b>${formatAs(runs.riskOfLoss, 'fraction')}</b>.</p></div>`;
}

interface QuantileRow {
  readonly name: string;
  readonly text: (quantile: (typeof QUANTILES)[number]) => HtmlPart;
}

/** Worst outcomes stand on the left: low balances, but high drawdowns. */
function quantileTable(found: RunMonteCarlo, asset: string): SafeHtml {
  const balance = (name: string, band: Band): QuantileRow => ({
    name: `Final balance (${asset}), ${name}`,
    text: (quantile) => formatAs(band[quantile], 'quote'),
  });
  const drawdown = (name: string, band: Band): QuantileRow => ({
    name: `Max drawdown, ${name}`,
    text: (quantile) => formatAs(band[OPPOSITE[quantile]], 'fraction'),
  });
  const { blockBootstrap, predictive, tradeShuffle } = found;
  const rows = [
    ...(blockBootstrap ? [balance('how sure', blockBootstrap.finalBalance)] : []),
    ...(predictive ? [balance('what may come', predictive.finalBalance)] : []),
    ...(tradeShuffle ? [balance('shuffled trades', tradeShuffle.finalBalance)] : []),
    ...(blockBootstrap ? [drawdown('how sure', blockBootstrap.maxDrawdown)] : []),
    ...(predictive ? [drawdown('what may come', predictive.maxDrawdown)] : []),
    ...(tradeShuffle ? [drawdown('shuffled trades', tradeShuffle.maxDrawdown)] : []),
  ];
  const names = ['Worst 5 %', 'Worst 25 %', 'Median', 'Best 25 %', 'Best 5 %'];
  return table<QuantileRow>(
    [
      { name: 'Outcome', isText: true, cell: (row) => row.name },
      ...QUANTILES.map((quantile, k) => ({
        name: names[k]!,
        cell: (row: QuantileRow) => row.text(quantile),
      })),
    ],
    rows,
    'Quantiles over the draws: so many came out this badly or worse, or this well or better',
  );
}

const OPPOSITE = { p5: 'p95', p25: 'p75', p50: 'p50', p75: 'p25', p95: 'p5' } as const;
