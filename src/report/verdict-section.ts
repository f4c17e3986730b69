import { html, type SafeHtml } from './html.js';
import type { Section } from './page.js';
import type { VerdictCheck } from './verdict-checks.js';

/**
 * Builds the section that says whether a choice is more than luck.
 *
 * @param verdict - In one plain sentence.
 * @param checks - Figures behind it.
 */
export function verdictSection(verdict: string, checks: readonly VerdictCheck[]): Section {
  return {
    id: 'luck',
    title: 'Is it more than luck?',
    navigation: 'Luck',
    lead: 'A search always finds a winner, even on noise. These figures show how much of the result the search itself explains.',
    content: html`<div class="card"><p class="verdict">${verdict}</p>${
      checks.length === 0
        ? undefined
        : html`<p class="small-print">Figures without a mark are informative and not part of the verdict.</p><dl class="checks">${checks.map(checkRow)}</dl>`
    }</div>`,
  };
}

function checkRow({ name, value, needed, isPassed, meaning }: VerdictCheck): SafeHtml {
  const mark =
    needed === undefined
      ? undefined
      : isPassed
        ? html` <small class="gain">✓ ${needed}</small>`
        : html` <small class="loss">✗ ${needed}</small>`;
  return html`<div class="row"><dt>${name}</dt><dd>${value}${mark}</dd><dd class="why">${meaning}</dd></div>`;
}
