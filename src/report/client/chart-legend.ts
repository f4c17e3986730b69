/** A line that the legend names. */
export interface LegendLine {
  readonly label: string;
  readonly color: () => string;
  readonly dashed: boolean;
  /** Whether it has an entry of its own; one without is hidden and shown with another line. */
  readonly isListed: boolean;
}

/** A part of the legend that is no line: a name (may be empty) and what stands in bold. */
export type LegendFact = readonly [name: string, value: string];

/** Names, colours and values of a chart's lines; a click on a line hides or shows it. */
export class ChartLegend {
  private readonly facts = document.createElement('span');
  private readonly entries: readonly {
    readonly line: LegendLine;
    readonly swatch: HTMLElement;
    readonly value: HTMLElement;
    readonly button: HTMLButtonElement;
  }[];

  constructor(
    host: HTMLElement,
    lines: readonly LegendLine[],
    onToggle: (line: number, isShown: boolean) => void,
  ) {
    this.facts.className = 'facts';
    this.entries = lines.map((line, k) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.title = `Hide or show ${line.label}`;
      button.setAttribute('aria-pressed', 'true');
      const swatch = document.createElement('span');
      swatch.className = line.dashed ? 'swatch dashed' : 'swatch';
      const value = document.createElement('b');
      button.append(swatch, `${line.label} `, value);
      button.addEventListener('click', () => onToggle(k, !this.isShown(k)));
      return { line, swatch, value, button };
    });
    const listed = this.entries.filter(({ line }) => line.isListed);
    host.replaceChildren(this.facts, ...listed.map(({ button }) => button));
    this.paint();
  }

  isShown(line: number): boolean {
    return this.entries[line]?.button.getAttribute('aria-pressed') === 'true';
  }

  show(line: number, isShown: boolean): void {
    this.entries[line]?.button.setAttribute('aria-pressed', String(isShown));
  }

  /** Colours follow the theme. */
  paint(): void {
    for (const { line, swatch } of this.entries) swatch.style.setProperty('--swatch', line.color());
  }

  set(facts: readonly LegendFact[], values: readonly string[]): void {
    this.facts.replaceChildren(
      ...facts.flatMap(([name, value]) => {
        const strong = document.createElement('b');
        strong.textContent = value;
        return [name === '' ? '' : `${name} `, strong, '  '];
      }),
    );
    this.entries.forEach((entry, k) => {
      entry.value.textContent = values[k] ?? '';
    });
  }
}
