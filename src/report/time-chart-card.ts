import { html, type SafeHtml } from './html.js';

/**
 * Builds an element that the page's script turns into a chart; its height is fixed beforehand so that nothing moves.
 *
 * @param id - Of the chart in the page's data.
 * @param label - What it shows, in words.
 * @param height - Pixels.
 * @param below - Stands under the chart, in the same card.
 */
export function timeChart(id: string, label: string, height: number, below?: SafeHtml): SafeHtml {
  return html`<div class="card time-chart screen"><div class="toolbar" data-chart="${id}"><div class="legend"></div></div><div class="plot waiting" id="${id}" tabindex="0" role="application" aria-roledescription="chart" aria-label="${label}. Arrow keys move, plus and minus zoom, Home shows everything." style="height:${height}px"><noscript>Interactive charts need JavaScript.</noscript></div>${below}</div>`;
}
