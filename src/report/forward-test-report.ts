import { entryVerdict } from '../config/index.js';
import { quoteAsset } from '../domain/index.js';
import type { ForwardTest } from '../forward-test/index.js';
import { metricsSection, resultSection } from './backtest-headline.js';
import { backtestPayload, rollingInput } from './backtest-payload.js';
import type { BacktestReportInput, Provenance } from './backtest-report-input.js';
import { chartSections, detailSections, tradeSections } from './backtest-sections.js';
import { comparisonSection } from './forward-test-comparison.js';
import { forwardTestVerdict } from './forward-test-verdict.js';
import { type HtmlPart, html } from './html.js';
import { judgementChecks } from './judgement-checks.js';
import { monteCarloSections } from './monte-carlo-section.js';
import { renderPage, type Section } from './page.js';
import { rollingParts } from './rolling-section.js';
import { formatAs, formatDate, plural } from './shared/index.js';
import { verdictSection } from './verdict-section.js';

/** What a forward-test report shows. */
export interface ForwardTestReportInput {
  readonly test: ForwardTest;
  /** Of candles, settings and comparison, one sentence each. */
  readonly notes: readonly string[];
  readonly provenance: Provenance;
}

/**
 * Builds the HTML report of a forward test: one file that works offline.
 *
 * @param input - Forward test and provenance.
 * @returns The document; at most 15 MB.
 */
export function renderForwardTestReport(input: ForwardTestReportInput): string {
  const { test, provenance } = input;
  const { outOfSample, forwardPeriod } = test;
  const { candles, period, strategy, rules } = outOfSample;
  const report: BacktestReportInput = {
    ...outOfSample,
    notes: input.notes,
    provenance,
    verdict: forwardTestVerdict(test),
  };
  const { payload, notes } = backtestPayload(report);
  const rolling = rollingParts(rollingInput(report), payload.groupSize);
  const money = { asset: quoteAsset(candles.symbol), initialBalance: rules.initialBalance };
  return renderPage({
    kind: 'Forward test',
    title: `${strategy.shortName} on ${candles.symbol} ${candles.timeframe}`,
    subtitle: html`Out-of-sample ${formatDate(forwardPeriod.start)} to ${formatDate(forwardPeriod.end)} (UTC) · ${plural(period.to - period.from, 'candle')} · ${candles.market === 'spot' ? 'spot' : 'USD-M futures'} · optimized ${formatDate(test.optimizationPeriod.start)} to ${formatDate(test.optimizationPeriod.end)}`,
    isSynthetic: provenance.synthetic,
    banners: banners(input),
    sections: [
      resultSection(report),
      comparisonSection(test),
      selectionSection(test),
      rolling.section,
      ...chartSections(report),
      metricsSection(report),
      ...tradeSections(report),
      ...monteCarloSections(test.monteCarlo, { ...money, isUnseen: test.overlap === undefined }),
      ...detailSections(report, notes),
    ],
    payload: { ...payload, charts: [...payload.charts, ...rolling.charts] },
    version: provenance.version,
    createdTime: provenance.createdTime,
  });
}

/** The choice is judged on the candles it was made on; the forward test is the other half of the answer. */
function selectionSection({ optimized }: ForwardTest): Section {
  const verdict = entryVerdict(optimized);
  const { judgement } = optimized;
  return verdict === undefined
    ? verdictSection('The optimization of these parameters was not judged.', [])
    : verdictSection(
        `Verdict of the optimization: ${verdict.sentence}`,
        judgement === undefined ? [] : judgementChecks(judgement),
      );
}

function banners({ test }: ForwardTestReportInput): HtmlPart[] {
  const { overlap, seenShare } = test;
  return [
    overlap !== undefined &&
      html`<b>The periods overlap.</b> The optimization used the candles from ${formatDate(overlap.start)} to ${formatDate(overlap.end)}, ${formatAs(seenShare, 'fraction')} of this period: that part is in-sample and proves nothing.`,
  ].filter((banner) => banner !== false);
}
