import { html, SafeHtml } from '../html.js';

/** The light theme of the reports, for drawings outside of them. */
const STYLE = `svg{background:#fff;font:11px system-ui,"Segoe UI",Roboto,Arial,sans-serif}text{fill:#556272}.grid{stroke:#edf0f4}.zero{stroke:#556272;stroke-width:.8}.gain{fill:#1f6fb2}.loss{fill:#b9480e}.neutral{fill:#3a4fa3;opacity:.8}.dot{opacity:.65}.ring{fill:none;stroke:#b9480e;stroke-width:1.2}polyline{fill:none;stroke:#3a4fa3;stroke-width:1.4}polyline.muted{stroke:#556272;stroke-dasharray:4 3}polyline.loss,polyline.second{stroke:#b9480e}.c1{stroke:#b9480e}.c2{stroke:#0f766e}.c3{stroke:#8b3f8f}.c4{stroke:#3a4fa3;stroke-dasharray:6 3}.c5{stroke:#b9480e;stroke-dasharray:6 3}.c6{stroke:#0f766e;stroke-dasharray:6 3}.c7{stroke:#8b3f8f;stroke-dasharray:6 3}.whisker{stroke:#3a4fa3;stroke-width:1}.box{fill:#3a4fa3;opacity:.35}.middle{stroke:#3a4fa3;stroke-width:2.4}.best{fill:#b9480e}`;

/**
 * Makes a file of a drawing: it carries its colours and its title, and any program that reads SVG shows it.
 *
 * @param drawing - One `<svg>` element, made by a chart function.
 * @param title - Drawn above it; escaped.
 * @param subtitle - A second line above it: period, units, which line is what. Default none.
 * @returns The file's content.
 */
export function standaloneSvg(drawing: SafeHtml, title: string, subtitle?: string): string {
  const head = subtitle === undefined ? 22 : 42;
  const size = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(drawing.markup);
  const [width, height] = [Number(size?.[1] ?? 380), Number(size?.[2] ?? 220)];
  const inner = drawing.markup
    .trim()
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '');
  return `${
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -${head} ${width} ${height + head}" width="${width}" height="${height + head}" role="img" aria-label="${title}"><style>${SafeHtml.trusted(STYLE)}</style><text x="8" y="${15 - head}" font-weight="600">${title}</text>${subtitle && html`<text x="8" y="-9">${subtitle}</text>`}${SafeHtml.trusted(inner)}</svg>`
      .markup
  }\n`;
}
