import type { Provenance } from './backtest-report-input.js';
import { html } from './html.js';
import type { Section } from './page.js';
import { formatTime } from './shared/index.js';
import { definitionList } from './tables.js';

/**
 * Builds the section that says how the same result is had again.
 *
 * @param provenance - Command, data and version.
 */
export function reproduceSection(provenance: Provenance): Section {
  return {
    id: 'reproduce',
    title: 'Reproduce this result',
    navigation: 'Reproduce',
    content: html`<div class="card"><div class="command"><pre id="command" tabindex="0">${provenance.command}</pre><button type="button" data-copy="command" hidden>Copy</button></div>${definitionList(
      [
        ['Data hash', html`<span class="hash">${provenance.dataHash}</span>`],
        ['Candle files', provenance.files.length === 0 ? 'none' : provenance.files.join(', ')],
        ['Version', provenance.version],
        ['Created', `${formatTime(provenance.createdTime)} UTC`],
      ],
    )}</div>`,
  };
}
