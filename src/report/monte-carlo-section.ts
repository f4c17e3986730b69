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
      title: 'Uncertainty and forecast',
      navigation: 'Monte Carlo',
      lead: html`${formatNumber(found.runs, 0)} simulations per method. Inner band: 50 % of the simulations; outer band: 90 %; dashed: median; orange: actual result; dotted, if in range: ruin.`,
      content: html`<div class="grid two">${
        blockBootstrap &&
        methodCard(
          'Uncertainty of the result',
          `Stationary block bootstrap: blocks of ${found.meanBlock} ${days} on average are resampled with replacement, which keeps the autocorrelation of good and bad periods. It shows how much the result depends on this sample of ${days}. It is not a forecast.`,
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
          'Forecast',
          `Double bootstrap of the next ${formatNumber(predictive.steps.at(-1)!, 0)} ${days} under the same distribution: paths are resampled from resampled ${days}, which includes the uncertainty of the estimated mean. ${shiftText(found, run)}`,
          fanChart(
            { steps: predictive.steps, bands: predictive.equity, floor },
            {
              label: 'Forecast of the equity',
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
          'Shuffled trades',
          'Random permutations of the same trades: the final balance is fixed, only the path changes. This ignores clusters of losses; if the drawdowns differ, rely on those of the block bootstrap.',
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
      }<div class="card wide">${quantileTable(found, run.asset)}<p class="small-print">Risk of ruin is the share of simulations that lose ${formatNumber(100 * found.ruinLoss, 0)}\u00a0% of the initial balance at any time; risk of loss is the share that ends below the initial balance. Stationary bootstrap of Politis and Romano (1994), mean block length ${found.meanBlock} ${days}, ${formatNumber(found.runs, 0)} runs, seed ${found.seed}: results are reproducible. All methods assume that the future has the distribution of the past, which is not guaranteed. ${LONG_MEMORY}</p></div></div>`,
    },
  ];
}

/** Measured with fresh paths of processes whose drift lasts for 60 days, one year of data. */
const LONG_MEMORY =
  'Dependence longer than the blocks, such as regimes of two months, is lost: a new path then falls inside the 90\u00a0% forecast band about 7 times in 10, otherwise about 9 times in 10.';

function shiftText(
  { predictiveShift }: RunMonteCarlo,
  { isUnseen = false }: { readonly isUnseen?: boolean },
): string {
  if (isUnseen)
    return 'The settings were chosen before this period, so there is no selection bias.';
  return predictiveShift > 0
    ? `Every return was lowered by ${formatNumber(10_000 * predictiveShift, 2)} basis points first, to remove the selection bias of a chosen winner.`
    : 'If these settings won a search on these candles, the forecast includes selection bias: give the expected Sharpe ratio of the judgement (--expected-sharpe).';
}

function methodCard(
  title: string,
  lead: string,
  chart: SafeHtml,
  runs: MonteCarloRuns,
  { ruinLoss }: RunMonteCarlo,
): SafeHtml {
  return html`<div class="card"><h3>${title}</h3><p>${lead}</p>${chart}<p class="small-print">Risk of ruin (−${formatNumber(100 * ruinLoss, 0)}\u00a0%): <b>${formatAs(runs.riskOfRuin, 'fraction')}</b>. Risk of loss: <b>${formatAs(runs.riskOfLoss, 'fraction')}</b>.</p></div>`;
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
    ...(blockBootstrap ? [balance('block bootstrap', blockBootstrap.finalBalance)] : []),
    ...(predictive ? [balance('forecast', predictive.finalBalance)] : []),
    ...(tradeShuffle ? [balance('shuffled trades', tradeShuffle.finalBalance)] : []),
    ...(blockBootstrap ? [drawdown('block bootstrap', blockBootstrap.maxDrawdown)] : []),
    ...(predictive ? [drawdown('forecast', predictive.maxDrawdown)] : []),
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
    'Quantiles over the simulations: this share ended this badly or worse, or this well or better',
  );
}

const OPPOSITE = { p5: 'p95', p25: 'p75', p50: 'p50', p75: 'p25', p95: 'p5' } as const;
