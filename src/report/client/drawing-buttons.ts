import { saveSvg } from './save-chart.js';

/** What the style sheet says of a drawing, and a file must say itself. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-size',
  'font-weight',
  'font-family',
] as const;

/** Gives every drawing on the page buttons that save it. */
export function setUpDrawingButtons(): void {
  for (const drawing of document.querySelectorAll<SVGSVGElement>('.card svg.chart')) {
    if (drawing.closest('.paper')) continue;
    const bar = document.createElement('div');
    bar.className = 'save';
    for (const kind of ['SVG', 'PNG'] as const) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = kind;
      const label = `${kind}: save ${drawing.getAttribute('aria-label') ?? 'the drawing'}`;
      button.setAttribute('aria-label', label);
      button.title = 'Save this drawing';
      button.addEventListener('click', () => save(drawing, kind));
      bar.append(button);
    }
    drawing.before(bar);
  }
}

function save(drawing: SVGSVGElement, kind: 'SVG' | 'PNG'): void {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const [shown, copied] = [drawing, copy].map((root) => [root, ...root.querySelectorAll('*')]);
  shown!.forEach((element, k) => {
    const style = getComputedStyle(element);
    for (const name of STYLES) {
      copied![k]!.setAttribute(name, style.getPropertyValue(name).replaceAll('"', "'"));
    }
    copied![k]!.removeAttribute('class');
    copied![k]!.removeAttribute('style');
  });
  const { x, y, width, height } = drawing.viewBox.baseVal;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  const card = getComputedStyle(document.documentElement).getPropertyValue('--card').trim();
  for (const [name, value] of Object.entries({ x, y, width, height, fill: card })) {
    ground.setAttribute(name, String(value));
  }
  copy.prepend(ground);
  const name = (drawing.getAttribute('aria-label') ?? 'chart').toLowerCase();
  saveSvg(
    new XMLSerializer().serializeToString(copy),
    { width, height },
    name.replaceAll(/[^a-z0-9]+/g, '-').slice(0, 60),
    kind,
  );
}
