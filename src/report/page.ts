import { createHash } from 'node:crypto';
import { chartLibraryScript, clientScript } from './client-script.js';
import { breakable, type HtmlPart, html, jsonForScript, SafeHtml } from './html.js';
import { formatTime, type ReportPayload } from './shared/index.js';
import { STYLES } from './styles.js';

const GENERATOR = 'Mista Wus Algo Trader';

/**
 * Says whether the beginning of a file is that of a report of this program, of this version or 0.1.0.
 *
 * @param head - The first few thousand characters.
 */
export function isReportPage(head: string): boolean {
  const isPage = head.startsWith('<!doctype html>');
  return (
    isPage &&
    (head.includes(`name="generator" content="${GENERATOR}"`) || head.includes("'wus-theme'"))
  );
}

/**
 * Returns the kind of a report.
 *
 * @param head - The first few thousand characters of its page.
 * @returns For example `Backtest`; `undefined` if the page does not say it.
 */
export function reportKind(head: string): ReportKind | undefined {
  const title = /<title>[^<]* · ([^<·]+)<\/title>/.exec(head)?.[1];
  return REPORT_KINDS.find((kind) => kind === title);
}

/**
 * Returns what the beginning of a report says that it is about.
 *
 * @param head - The first few thousand characters.
 */
export function reportSubject(head: string): string | undefined {
  return /<meta name="wus-subject" content="([^"]*)">/.exec(head)?.[1];
}

/** Kinds of reports, as their pages call themselves. */
export const REPORT_KINDS = [
  'Backtest',
  'Comparison',
  'Forward test',
  'Optimization details',
  'Reports',
  'Trade analysis',
  'Walk-forward',
] as const;

export type ReportKind = (typeof REPORT_KINDS)[number];

/** One section of a report: a heading, a sentence that says how to read it, and content. */
export interface Section {
  /** Anchor, kebab-case. */
  readonly id: string;
  readonly title: string;
  readonly lead?: HtmlPart;
  readonly content: HtmlPart;
  /** Short name for the list of contents; the title unless given. */
  readonly navigation?: string;
}

/** A report page. Every plain string is escaped. */
export interface Page {
  /** What ran: heading and window title. */
  readonly title: string;
  /** Kind of report, above the title. */
  readonly kind: ReportKind;
  /** Tells pages of one kind apart: a page is replaced by one of the same subject only. */
  readonly subject?: string;
  readonly subtitle: HtmlPart;
  /** Whether any number on the page comes from candles that were generated; said at the top. */
  readonly isSynthetic: boolean;
  /** Warnings that nobody may miss. */
  readonly banners?: readonly HtmlPart[];
  readonly sections: readonly Section[];
  /** Data of interactive charts and trade table; without it the page has no chart library. */
  readonly payload?: ReportPayload;
  /** Data of the parts that need no chart library, by element id. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly createdTime: number;
}

const SYNTHETIC_BANNER = html`<b>SYNTHETIC market.</b> These candles come from a random generator. The result says nothing about a real market; a loss is the expected outcome on noise.`;

/** Sets the remembered theme before anything is painted. */
const THEME_SCRIPT = `try{var t=localStorage.getItem('wus-theme');if(t==='dark'||t==='light')document.documentElement.dataset.theme=t}catch(e){}`;

/**
 * Builds a self-contained page: no address is fetched, no script runs but the three whose hashes the page names.
 *
 * @param page - Content.
 * @returns The document.
 */
export function renderPage(page: Page): string {
  const scripts = [THEME_SCRIPT, ...(page.payload ? [chartLibraryScript()] : []), clientScript()];
  for (const script of scripts) assertEmbeddable(script);
  const [theme = '', ...rest] = scripts.map((script) => SafeHtml.trusted(script));
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map((script) => `'sha256-${sha256(script)}'`).join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`${SafeHtml.trusted('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="${GENERATOR}">
${
  page.subject === undefined
    ? undefined
    : html`<meta name="wus-subject" content="${page.subject}">
`
}<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${page.title} · ${page.kind}</title>
<link rel="icon" href="data:,">
<style>${SafeHtml.trusted(STYLES)}</style>
<script>${theme}</script>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="top"><div class="wrap"><span class="brand"><b>wus</b> ${page.kind}</span><nav aria-label="Sections">${page.sections.map((section) => html`<a href="#${section.id}">${section.navigation ?? section.title}</a>`)}</nav><button type="button" id="theme-toggle" hidden title="Switch between light and dark">Theme</button></div></header>
<main id="content" class="wrap">
${[...(page.isSynthetic ? [SYNTHETIC_BANNER] : []), ...(page.banners ?? [])].map((banner) => html`<p class="banner" role="note">${banner}</p>`)}
<div class="headline"><h1>${breakable(page.title)}</h1><p class="subtitle">${page.subtitle}</p></div>
${page.sections.map(renderSection)}
</main>
<footer class="wrap"><p>Mista Wus Algo Trader ${page.version}, ${formatTime(page.createdTime)} UTC. All times are UTC.</p>${
    page.payload
      ? html`<p>Charts: TradingView Lightweight Charts™, Copyright © 2025 TradingView, Inc., <a href="https://www.tradingview.com/" rel="noreferrer noopener">tradingview.com</a>, Apache License 2.0.</p>`
      : undefined
  }</footer>
${page.payload ? html`<script type="application/json" id="report-data">${jsonForScript(page.payload)}</script>` : undefined}
${Object.entries(page.data ?? {}).map(([id, data]) => html`<script type="application/json" id="${id}">${jsonForScript(data)}</script>`)}
${rest.map((script) => html`<script>${script}</script>`)}
</body>
</html>
`.markup;
}

function renderSection(section: Section): SafeHtml {
  return html`<section id="${section.id}" aria-labelledby="${section.id}-title"><h2 id="${section.id}-title">${section.title}</h2>${section.lead === undefined ? undefined : html`<p class="lead">${section.lead}</p>`}${section.content}</section>
`;
}

/** Both would end or hide a script: no code of ours or of the chart library holds them. */
function assertEmbeddable(script: string): void {
  if (/<\/script|<!--/i.test(script))
    throw new Error('A script of the page holds "</script" or "<!--"');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
