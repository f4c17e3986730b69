/** Markup that is safe to put into a page: made by `html` alone, so every plain string in it was escaped. */
export class SafeHtml {
  readonly markup: string;

  private constructor(markup: string) {
    this.markup = markup;
  }

  /** Vouches for markup that this program wrote itself: style sheets, scripts, finished drawings. */
  static trusted(markup: string): SafeHtml {
    return new SafeHtml(markup);
  }

  toString(): string {
    return this.markup;
  }
}

/** What may stand in an `html` template; `undefined` and `false` print nothing. */
export type HtmlPart = SafeHtml | string | number | undefined | false | readonly HtmlPart[];

/**
 * Builds markup from a template; every value that is not `SafeHtml` is escaped, also inside quoted attributes.
 *
 * @returns The finished markup.
 */
export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): SafeHtml {
  let markup = texts[0] ?? '';
  parts.forEach((part, k) => {
    markup += partMarkup(part) + (texts[k + 1] ?? '');
  });
  return SafeHtml.trusted(markup);
}

/**
 * Escapes text for HTML content and quoted attributes.
 *
 * @param text - Anything, from anywhere.
 */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * Lets a long name break where its words meet, on narrow screens: `MovingAverage|Crossover`, `stop_|loss`.
 *
 * @param name - Plain text.
 */
export function breakable(name: string): SafeHtml {
  const words = name.split(/(?<=[a-z])(?=[A-Z])|(?<=[_=/\\])/);
  return html`${words.map((word, k) => (k === 0 ? word : html`<wbr>${word}`))}`;
}

/**
 * Serializes data for a `<script type="application/json">` block: nothing in it can end the block.
 *
 * @param data - JSON data; infinities and `NaN` are the caller's to avoid.
 */
export function jsonForScript(data: unknown): SafeHtml {
  return SafeHtml.trusted(
    JSON.stringify(data)
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e')
      .replaceAll('&', '\\u0026')
      .replaceAll('\u2028', '\\u2028')
      .replaceAll('\u2029', '\\u2029'),
  );
}

function partMarkup(part: HtmlPart): string {
  if (part === undefined || part === false) return '';
  if (part instanceof SafeHtml) return part.markup;
  if (typeof part === 'object') return part.map(partMarkup).join('');
  return escapeHtml(String(part));
}
