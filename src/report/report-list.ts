import { html } from './html.js';
import { renderPage } from './page.js';
import { plural } from './shared/index.js';
import { table } from './tables.js';

/** A report in the list. */
export interface ListedReport {
  /** What it shows. */
  readonly name: string;
  /** Relative to the list. */
  readonly href: string;
  /** Its result in a few words; empty where there is none. */
  readonly result: string;
}

/** What a page that lists reports shows. */
export interface ReportListInput {
  readonly title: string;
  /** Instrument and period. */
  readonly subtitle: string;
  readonly reports: readonly ListedReport[];
  readonly isSynthetic: boolean;
  readonly version: string;
  /** ms UTC. */
  readonly createdTime: number;
}

/**
 * Builds a page that lists reports, as links to the files beside it.
 *
 * @param input - Reports and where they come from.
 */
export function renderReportList(input: ReportListInput): string {
  return renderPage({
    kind: 'Reports',
    title: input.title,
    subtitle: input.subtitle,
    isSynthetic: input.isSynthetic,
    sections: [
      {
        id: 'reports',
        title: plural(input.reports.length, 'report'),
        navigation: 'Reports',
        content: html`<div class="card">${table<ListedReport>(
          [
            {
              name: 'Report',
              isText: true,
              cell: ({ name, href }) => html`<a class="long" href="${href}">${name}</a>`,
            },
            {
              name: 'Result',
              isText: true,
              cell: ({ result }) => html`<span class="long">${result || '–'}</span>`,
            },
          ],
          input.reports,
          'Every report works offline',
        )}</div>`,
      },
    ],
    version: input.version,
    createdTime: input.createdTime,
  });
}
