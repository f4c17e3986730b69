import {
  DETAIL_METRICS,
  type DetailMetric,
  type DetailsAnalysis,
  NOT_SET,
  TOP_TRIALS,
  type TopTrials,
} from '../analysis/index.js';
import { html, type SafeHtml } from './html.js';
import { packText } from './pack.js';
import type { Section } from './page.js';
import {
  exactDecimals,
  formatAs,
  type NumberUnit,
  plural,
  type TrialsData,
} from './shared/index.js';
import { table } from './tables.js';

/** Words of the command lines that run trials again, quoted for a shell. */
export interface RunAgain {
  /** What all of them begin with. */
  readonly command: string;
  /** In the order of the details' parameters. */
  readonly columns: readonly {
    /** For each level; empty where the value needs no word. */
    readonly words: readonly string[];
    /** Parameter without which this one has no effect. */
    readonly needs: string | null;
  }[];
}

/** Digits of metrics that a table shows. */
const DIGITS = 7;
/** On paper. */
const PAPER_ROWS = 20;
/** A profit factor without a loss. */
const INFINITE = 1e9;

/** What the table of trials is made of. */
export interface TrialsLook {
  readonly top: TopTrials;
  readonly name: (metric: DetailMetric) => string;
  readonly unit: (metric: DetailMetric) => NumberUnit;
  readonly runAgain: RunAgain | undefined;
}

/**
 * Packs the best trials, and the best one of every heat-map cell, for the page's script.
 *
 * @param analysis - Of optimization details.
 * @param look - Names, units and command lines.
 */
export function trialsData(analysis: DetailsAnalysis, look: TrialsLook): TrialsData {
  const { table: details, axes, question } = analysis;
  const { rows, best } = look.top;
  const column = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(rows, (row) => values[row]!);
  return {
    length: rows.length,
    best,
    counted: analysis.counted,
    file: details.path,
    metric: DETAIL_METRICS.indexOf(question.metric),
    ...(look.runAgain === undefined ? {} : { command: look.runAgain.command }),
    parameters: details.parameters.map(({ name, levels, codes }, k) => ({
      name,
      levels: levels.map((level) => level || NOT_SET),
      words: look.runAgain?.columns[k]?.words ?? [],
      needs: details.parameters.findIndex(
        (other) => other.name === look.runAgain?.columns[k]?.needs,
      ),
      off: levels.flatMap((level, code) => (level === '' || level === 'false' ? [code] : [])),
      codes: packText(column(codes), 0, 0),
    })),
    metrics: DETAIL_METRICS.map((metric) => {
      const values = column(details.metrics.get(metric)!).map((value) =>
        value === Infinity ? INFINITE : value,
      );
      return {
        label: look.name(metric),
        unit: look.unit(metric),
        values: packText(values, Math.min(8, exactDecimals(values, DIGITS)), 0),
      };
    }),
    axes: axes.map(({ parameter, groupSize }) => ({
      parameter: details.parameters.findIndex(({ name }) => name === parameter),
      groupSize,
    })),
  };
}

/**
 * Builds the section that the page's script fills with the table of trials.
 *
 * @param analysis - Of optimization details.
 * @param look - Names, units and command lines.
 */
export function trialsSection(analysis: DetailsAnalysis, look: TrialsLook): readonly Section[] {
  if (analysis.bestRow === -1) return [];
  const shown = Math.min(TOP_TRIALS, analysis.counted);
  return [
    {
      id: 'trials',
      title: 'Best trials',
      navigation: 'Trials',
      lead: html`<span class="screen">${shown < analysis.counted ? `The best ${plural(shown, 'trial')} of ${plural(analysis.counted, 'trial')}` : plural(shown, 'trial')} by ${look.name(analysis.question.metric)}. Select a row to see the command that runs it again; click a cell of the heat map to list its trials.</span>`,
      content: html`<div id="trial-table" class="screen" style="min-height:536px"><noscript>The list of trials needs JavaScript.</noscript></div><div class="card trial-panel screen" id="trial-panel" aria-live="polite"></div><div class="paper">${paperTable(analysis, look)}</div>`,
    },
  ];
}

function paperTable(analysis: DetailsAnalysis, look: TrialsLook): SafeHtml {
  const { table: details } = analysis;
  const rows = [...look.top.rows.subarray(0, PAPER_ROWS)];
  const varying = details.parameters.filter(({ levels }) => levels.length > 1);
  const metrics = [analysis.question.metric, 'cumulative_profit', 'max_drawdown'] as const;
  return table<number>(
    [
      ...varying.map(({ name, levels, codes }) => ({
        name,
        isText: true,
        cell: (row: number) => levels[codes[row]!] || NOT_SET,
      })),
      ...[...new Set<DetailMetric>(metrics)].map((metric) => ({
        name: look.name(metric),
        cell: (row: number) => formatAs(details.metrics.get(metric)![row]!, look.unit(metric)),
      })),
    ],
    rows,
    `The best ${plural(rows.length, 'trial')}`,
  );
}
