import { html, type SafeHtml } from './html.js';
import type { Section } from './page.js';

/** Height of the chart of the first screen, pixels: with title and banner it fits 900. */
export const HERO_HEIGHT = 430;

/** One headline figure. */
export interface Tile {
  readonly name: string;
  readonly value: SafeHtml | string;
  /** What it is measured in or against: a few words. */
  readonly detail: SafeHtml | string;
}

/** What the first screen of every report shows. */
export interface Hero {
  /** The result in one sentence. */
  readonly sentence: SafeHtml | string;
  /** Interactive on screens, a drawing on paper. */
  readonly picture: SafeHtml;
  readonly tiles: readonly Tile[];
  /** What a reader must keep in mind. */
  readonly cautions?: readonly (SafeHtml | string)[];
}

/**
 * Builds the first section of a report: the picture, and beside it the result in a sentence and in figures.
 *
 * @param hero - What it shows.
 */
export function heroSection({ sentence, picture, tiles, cautions = [] }: Hero): Section {
  return {
    id: 'result',
    title: 'Result',
    content: html`<div class="hero"><div class="card result"><p class="verdict">${sentence}</p></div><div class="picture" id="equity">${picture}</div><dl class="tiles">${tiles.map(
      ({ name, value, detail }) =>
        html`<div><dt>${name}</dt><dd>${value}<small>${detail}</small></dd></div>`,
    )}</dl></div>${
      cautions.length === 0
        ? undefined
        : html`<div class="card cautions"><ul>${cautions.map((caution) => html`<li>${caution}</li>`)}</ul></div>`
    }`,
  };
}
