import type { Band, MonteCarloRuns, RunMonteCarlo } from '../analysis/index.js';
import { fanChart } from './charts/fan-chart.js';
import { type HtmlPart, html, type SafeHtml } from './html.js';
import type { Section } from './page.js';
import { formatAs, formatNumber } from './shared/index.js';
import { table } from './tables.js';

/** Quantiles that the tables print, worst first. */
const QUANTILES = ['p5', 'p25', 'p50', 'p75', 'p95'] as const;

/**
 * Builds the section that says how else the same luck could have come out.
 *
 * @param found - Monte Carlo of the run; `undefined` when there was nothing to resample.
 * @param money - Asset and balance that the run started with, quote.
 * @returns No section without draws.
 */
export function monteCarloSections(
  found: RunMonteCarlo | undefined,
  money: { readonly asset: string; readonly initialBalance: number },
): readonly Section[] {
  if (found === undefined) return [];
  const floor = (1 - found.ruinLoss) * money.initialBalance;
  const { blockBootstrap, tradeShuffle, dayUnit } = found;
  const days = `${dayUnit}s`;
  return [
    {
      id: 'monte-carlo',
      title: 'How else it could have come out',
      navigation: 'Monte Carlo',
      lead: html`${formatNumber(found.runs, 0)} draws each way. Inner band: half of the draws; outer band: 90 % of them; dashed: the median; orange: what happened; dotted, where it is near: ruin.`,
      content: html`<div class="grid two">${
        blockBootstrap &&
        methodCard(
          'Days drawn again in blocks',
          `Stretches of ${found.meanBlock} ${days} on average are drawn with repetition, so that good and bad stretches stay together: this shows how far the result hangs on the ${days} that happened to come.`,
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
              yName: `equity (${money.asset})`,
            },
          ),
          blockBootstrap,
          found,
        )
      }${
        tradeShuffle &&
        methodCard(
          'Trades in another order',
          'The same trades, shuffled: the final balance cannot change, only the way there. This hides that losses come together, so trust the drawdowns of the blocks where the two differ.',
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
              yName: `balance (${money.asset})`,
            },
          ),
          tradeShuffle,
          found,
        )
      }<div class="card wide">${quantileTable(found, money.asset)}<p class="small-print">Risk of ruin is the share of draws that lose ${formatNumber(100 * found.ruinLoss, 0)}\u00a0% of the initial balance at some moment; risk of loss the share that ends below it. Politis and Romano's stationary bootstrap, mean block ${found.meanBlock} ${days}, ${formatNumber(found.runs, 0)} runs, seed ${found.seed}: the same run gives the same numbers. Both assume that the future is made of the same days or trades, and it need not be.</p></div></div>`,
    },
  ];
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
  const { blockBootstrap, tradeShuffle } = found;
  const rows = [
    ...(blockBootstrap ? [balance('blocks', blockBootstrap.finalBalance)] : []),
    ...(tradeShuffle ? [balance('shuffled trades', tradeShuffle.finalBalance)] : []),
    ...(blockBootstrap ? [drawdown('blocks', blockBootstrap.maxDrawdown)] : []),
    ...(tradeShuffle ? [drawdown('shuffled trades', tradeShuffle.maxDrawdown)] : []),
  ];
  const names = ['Worst 5 %', 'Worst 25 %', 'Median', 'Best 25 %', 'Best 5 %'];
  return table<QuantileRow>(
    [
      { name: '', isText: true, cell: (row) => row.name },
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
